"""The command line: thin, and quick to start (`--help` and `check` load neither Textual nor mitmproxy)."""

import asyncio
import gc
import signal
import sys
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from math import inf
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from corsinspect import __version__
from corsinspect.commands.options import Baseline, Config, FailOnLevel, Printed, Reports, WriteBaseline
from corsinspect.errors import CorsinspectError
from corsinspect.terminal import complain

USAGE = 64
UNREADABLE = 2
OF_NO_COMMAND = ("--help", "--version", "--install-completion", "--show-completion")
"""Options that are not the default command's."""

app = typer.Typer(no_args_is_help=False, rich_markup_mode=None, pretty_exceptions_enable=False)


# depending on its version, Typer bundles Click or requires it; either way this is the class of usage errors
_UsageError: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "UsageError")


class Browser(StrEnum):
    """Which browser to open behind the proxy."""

    chromium = "chromium"
    firefox = "firefox"
    chrome = "chrome"
    edge = "edge"
    brave = "brave"
    none = "none"


class ProbeEngine(StrEnum):
    """Whose requests a probe sends."""

    chromium = "chromium"
    firefox = "firefox"


class ProbeFormat(StrEnum):
    """How a probe prints."""

    text = "text"
    json = "json"
    har = "har"


Port = Annotated[
    int | None, typer.Option(help="The proxy's port (default: 8080, or a free one).", min=1, max=65535, metavar="N")
]
AskBrowser = Annotated[
    bool,
    typer.Option(
        "--ask-browser/--no-ask-browser",
        help="Also record what the opened browser itself says of each call.",
    ),
]
Upstream = Annotated[
    str | None,
    typer.Option(
        help="Pass everything on to this proxy, except calls to this machine and to what NO_PROXY names; its name and "
        "password come from CORSINSPECT_UPSTREAM_AUTH (name:password). A PAC file isn't read.",
        metavar="URL",
    ),
]
Reverse = Annotated[
    str | None,
    typer.Option(
        help="Open the port in the place of this server, so that no browser has to be set up. A page that is opened "
        "there has another origin: the port's.",
        metavar="URL",
    ),
]
Files = Annotated[
    list[Path],
    typer.Argument(help="Sessions (.jsonl), mitmproxy flows (.mitm) or HAR files; -: stdin.", readable=False),
]

Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        help="Work in N processes: on several files, and on jsonl's lines. By default one per core, at most 4, for "
        "large files.",
        min=1,
        metavar="N",
    ),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"corsinspect {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """See which call CORS blocked, at which step, by which header, and what the server must change.

    \b
    Examples:
      corsinspect                                     dashboard, proxy on port 8080
      corsinspect --browser chromium localhost:3000   the same, with a browser that uses the proxy
      corsinspect demo                                broken and fixed APIs, called by a real browser
      corsinspect check traffic.har                   judge traffic that was recorded elsewhere

    \b
    Options of the dashboard (corsinspect live --help says more):
      URL                  the page to open in the browser
      --port N             the proxy's port
      --browser NAME       open this browser: chromium, firefox, chrome, edge, brave
      --profile NAME       keep the browser's profile under this name
      --no-ask-browser     don't record what the browser itself says of each call
    """


@app.command()
def live(
    url: Annotated[str | None, typer.Argument(help="The page to open in the browser.")] = None,
    port: Port = None,
    browser: Annotated[Browser, typer.Option(help="Open this browser, set up to use the proxy.")] = Browser.none,
    profile: Annotated[
        str | None, typer.Option(help="Keep the browser profile under this name (logins survive).", metavar="NAME")
    ] = None,
    ask_browser: AskBrowser = True,
    upstream: Upstream = None,
    reverse: Reverse = None,
) -> None:
    """Open the live dashboard (the default command).

    \b
    Examples:
      corsinspect
      corsinspect --browser firefox http://localhost:3000
      corsinspect --port 9090 --browser chromium --profile shop
      corsinspect --upstream http://proxy.corp:3128 --browser chromium
      corsinspect --reverse http://localhost:8000    open http://localhost:8080 instead
    """
    route = _route(upstream, reverse, opens=url is not None or browser is not Browser.none)
    _need_terminal("`corsinspect record` prints a line per call instead.")
    if url is not None and browser is Browser.none:
        browser = Browser.chromium
    with _nothing_collected():
        from corsinspect.commands.live import live
    from corsinspect.session.place import new_session_path

    session = new_session_path()
    _run(live(session, port, _kind(browser), _with_scheme(url), profile, ask_browser=ask_browser, route=route))


@app.command()
def replay(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Sessions, .mitm or HAR files (default: the newest session).", readable=False),
    ] = None,
) -> None:
    """Show a saved session in the dashboard.

    \b
    Examples:
      corsinspect replay                 the newest session
      corsinspect replay traffic.har
      corsinspect replay before.jsonl after.jsonl    both as one, in time order
    """
    _need_terminal("`corsinspect check FILE` prints the verdicts instead.")
    with _nothing_collected():
        from corsinspect.commands.live import replay
    from corsinspect.session.place import newest

    paths = files or [path for path in [newest()] if path is not None]
    if not paths:
        _fail("there is no saved session yet; `corsinspect` records one, `corsinspect demo` shows one", UNREADABLE)
    _run(replay(paths))


@app.command()
def attach(
    file: Annotated[Path, typer.Argument(help="A session file that another process is writing.", readable=False)],
) -> None:
    """Follow in the dashboard a session that another process is writing.

    \b
    Example:
      corsinspect record -o session.jsonl      in one terminal
      corsinspect attach session.jsonl         in another
    """
    _need_terminal("`tail -f FILE | jq` shows the lines as they arrive.")
    if file.is_dir():
        _fail(f"{file} is a directory; name the session file in it", UNREADABLE)
    with _nothing_collected():
        from corsinspect.commands.live import attach

    _run(attach(file))


@app.command()
def record(
    url: Annotated[str | None, typer.Argument(help="The page to open in the browser.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The session file to write.")] = None,
    port: Port = None,
    keep_values: Annotated[
        bool, typer.Option("--keep-values", help="Write cookies, tokens and all other values as they are sent.")
    ] = False,
    browser: Annotated[Browser, typer.Option(help="Open this browser, set up to use the proxy.")] = Browser.none,
    headless: Annotated[bool, typer.Option("--headless", help="Open it without a window.")] = False,
    until_idle: Annotated[
        float | None,
        typer.Option(help="Stop when no call has changed for so many seconds.", min=0.1, metavar="SECONDS"),
    ] = None,
    ask_browser: AskBrowser = True,
    upstream: Upstream = None,
    reverse: Reverse = None,
    rotate: Annotated[
        int | None, typer.Option(help="Go on in another session file after so many megabytes.", min=1, metavar="MB")
    ] = None,
) -> None:
    """Capture without a dashboard and print a line per call.

    Stop it with Ctrl-C or SIGTERM; it also stops when the browser that it opened is closed.

    \b
    Exit status: 0 ended as told, 2 it could not start or go on (the port, the session
    file, the certificate authority), or the session file was deleted; 64 usage.

    \b
    Examples:
      corsinspect record -o session.jsonl --port 9090
      corsinspect record --browser chromium --headless --until-idle 3 http://localhost:3000
      corsinspect record --reverse http://localhost:8000 --port 8001
    """
    route = _route(upstream, reverse, opens=url is not None or browser is not Browser.none)
    if url is not None and browser is Browser.none:
        browser = Browser.chromium
    kind = _kind(browser)
    if headless and kind is None:
        raise typer.BadParameter("There is no browser to open without a window; add --browser or a URL.")
    from corsinspect.commands.record import Visit, record
    from corsinspect.session.place import new_session_path

    visit = Visit(kind, _with_scheme(url), headless) if kind is not None else None
    session = output or new_session_path()
    options = {"visit": visit, "until_idle": until_idle, "ask_browser": ask_browser, "route": route}
    options["rotate"] = None if rotate is None else rotate << 20
    _run(record(session, port, keep_values=keep_values, **options))


@app.command()
def check(
    files: Files,
    format: Printed = "text",
    report: Reports = None,
    config: Config = None,
    baseline: Baseline = None,
    write_baseline: WriteBaseline = False,
    fail_on: FailOnLevel = None,
    jobs: Jobs = None,
    lint: Annotated[
        bool, typer.Option("--lint", help="Also say what the servers' CORS headers let others do.")
    ] = False,
    lint_baseline: Annotated[
        Path | None, typer.Option(help="Lint findings that are known, and not reported.", metavar="FILE")
    ] = None,
    write_lint_baseline: Annotated[
        Path | None, typer.Option(help="Write all lint findings here, as known.", metavar="FILE")
    ] = None,
) -> None:
    """Judge recorded traffic: sessions, mitmproxy flows, HAR files.

    \b
    Exit status: 0 nothing failed, 1 something did (by default: something was blocked, or a call
    failed in the browser and the file doesn't say why), 2 a file could not be read (what was
    readable is still judged), or the policy, the baseline or a report can't be used, 64 usage error.

    \b
    Examples:
      corsinspect check session.jsonl
      corsinspect check --format jsonl traffic.har | jq 'select(.outcome == "blocked")'
      corsinspect check --report junit=cors.xml --report html=cors.html *.har
      corsinspect check --baseline known.json --write-baseline traffic.har
      corsinspect check --lint --lint-baseline known.json traffic.har
      corsinspect check --jobs 8 sessions/*.jsonl
      ssh server cat session.jsonl | corsinspect check -
    """
    from corsinspect.commands.checking.verdicts import Options, Verdicts
    from corsinspect.commands.lint import LintOptions

    wanted = lint or lint_baseline is not None or write_lint_baseline is not None
    linting = LintOptions(lint_baseline, write_lint_baseline) if wanted else None
    options: Any = (format, report or (), config, baseline, write_baseline, fail_on, linting, jobs)
    raise typer.Exit(Verdicts(Options(*options)).of(files))


@app.command(context_settings={"allow_interspersed_args": False})
def run(
    command: Annotated[
        list[str] | None, typer.Argument(help="The command and its arguments, after --.", metavar="COMMAND…")
    ] = None,
    port: Port = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The session file to write.")] = None,
    format: Printed = "text",
    report: Reports = None,
    config: Config = None,
    baseline: Baseline = None,
    write_baseline: WriteBaseline = False,
    fail_on: FailOnLevel = None,
) -> None:
    """Run a command behind the proxy, such as a browser test, and judge what passed.

    The command gets HTTP_PROXY, HTTPS_PROXY, CORSINSPECT_PROXY (for the configuration of a test
    runner) and the proxy's certificate (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and others).

    \b
    Exit status: the command's, where that isn't 0 (126 it can't be started, 127 there is no such
    program, 128+N ended by signal N); else 1 something failed, 2 nothing came through the proxy,
    or it could not start, or the policy, the baseline or a report can't be used; 64 usage error.

    \b
    Examples:
      corsinspect run -- npx playwright test
      corsinspect run --report junit=cors.xml --baseline known.json -- npm test
    """
    if not command:
        raise typer.BadParameter("There is no command. Example: corsinspect run -- npx playwright test")
    from corsinspect.commands.checking.verdicts import Options, Verdicts
    from corsinspect.commands.run import run
    from corsinspect.session.place import new_session_path

    options: Any = (format, report or (), config, baseline, write_baseline, fail_on)
    verdicts = Verdicts(Options(*options))
    _run(run(command, output or new_session_path(), port, verdicts))


@app.command()
def export(
    files: Files,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    format: Annotated[
        str,
        typer.Option(
            help="parquet, har (for developer tools), markdown, html, or curl (a shell script).", metavar="FORMAT"
        ),
    ] = "parquet",
    rows: Annotated[str, typer.Option(help="What a row is.", metavar="calls|exchanges")] = "calls",
    jobs: Jobs = None,
) -> None:
    """Write judged traffic in a form for other programs.

    \b
    Exit status: 0 written, 2 a file could not be read (the rest was still written) or OUT not written,
    64 usage error.

    \b
    Examples:
      corsinspect export sessions/*.jsonl -o calls.parquet
      corsinspect export --rows exchanges traffic.har -o exchanges.parquet
      corsinspect export --format har session.jsonl -o session.har
      corsinspect export --format html session.jsonl -o report.html
    """
    from corsinspect.commands.export import FORMS, ROWS, export

    for value, known in ((format, FORMS), (rows, ROWS)):
        if value not in known:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}.")
    try:
        status = export(files, format, output, rows, jobs)
    except CorsinspectError as error:
        _fail(str(error), UNREADABLE)
    raise typer.Exit(status)


@app.command()
def explain(
    text: Annotated[
        list[str] | None,
        typer.Argument(help="A reason, a browser's code, or a console message (default: stdin).", metavar="TEXT"),
    ] = None,
    session: Annotated[
        Path | None,
        typer.Option(help="The captured traffic that the message is about.", metavar="FILE", readable=False),
    ] = None,
) -> None:
    """Explain a reason or a pasted console message in plain English; without either, list the topics.

    \b
    Exit status: 0 explained, 1 unknown, 2 the session could not be read, 64 usage error.

    \b
    Examples:
      corsinspect explain origin-missing
      corsinspect explain CORSMissingAllowOrigin2
      corsinspect explain not-seen                   my call isn't in the list
      corsinspect explain why does it work in curl   a question in words of your own
      corsinspect explain "Access to fetch at 'http://…' from origin …"
      pbpaste | corsinspect explain --session session.jsonl
    """
    from corsinspect.commands.explain import explain, pasted

    raise typer.Exit(explain(" ".join(text) if text else pasted(), session))


@app.command("bug-report")
def bug_report(
    session: Annotated[Path, typer.Argument(help="The session, its .browser.jsonl beside it.", readable=False)],
) -> None:
    """Write the calls that the browser contradicts to a file to attach to a bug report, without secrets.

    \b
    Exit status: 0 written, 1 no browser contradicts a verdict, 2 the session could not be
    read or the file not be written, 64 usage error.

    \b
    Example:
      corsinspect bug-report session.jsonl
    """
    from corsinspect.commands.bug_report import bug_report

    raise typer.Exit(bug_report(session))


@app.command()
def probe(
    url: Annotated[str, typer.Argument(help="What to ask; -: a URL a line on stdin.", metavar="URL")],
    origin: Annotated[list[str], typer.Option(help="The page's origin (or several).", metavar="ORIGIN")],
    method: Annotated[list[str] | None, typer.Option(help="The request's method (default: GET).", metavar="M")] = None,
    header: Annotated[
        list[str] | None, typer.Option("--header", "-H", help="A header that the page sets.", metavar="'NAME: VALUE'")
    ] = None,
    credentials: Annotated[bool, typer.Option("--credentials", help="As a call that includes credentials.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Also send a POST, PUT, PATCH or DELETE itself.")] = False,
    no_cors: Annotated[bool, typer.Option("--no-cors", help='As with mode: "no-cors".')] = False,
    engine: Annotated[ProbeEngine, typer.Option(help="Whose request to send.")] = ProbeEngine.chromium,
    format: Annotated[ProbeFormat, typer.Option(help="How to print.")] = ProbeFormat.text,
    map: Annotated[bool, typer.Option("--map", help="Print what each origin and method is granted.")] = False,
    lint: Annotated[bool, typer.Option("--lint", help="Also ask from origins that should be refused.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Ask again until it passes.")] = False,
    timeout: Annotated[float, typer.Option(help="With --watch: for how many seconds.", min=0.0)] = 300.0,
    answer_within: Annotated[float, typer.Option(help="Seconds that an answer may take.", min=0.1)] = 10.0,
    insecure: Annotated[bool, typer.Option("--insecure", help="Also ask where the certificate isn't trusted.")] = False,
) -> None:
    """Ask a server what it lets a page do, with the requests of a real browser.

    It sends the preflight, then a GET or HEAD; anything else only with --send. No cookie or token is sent but those
    of --header, and no proxy is used.

    \b
    Exit status: 0 it passes (or its preflight does, and the rest wasn't sent), 1 blocked, not
    passed in time (--watch), or lint found an error (--lint), 2 there was no answer to judge,
    64 usage error, or what no page can ask.

    \b
    Examples:
      corsinspect probe https://api.example/orders --origin https://shop.example
      corsinspect probe https://api.example/orders --origin https://shop.example --method PUT -H 'X-Id: 1'
      corsinspect probe --map https://api.example/ --origin https://shop.example --origin null --method PUT
      corsinspect probe --lint https://api.example/me --origin https://shop.example --credentials
      corsinspect probe --watch --timeout 120 https://api.example/ --origin https://shop.example
    """
    from corsinspect.commands import probe as command
    from corsinspect.probe import Patience, ProbeError

    wanted = command.Wanted(
        url,
        origin,
        method or ("GET",),
        header or (),
        credentials,
        send,
        engine.value,
        "no-cors" if no_cors else "cors",
        format.value,
        Patience(answer_within, insecure),
    )
    chosen = [name for name, wish in (("map", map), ("watch", watch), ("lint", lint)) if wish]
    if len(chosen) > 1:
        raise typer.BadParameter(f"--{chosen[0]} and --{chosen[1]} don't go together.")
    if chosen and format is ProbeFormat.har:
        raise typer.BadParameter(f"--{chosen[0]} doesn't print a HAR.")
    jobs = {"map": command.print_map, "lint": command.probe_and_lint, "watch": partial(command.watch, seconds=timeout)}
    job = jobs[chosen[0]] if chosen else command.probe_once
    try:
        status = asyncio.run(job(wanted))
    except ProbeError as error:
        _fail(str(error), USAGE)
    raise typer.Exit(status)


@app.command()
def demo(
    port: Port = None,
    browser: Annotated[
        Browser | None, typer.Option(help="Which browser (default: one that is installed; none: a scripted client).")
    ] = None,
) -> None:
    """Run broken and fixed APIs on this machine and call them from a real browser.

    \b
    In a terminal this shows the dashboard; elsewhere it prints a line per call and exits.
    """
    from corsinspect.commands.demo import demo
    from corsinspect.demo.run import installed_browser
    from corsinspect.session.place import new_session_path

    kind = installed_browser() if browser is None else _kind(browser)
    _run(demo(new_session_path(), port, kind, _has_terminal()))


@app.command()
def mcp(
    file: Annotated[
        Path | None, typer.Argument(help="A session, .mitm or HAR file (default: the assistant starts a capture).")
    ] = None,
    attach: Annotated[
        bool, typer.Option("--attach", help="Follow a session that is being written; without FILE, the running one.")
    ] = False,
    port: Port = None,
    may_probe: Annotated[
        list[str] | None,
        typer.Option(help="A server that the assistant may also probe (default: only those of the session)."),
    ] = None,
) -> None:
    """Serve AI assistants by the Model Context Protocol on stdin and stdout.

    \b
    Exit status: 0 the client has gone, 2 it could not start, 64 usage error.

    \b
    Examples:
      claude mcp add corsinspect -- corsinspect mcp
      corsinspect mcp traffic.har
      corsinspect mcp --attach           the capture that runs in another terminal
    """
    from corsinspect.commands.mcp import mcp

    _run(mcp(file, attach=attach, port=port, may_probe=[_origin(each) for each in may_probe or ()]))


@app.command()
def prompt(
    file: Annotated[
        Path | None, typer.Argument(help="A session, .mitm or HAR file (default: the newest session).", readable=False)
    ] = None,
    call: Annotated[
        str | None, typer.Option(help="The call's id, as in check --format jsonl (default: the last blocked one).")
    ] = None,
) -> None:
    """Print a blocked call as a prompt for an AI assistant: facts, verdict, constraints, wanted headers; no secrets.

    \b
    Exit status: 0 printed, 1 no such call, 2 the file could not be read, 64 usage error.

    \b
    Examples:
      corsinspect prompt | pbcopy
      corsinspect prompt traffic.har --call har:12
    """
    from corsinspect.commands.prompt import prompt

    raise typer.Exit(prompt(file, call))


@app.command()
def learn(
    lesson: Annotated[
        int | None, typer.Argument(help="Begin with this one (default: where you stopped).", min=1, max=6)
    ] = None,
    port: Port = None,
    browser: Annotated[
        Browser | None, typer.Option(help="Which browser (default: one that is installed; none: a scripted client).")
    ] = None,
) -> None:
    """Learn what CORS is in six short lessons, each on calls that are really made; ten minutes in all.

    \b
    Examples:
      corsinspect learn
      corsinspect learn 4        credentials, * and no-cors
    """
    from corsinspect.commands.learn import learn
    from corsinspect.demo.run import installed_browser

    kind = installed_browser() if browser is None else _kind(browser)
    _run(learn(lesson, port, kind))


@app.command()
def ca() -> None:
    """Show where the proxy's certificate is and how to trust it (browsers that corsinspect opens already do)."""
    from corsinspect.capture.ca import ca_paths, check_ca, ensure_ca
    from corsinspect.capture.trust import trust_text

    try:
        paths = ensure_ca()
        check_ca(paths)
    except (OSError, ValueError) as problem:
        _fail(f"the certificate authority in {ca_paths().folder} can't be used: {problem}. Move it away.", UNREADABLE)
    print(trust_text(paths))


sessions = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(sessions, name="session", help="What a saved session holds; parts, sums and differences of sessions.")
Output = Annotated[Path, typer.Option("--output", "-o", help="The session file to write; it must not exist yet.")]
Recording = Annotated[Path, typer.Argument(help="A session, mitmproxy flows or a HAR file.", readable=False)]


@sessions.command("info")
def session_info(file: Recording) -> None:
    """Print what a session holds, and what stands beside it."""
    from corsinspect.commands.session import info

    raise typer.Exit(info(file))


@sessions.command("trim")
def session_trim(
    file: Recording,
    output: Output,
    begin: Annotated[float, typer.Option("--from", help="Seconds after the first call.", metavar="SECONDS")] = 0.0,
    end: Annotated[
        float, typer.Option("--to", help="The same, where to end.", metavar="SECONDS", show_default=False)
    ] = inf,
    host: Annotated[
        str | None, typer.Option(help="Calls to this host only; with a port, to that port only.", metavar="HOST")
    ] = None,
    blocked: Annotated[bool, typer.Option("--blocked", help="Blocked calls only.")] = False,
) -> None:
    """Write some of a session's calls to another one, with the notes on them and what the browser said of them.

    \b
    Example:
      corsinspect session trim session.jsonl -o short.jsonl --from 60 --to 90 --blocked
    """
    from corsinspect.commands.session import trim

    raise typer.Exit(trim(file, output, begin=begin, end=end, host=host, blocked=blocked))


@sessions.command("merge")
def session_merge(files: Files, output: Output) -> None:
    """Write several files as one session, in order of time."""
    from corsinspect.commands.session import merge

    raise typer.Exit(merge(files, output))


@sessions.command("redact")
def session_redact(file: Recording, output: Output) -> None:
    """Write a session without its secrets: one recorded with --keep-values, mitmproxy flows, or a HAR file."""
    from corsinspect.commands.session import merge

    raise typer.Exit(merge([file], output))


@sessions.command("diff")
def session_diff(before: Recording, after: Recording) -> None:
    """Say which calls changed their verdict from one session to another, and by which header.

    \b
    Exit status: 0 no verdict changed, 1 one did, 2 a file could not be read.
    """
    from corsinspect.commands.session import diff

    raise typer.Exit(diff(before, after))


@app.command()
def doctor(
    port: Port = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of lines.")] = False,
    open_browsers: Annotated[
        bool,
        typer.Option(
            "--browsers/--no-browsers", help="Open each installed browser, to see whether calls come through."
        ),
    ] = True,
) -> None:
    """Check what on this machine would stop a capture; each finding comes with its remedy.

    Each installed browser is opened for a moment, without a window, on a page of corsinspect's own.

    \b
    Exit status: 0 no faults (there may be warnings), 1 at least one fault, 64 usage error.

    \b
    Examples:
      corsinspect doctor
      corsinspect doctor --json | jq '.checks[] | select(.state != "ok")'
    """
    from corsinspect.commands.doctor import doctor

    raise typer.Exit(doctor(port, json=json, open_browsers=open_browsers))


@app.command()
def addon() -> None:
    """Where the capture addon is, for a mitmproxy of your own.

    \b
    Example:
      mitmproxy -s "$(corsinspect addon)"
    """
    from corsinspect.commands.addon import addon

    raise typer.Exit(addon())


def main() -> None:
    """Runs the command line; arguments that don't start with a command go to the dashboard."""
    arguments = sys.argv[1:]
    names = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    names |= {group.name for group in app.registered_groups if group.name}
    if not arguments or arguments[0] not in {*names, *OF_NO_COMMAND}:
        arguments = ["live", *arguments]
    status = 0
    try:
        status = app(arguments, prog_name="corsinspect", standalone_mode=False)
    except _UsageError as error:
        error.show()
        status = USAGE
    except (typer.Abort, KeyboardInterrupt):
        status = 128 + signal.SIGINT
    except BrokenPipeError:
        # the program that read our output has closed the pipe
        sys.stdout = None
        status = 0
    except Exception as error:
        if not isinstance(error, CorsinspectError):
            raise
        complain(str(error))
        status = UNREADABLE
    sys.exit(status or 0)


def _route(upstream: str | None, reverse: str | None, *, opens: bool):
    """How the proxy stands in the network. `opens`: whether a browser is to be opened, too."""
    from corsinspect.capture.routes import route

    if reverse is not None and opens:
        raise typer.BadParameter("With --reverse there is no proxy for a browser to use; leave --browser and URL out.")
    try:
        return route(upstream, reverse)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None


def _run(job: Coroutine[Any, Any, int]) -> None:
    try:
        status = asyncio.run(job)
    except CorsinspectError as error:
        _fail(str(error), UNREADABLE)
    raise typer.Exit(status)


def _fail(text: str, status: int) -> NoReturn:
    complain(text)
    raise typer.Exit(status)


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextmanager
def _nothing_collected() -> Generator[None]:
    """While the dashboard's modules are imported: they leave next to no garbage, and looking for some took 0.1 s."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _need_terminal(hint: str) -> None:
    if not _has_terminal():
        _fail(f"the dashboard needs a terminal. {hint}", UNREADABLE)


def _kind(browser: Browser):
    return None if browser is Browser.none else browser.value


def _origin(text: str) -> str:
    from corsinspect.fetch.url import parse_url

    url = parse_url(text) if "://" in text else None
    if url is None:
        raise typer.BadParameter(f"{text!r} is no origin; one looks like http://localhost:3000.")
    return url.origin


def _with_scheme(url: str | None) -> str | None:
    """`localhost:3000` as a browser's address bar would take it."""
    if url is None or "://" in url:
        return url
    return f"http://{url}"
