"""What to ask so that a recorded call is asked again."""

from corsinspect.fetch.check import asked_by
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.safelist import unsafe_names
from corsinspect.model import Call, HeaderList
from corsinspect.probe.ask import Ask, Engine, ask
from corsinspect.probe.errors import ProbeError

_REPLACED = "‹redacted:"


def ask_of_call(call: Call) -> Ask:
    """The same call, of the same page, in the same credentials mode, as far as a session keeps it: the values of its
    headers it doesn't keep, so where there are any only the preflight is asked for. Never sends what may change
    something. Raises ProbeError where the call can't be asked again."""
    if call.kind not in ("simple", "preflighted") or call.page_origin is None or not call.hops:
        raise ProbeError("Only a call across origins, from a page that is known, can be asked again.", "Select one.")
    if _REPLACED in call.url:
        raise ProbeError("The session doesn't keep the secret in this URL.", "corsinspect probe URL asks it.")
    engine: Engine = "firefox" if call.engine == "firefox" else "chromium"
    names = _names(call, engine)
    headers: HeaderList = tuple((name, "") for name in names)
    wanted = ask(
        call.url,
        call.page_origin,
        method=call.method or "GET",
        headers=headers,
        credentials=call.needs_credentials,
        engine=engine,
    )
    return wanted._replace(only_preflight=bool(names))


def _names(call: Call, engine: Engine) -> tuple[str, ...]:
    """The headers that need a preflight."""
    preflight, request = call.hops[0].preflight, call.hops[0].request
    if preflight is not None:
        return asked_by(preflight.request_headers).names
    return () if request is None else unsafe_names(request.request_headers, ENGINES[engine])
