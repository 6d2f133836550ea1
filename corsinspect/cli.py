"""The command line: thin, and quick to start (`--help` and `check` load neither Textual nor mitmproxy)."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from corsinspect import __version__
from corsinspect.errors import CorsinspectError
from corsinspect.report.formats import FORMATS
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
Files = Annotated[
    list[Path], typer.Argument(help="Sessions (.jsonl), mitmproxy flows (.mitm) or HAR files.", readable=False)
]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"corsinspect {__version__}")
        raise typer.Exit


def _known_format(format: str) -> str:
    if format not in FORMATS:
        raise typer.BadParameter(f"{format!r} is none of {', '.join(FORMATS)}.")
    return format


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
) -> None:
    """Open the live dashboard (the default command).

    \b
    Examples:
      corsinspect
      corsinspect --browser firefox http://localhost:3000
      corsinspect --port 9090 --browser chromium --profile shop
    """
    _need_terminal("`corsinspect record` prints a line per call instead.")
    if url is not None and browser is Browser.none:
        browser = Browser.chromium
    from corsinspect.commands.live import live
    from corsinspect.session.place import new_session_path

    session = new_session_path()
    _run(live(session, port, _kind(browser), _with_scheme(url), profile, ask_browser=ask_browser))


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
    """
    if url is not None and browser is Browser.none:
        browser = Browser.chromium
    kind = _kind(browser)
    if headless and kind is None:
        raise typer.BadParameter("There is no browser to open without a window; add --browser or a URL.")
    from corsinspect.commands.record import Visit, record
    from corsinspect.session.place import new_session_path

    visit = Visit(kind, _with_scheme(url), headless) if kind is not None else None
    session = output or new_session_path()
    options = {"visit": visit, "until_idle": until_idle, "ask_browser": ask_browser}
    _run(record(session, port, keep_values=keep_values, **options))


@app.command()
def check(
    files: Files,
    format: Annotated[
        str,
        typer.Option(
            help=f"{', '.join(f'{name}: {format.purpose}' for name, format in FORMATS.items())}.",
            metavar="|".join(FORMATS),
            callback=_known_format,
            autocompletion=lambda: list(FORMATS),
        ),
    ] = "text",
) -> None:
    """Judge recorded traffic: sessions, mitmproxy flows, HAR files.

    \b
    Exit status: 0 nothing blocked, 1 something blocked (or a call failed in the browser and the
    file doesn't say why), 2 a file could not be read (what was readable is still judged),
    64 usage error.

    \b
    Examples:
      corsinspect check session.jsonl
      corsinspect check --format jsonl traffic.har | jq 'select(.outcome == "blocked")'
    """
    from corsinspect.commands.check import check

    raise typer.Exit(check(files, format))


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
        from corsinspect.session.errors import SessionError

        if not isinstance(error, SessionError):
            raise
        print(f"corsinspect: {error}", file=sys.stderr)
        status = UNREADABLE
    sys.exit(status or 0)


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


def _need_terminal(hint: str) -> None:
    if not _has_terminal():
        _fail(f"the dashboard needs a terminal. {hint}", UNREADABLE)


def _kind(browser: Browser):
    return None if browser is Browser.none else browser.value


def _with_scheme(url: str | None) -> str | None:
    """`localhost:3000` as a browser's address bar would take it."""
    if url is None or "://" in url:
        return url
    return f"http://{url}"
