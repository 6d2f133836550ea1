"""The tools as data: what each is for, what it takes, what it answers, and what it may do."""

import itertools
import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple

import msgspec

from corsinspect.assistant import answers
from corsinspect.assistant.answers import Answer, Awaited, Came, Started, Tried, TriedFor
from corsinspect.assistant.desk import Desk, Visit
from corsinspect.assistant.errors import ToolError
from corsinspect.assistant.explaining import SENTENCE, explain_call, explain_message
from corsinspect.assistant.fixing import get_fix
from corsinspect.assistant.listing import list_calls, listed, query
from corsinspect.assistant.probing import origins, probe
from corsinspect.assistant.verifying import not_called, verified
from corsinspect.capture.browser import BrowserKind
from corsinspect.quoted import quoted
from corsinspect.simulation import WRITES, pair_of

LONGEST_WAIT = 300
FILTER = (
    "As in the dashboard: blocked, allowed, host:localhost:8000, path:/api, method:PUT, origin:, reason:, status:4xx, "
    "free text; and, or, not."
)

Filter = Annotated[str, msgspec.Meta(description=FILTER, max_length=1000)]
Address = Annotated[str, msgspec.Meta(max_length=2000)]
Name = Annotated[str, msgspec.Meta(max_length=64)]
CallId = Annotated[str, msgspec.Meta(description="A call's id, as list_calls gives it.", max_length=64)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_WAIT, description="How long to wait at most.")]


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of what tools take."""


class StartCapture(Arguments, frozen=True):
    url: Annotated[Address | None, msgspec.Meta(description="The page to open: http or https.")] = None
    browser: Annotated[
        BrowserKind | None, msgspec.Meta(description="The browser to open; with a url, chromium by default.")
    ] = None
    headless: Annotated[bool, msgspec.Meta(description="Open it without a window.")] = False


class ListCalls(Arguments, frozen=True):
    filter: Filter = ""
    offset: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 10


class OneCall(Arguments, frozen=True):
    call: CallId


class GetFix(Arguments, frozen=True):
    call: CallId
    framework: Annotated[
        Name | None, msgspec.Meta(description="The server's framework, if the recognised one is wrong.")
    ] = None


class TryFix(Arguments, frozen=True):
    call: Annotated[CallId | None, msgspec.Meta(description="Whose fix to try; not needed to turn it off.")] = None
    off: Annotated[bool, msgspec.Meta(description="Let all servers' own answers pass again.")] = False


class WaitForCall(Arguments, frozen=True):
    filter: Annotated[str, msgspec.Meta(description=f"Which call to wait for. {FILTER}", max_length=1000)] = "blocked"
    after: Annotated[
        CallId | None, msgspec.Meta(description="Calls after this one count, also those that came already.")
    ] = None
    seconds: Seconds = 45


class VerifyFixed(Arguments, frozen=True):
    call: CallId
    seconds: Seconds = 45


class Probe(Arguments, frozen=True):
    url: Annotated[str, msgspec.Meta(description="What to ask.", max_length=2000)]
    origin: Annotated[str, msgspec.Meta(description="The page's origin.", max_length=300)]
    method: Annotated[str, msgspec.Meta(max_length=40)] = "GET"
    headers: Annotated[dict[Name, Address], msgspec.Meta(description="What the page sets.", max_length=20)] = {}
    credentials: Annotated[bool, msgspec.Meta(description="As a call that includes credentials.")] = False


class ExplainMessage(Arguments, frozen=True):
    message: Annotated[str, msgspec.Meta(description="The line from the browser's console, whole.", max_length=20_000)]


class Tool(NamedTuple):
    """One tool."""

    name: str
    purpose: str
    takes: type[Arguments]
    gives: type[Answer]
    run: Callable[[Desk, Any], Awaitable[Answer]]
    read_only: bool = True
    destructive: bool = False
    """Whether it may change something outside for good."""
    open_world: bool = False
    """Whether it reaches for addresses of the assistant's choice."""


async def _start_capture(desk: Desk, asked: StartCapture) -> Started:
    if asked.url is not None and not re.match(r"https?://[^/]", asked.url):
        raise ToolError("A page's address begins with http:// or https://.", "Give the whole address.")
    kind = asked.browser or ("chromium" if asked.url is not None else None)
    proxy, browser = await desk.start_capture(None if kind is None else Visit(kind, asked.url, asked.headless))
    says = "The page is open: reproduce the failing call there." if asked.url else "Reproduce the failing call."
    if browser is None:
        says = "Have the browser use this proxy, then reproduce the failing call."
    return Started(
        proxy=f"127.0.0.1:{proxy.port}",
        session=str(proxy.session),
        browser=None if browser is None else browser.name,
        warnings=[] if browser is None or browser.warning is None else [browser.warning],
        says=says,
    )


async def _list_calls(desk: Desk, asked: ListCalls) -> Answer:
    await desk.ready()
    return list_calls(desk.calls, asked.filter, asked.offset, asked.limit)


async def _explain_call(desk: Desk, asked: OneCall) -> Answer:
    call = await desk.call(asked.call)
    return explain_call(call, desk.calls.beside(call))


async def _get_fix(desk: Desk, asked: GetFix) -> Answer:
    call = await desk.call(asked.call)
    return get_fix(call, desk.calls.beside(call), asked.framework)


async def _try_fix(desk: Desk, asked: TryFix) -> Tried:
    if desk.proxy is None:
        raise ToolError("This server doesn't run the proxy.", "A fix can be tried after start_capture only.")
    if asked.off:
        desk.simulation.stop()
        return Tried(trying=False, says="All servers' own answers pass again.", captured=TriedFor("", ""))
    if asked.call is None:
        raise ToolError("Whose fix?", "Give the id of a blocked call, or off: true.")
    call = await desk.call(asked.call)
    why_not = desk.simulation.start(call, desk.calls.beside(call))
    if why_not is not None:
        says = "No fix can be tried on this call."
        return Tried(trying=bool(desk.simulation), says=says, captured=TriedFor("", quoted(why_not, SENTENCE)))
    return Tried(
        trying=True,
        says=f"The proxy simulates the fix for this page and server: reload the page without its cache. {WRITES} "
        "It ends with off: true, or with this session. The server itself is not fixed yet.",
        captured=TriedFor(quoted(str(pair_of(call))), ""),
    )


async def _wait_for_call(desk: Desk, asked: WaitForCall) -> Awaited:
    accepts = query(asked.filter).accepts
    await desk.ready()
    if asked.after is not None:
        await desk.call(asked.after)
    since = desk.calls.came if asked.after is None else desk.calls.position(asked.after) + 1

    def look() -> str | None:
        """The first one that came."""
        came = list(itertools.takewhile(lambda each: each[1].position >= since, desk.calls.newest()))
        settled = (each for each in reversed(came) if not each[1].background and each[1].outcome != "pending")
        return next((id for id, row in settled if accepts(row)), None)

    id = await desk.wait(look, asked.seconds)
    if id is None:
        desk.must_be_live()
    else:
        await desk.hear_browser_out(id)
    came = None if id is None or desk.calls.get(id) is None else listed(id, desk.calls.row(id))
    says = "It came; explain_call says why it was blocked." if came else "No such call came. Has the page made it?"
    if came is not None and came.outcome not in ("blocked", "network-error"):
        says = "It came."
    return Awaited(found=came is not None, says=says, captured=Came(came))


async def _verify_fixed(desk: Desk, asked: VerifyFixed) -> Answer:
    call = await desk.call(asked.call)
    since = desk.calls.came
    found = await desk.wait(lambda: verified(desk.calls, call, since), asked.seconds)
    found = found or verified(desk.calls, call, since, at_last=True)
    if found is None:
        desk.must_be_live()
        return not_called(desk.calls, call)
    return found


async def _probe(desk: Desk, asked: Probe) -> Answer:
    allowed = origins(desk.calls, desk.may_probe)
    return await probe(allowed, asked.url, asked.origin, asked.method, asked.headers, asked.credentials)


async def _explain_message(desk: Desk, asked: ExplainMessage) -> Answer:
    return explain_message(asked.message, desk.calls)


TOOLS = (
    Tool(
        "start_capture",
        "Start a proxy that records what a browser calls, and optionally a browser on a page. At most one capture; it "
        "ends with this server.",
        StartCapture,
        Started,
        _start_capture,
        read_only=False,
        open_world=True,
    ),
    Tool(
        "list_calls",
        "The captured calls, the newest first: which were blocked by CORS, and why in a few words.",
        ListCalls,
        answers.CallList,
        _list_calls,
    ),
    Tool(
        "explain_call",
        "Why the browser blocked a call: the failed step, every check that fails, and the likely causes with their "
        "evidence.",
        OneCall,
        answers.Explained,
        _explain_call,
    ),
    Tool(
        "get_fix",
        "What the server must change: the header lines, and code for its framework with where it goes. Use this "
        "instead of guessing.",
        GetFix,
        answers.FixFound,
        _get_fix,
    ),
    Tool(
        "try_fix",
        "Try a fix before it is written: the proxy adds the headers to the server's answers, for this page and server "
        f"only. {WRITES}",
        TryFix,
        Tried,
        _try_fix,
        read_only=False,
        destructive=True,
    ),
    Tool(
        "wait_for_call",
        "Wait until the page makes a call: the next blocked one, or the next one that a filter accepts.",
        WaitForCall,
        Awaited,
        _wait_for_call,
    ),
    Tool(
        "verify_fixed",
        "After the server was changed and restarted: judge its own answer to the next real call of the same kind. "
        "Simulated headers never count.",
        VerifyFixed,
        answers.Verified,
        _verify_fixed,
    ),
    Tool(
        "probe",
        "Ask a server as a browser would, without a page: the preflight, then GET or HEAD, never what changes data. "
        "Only servers that the session called or the person named.",
        Probe,
        answers.Probed,
        _probe,
        open_world=True,
    ),
    Tool(
        "explain_message",
        "What a CORS error from a browser's console means, and which captured call it is about.",
        ExplainMessage,
        answers.MessageExplained,
        _explain_message,
    ),
)
BY_NAME = {tool.name: tool for tool in TOOLS}


async def run(desk: Desk, name: str, arguments: dict[str, Any]) -> Answer:
    """What a tool answers. Raises a CorsinspectError where the tool or its arguments are wrong, or it can't be done."""
    tool = BY_NAME.get(name)
    if tool is None:
        raise ToolError("There is no tool of this name.", f"Those there are: {', '.join(BY_NAME)}.")
    try:
        asked = msgspec.convert(arguments, tool.takes)
    except msgspec.ValidationError as error:
        raise ToolError(f"The arguments are wrong: {quoted(str(error), 200)}.", f"See the schema of {name}.") from error
    return await tool.run(desk, asked)
