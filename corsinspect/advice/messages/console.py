"""Decodes what a browser's console says about a failed call: which call, which reason, and what each piece means.

- The text is hostile: it may hold anything, be cut off, wrapped, prefixed, or in another language. Nothing here raises.
- What the message doesn't determine stays open (several candidates or stages); a captured call narrows it down.
- Pieces are the text's own characters: code that shows them passes them through `corsinspect.printable`.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

from corsinspect.advice.hypothetical import LEFT_OPEN, Known, brief, explain_reason
from corsinspect.advice.messages import localized
from corsinspect.advice.messages.fragments import (
    AFTER,
    AFTERMATH,
    ANY,
    EVERY_STAGE,
    HINTS,
    PREFLIGHT,
    REASON_MESSAGES,
    REDIRECT,
    SETTINGS,
    Fragment,
)
from corsinspect.advice.messages.panels import CHECKED, PANEL, VAGUE
from corsinspect.advice.topics import GUIDES
from corsinspect.fetch.check import origin_reason
from corsinspect.fetch.reasons import code, is_reason
from corsinspect.model import Call, EngineName, Stage

LONGEST_TEXT = 100_000
"""As many characters of a paste are read."""

FEW = 5
"""As many candidates fit into a sentence."""

_PREFLIGHT_SAYS = Fragment(
    "Response to preflight request doesn't pass access control check:",
    browser="chromium",
    meaning="The call stopped at the preflight: the browser first sends an OPTIONS request, and the answer failed the "
    "check. The call itself was never sent.",
)
_BLOCKED_SAYS = Fragment(
    "has been blocked by CORS policy:",
    browser="chromium",
    meaning="The browser did this, not the server. Other programs (curl, Postman) don't check CORS, so they work.",
)
_STATUS_SAYS = Fragment("Status code: {status}")
_FAILED = "net::ERR_FAILED"
_REDACTED = re.compile(r"‹redacted:[0-9]+:[0-9a-f]{12}!?›")
"""As in `model.HeaderList`."""
_NETWORK_STATUS = re.compile(rf"{_FAILED} (?P<words>(?P<status>[0-9]{{3}})\b(?: \([\w ]{{1,40}}\))?)")

_HEADS = re.compile(
    r"(?=Access to [\w ]{1,30}? at ['‘]|Cross-Origin Request (?:Blocked|Warning)|Cross-origin redirection to "
    r"|\[(?:Error|blocked)\]|Failed to load |(?:Fetch API|XMLHttpRequest|EventSource) cannot load |Mixed Content: "
    r"|Security Error: |\b[A-Z]{3,10} https?://\S{1,4000} (?:\(\w+\) )?net::|Uncaught |TypeError: |AxiosError"
    r"|Blocked loading mixed|Preflight response is not successful"
    r"|(?<!policy: )(?<!resource: )(?<!\] )Origin \S{1,400} is not allowed by)"
)
"""Where a message may begin. White space is collapsed first, because terminals wrap lines anywhere."""

_KINDS = {
    "fetch": "The page called this address with fetch().",
    "XMLHttpRequest": "The page called this address with XMLHttpRequest (axios and jQuery use it too).",
    "script": "The page loads a module, or a script with crossorigin, from here.",
    "font": "The page's style sheet loads a font from here. Fonts always need CORS.",
    "image": "The page loads an image from here with crossorigin, or for a CSS shape or mask.",
    "CSS stylesheet": "The page loads a style sheet from here with crossorigin.",
    "resource": "The page loads this, for instance with EventSource.",
    "manifest": "The page loads its web app manifest from here.",
}
_MEANINGS = {
    "url": "The address that was called.",
    "from": "The page called this address, which redirected the call.",
    "target": "Where the redirect leads. Safari checks the answer that redirects: the line below has its address.",
    "origin": "The page's origin. The server must allow exactly these characters.",
}
NULL_ORIGIN = (
    "The page has no origin (it is a file or a sandboxed frame), or a redirect removed it: the server would have to "
    "allow the word null."
)

_NO_SCHEME = re.compile(r"[\w.-]+:[0-9]+(?:[/?#]|$)")
NO_SCHEME = (
    "The address that was called. It lacks http:// at the start, so the browser takes the part before the colon for a "
    "scheme."
)


class Piece(msgspec.Struct, frozen=True):
    """One piece of a message, as it stands there, and what it means."""

    says: str
    means: str
    ignore: bool = False
    """Whether it is a misleading hint."""


class Decoded(msgspec.Struct, frozen=True):
    """What a console message says."""

    browser: EngineName | None
    candidates: tuple[str, ...]
    """Reason slugs, or names of topics (csp, ad-blocker), likelier ones first; one if the message determines it."""
    stages: tuple[Stage, ...]
    """The stages where it may have happened."""
    url: str | None = None
    """The URL of the request that failed: after a redirect the target."""
    redirected_from: str | None = None
    """The address that the page called, if the message names a redirect."""
    target: str | None = None
    """Where the answer at fault redirects to, if the message says so beside its own address."""
    origin: str | None = None
    """The page's origin."""
    code: str | None = None
    """The browser's own name for the failure."""
    value: str | None = None
    """What the message quotes: a header's value or name, the method, the bad token."""
    status: int | None = None
    pieces: tuple[Piece, ...] = ()
    count: int = 1
    """How often this message is in the text."""

    @property
    def stage(self) -> Stage | None:
        """The stage, if the message determines it."""
        return self.stages[0] if len(self.stages) == 1 else None

    @property
    def says_nothing(self) -> bool:
        """Whether it tells neither the reason nor whether it is CORS at all."""
        return self.candidates == ANY

    @property
    def ignore(self) -> tuple[Piece, ...]:
        """The hints that are harmful or misleading."""
        return tuple(piece for piece in self.pieces if piece.ignore)


class _Message(msgspec.Struct):
    """One message of the text, while it is assembled from its lines."""

    reason: Fragment | None = None
    vague: Fragment | None = None
    browser: EngineName | None = None
    found: dict[str, str] = {}
    preflight: bool = False
    redirect: bool = False
    checked: bool = False
    """Whether Chromium said that a CORS check failed."""
    spans: list[tuple[int, str, Fragment | str, bool]] = []
    """Position, the words, the fragment or meaning, whether to ignore."""
    count: int = 1


def decode(text: str, call: Call | None = None) -> Decoded | None:
    """The most specific message in `text`, narrowed by the captured call if given; None if none is known."""
    messages = decode_all(text, call)
    if call is not None:
        urls = {exchange.url for exchange in call.exchanges}
        messages.sort(key=lambda message: message.url not in urls)
    return min(messages, key=lambda message: len(message.candidates) > len(EVERY_STAGE), default=None)


def decode_all(text: str, call: Call | None = None) -> list[Decoded]:
    """Every message in `text`, each once, in order; a line that only repeats a failure joins that failure."""
    said: list[_Message] = []
    for segment in _HEADS.split(" ".join(text[:LONGEST_TEXT].split())):
        if (one := _read(segment)) is not None:
            _add(said, one)
    return [_decoded(one, call) for one in said if one.reason or one.vague]


def matching(decoded: Decoded, calls: Iterable[Call]) -> Call | None:
    """The captured call that the message is about: the latest that failed at its URL for a possible reason."""
    best: tuple[int, float, Call] | None = None
    for call in calls:
        if decoded.origin not in (None, "null") and call.page_origin not in (None, decoded.origin):
            continue
        reasons = _reasons_in(call, decoded.browser)
        urls = [exchange.url for exchange in call.exchanges]
        named = {decoded.url, decoded.redirected_from} - {None}
        bare = {url.partition("?")[0] for url in named if url}
        if not reasons or not any(_is_path_of(url, bare) for url in urls):
            continue
        rank = 2 * bool({*reasons} & {*decoded.candidates}) + bool(named.intersection(urls))
        if best is None or (rank, call.started) >= best[:2]:
            best = (rank, call.started, call)
    return best[2] if best else None


def _is_path_of(url: str, bare: set[str]) -> bool:
    """Whether an exchange's URL is one of these but for its query; secrets are redacted in a session, and are not in
    the console."""
    path = url.partition("?")[0]
    if "‹" not in path:
        return path in bare
    pattern = re.compile("[^/]+".join(map(re.escape, _REDACTED.split(path))))
    return any(map(pattern.fullmatch, bare))


def with_call(message: Decoded, text: str, calls: Sequence[Call]) -> tuple[Decoded, Call | None]:
    """The message, narrowed by the captured call that it is about, and that call."""
    call = matching(message, calls)
    if call is None:
        return message, None
    for narrowed in decode_all(text, call):
        if (narrowed.url, narrowed.value, narrowed.code) == (message.url, message.value, message.code):
            return narrowed, call
    return message, call


def _read(segment: str) -> _Message | None:
    said = _Message(found={}, spans=[])
    for fragment in SETTINGS:
        if match := fragment.find(segment):
            said.browser = fragment.browser
            said.redirect = fragment.stages == REDIRECT
            _take_setting(said, match)
            break
    for fragment in (*REASON_MESSAGES, *PANEL, *AFTERMATH, *VAGUE):
        if match := fragment.find(segment):
            _take_reason(said, fragment, match)
            break
    else:
        _take_localized(said, segment)
    for fragment in (_PREFLIGHT_SAYS, _BLOCKED_SAYS, _STATUS_SAYS, *HINTS):
        match = fragment.find(segment)
        if match is None or any(match[0] in words for _, words, _, _ in said.spans):
            continue
        said.preflight |= fragment is _PREFLIGHT_SAYS
        said.checked |= fragment is _BLOCKED_SAYS
        said.browser = said.browser or fragment.browser
        if "status" in match.groupdict():
            said.found.setdefault("status", match["status"])
        said.spans.append((match.start(), match[0], fragment, fragment.ignore))
    if match := _NETWORK_STATUS.search(segment):
        said.found.setdefault("status", match["status"])
        said.spans.append((match.start("words"), match["words"], _STATUS_SAYS, False))
    said.spans.sort(key=lambda span: span[0])
    return said if said.spans else None


def _take_setting(said: _Message, match: re.Match[str]) -> None:
    """Cuts the frame of a message into a piece for each thing that it names."""
    start = match.start()
    named = {name: value for name, value in match.groupdict().items() if value is not None}
    for name in sorted(named.keys() & _MEANINGS.keys(), key=match.start):
        end = match.end(name)
        while end < match.end() and match.string[end] in "'’”)":
            end += 1
        words = match.string[start:end].strip()
        # an address has no spaces: they come from wrapped lines
        said.found[name] = named[name].replace(" ", "")
        kind = _KINDS.get(named.get("word", "").strip()) if name == "url" else None
        if name == "url" and _NO_SCHEME.match(said.found[name]):
            kind = NO_SCHEME
        said.spans.append((start, words, kind or _MEANINGS[name], False))
        start = end + (match.string[end : end + 1] == " ")


def _take_reason(said: _Message, fragment: Fragment, match: re.Match[str]) -> None:
    if fragment.role == "aftermath":
        said.vague = fragment
    else:
        said.reason = fragment
    said.browser = said.browser or fragment.browser
    said.found |= {
        name: value for name, value in match.groupdict().items() if value is not None and name not in said.found
    }
    for number, (start, words, _, _) in enumerate(said.spans):
        if start <= match.start() < start + len(words):
            # a frame that names the reason itself
            said.spans[number] = (start, words, fragment, False)
            return
    said.spans.append((match.start(), match[0], fragment, False))


def _take_localized(said: _Message, segment: str) -> None:
    found = localized.read(segment, sure=said.browser is not None)
    if found is None:
        return
    if found.url is not None and "url" not in said.found:
        said.found["url"] = found.url
        said.spans.append((segment.find(found.url), found.url, _MEANINGS["url"], False))
    for name, value in (("status", found.status), ("value", found.value)):
        if value is not None:
            said.found.setdefault(name, value)
    fragment = Fragment("", found.slugs, role=found.role, meaning=found.meaning)
    if found.role == "reason":
        said.reason = fragment
    else:
        said.vague = fragment
    said.spans.append((segment.find(found.words), found.words, fragment, False))


def _add(messages: list[_Message], one: _Message) -> None:
    """Adds a segment to the message that it belongs to, or as a new message."""
    if one.reason is None and one.vague is None:
        return
    for other in reversed(messages):
        near = one.found.get("url") in (None, other.found.get("url")) or other.found.get("url") is None
        same = (
            one.reason is not None and one.reason is other.reason and one.found.get("value") == other.found.get("value")
        )
        if near and same:
            other.count += one.found.get("url") is not None
            return
        if near and (one.reason is None or other.reason is None):
            known = {words for _, words, _, _ in other.spans}
            other.spans += [span for span in one.spans if span[1] not in known]
            other.reason = other.reason or one.reason
            other.vague = other.vague or one.vague
            other.browser = other.browser or one.browser
            other.preflight |= one.preflight
            other.checked |= one.checked
            other.redirect |= one.redirect
            other.found = one.found | other.found
            return
    messages.append(one)


def _decoded(said: _Message, call: Call | None) -> Decoded:
    fragment = said.reason or said.vague
    assert fragment is not None
    value = _unescaped(said.found.get("value"))
    status = said.found.get("status", "")
    number = int(status) if status.isdecimal() and status.isascii() else None
    candidates = _candidates(fragment.slugs, said, value, number)
    stages = _stages(fragment, said)
    candidates, stages = _narrowed(candidates, stages, said.browser, call)
    named = fragment.code or _code(candidates, said.browser, stages) or (said.vague.code if said.vague else None)
    found = Decoded(
        browser=said.browser,
        candidates=candidates,
        stages=stages,
        # without its second line, Safari's message has no address but the target
        url=said.found.get("url") or said.found.get("target"),
        target=said.found.get("target") if "url" in said.found else None,
        redirected_from=said.found.get("from"),
        origin=said.found["origin"].rstrip("/") if "origin" in said.found else None,
        code=named,
        value=value,
        status=number,
        count=said.count,
    )
    pieces = tuple(Piece(words, _meaning(what, found), ignore) for _, words, what, ignore in said.spans)
    return msgspec.structs.replace(found, pieces=pieces)


_ESCAPED = re.compile(r"(?:\\u00[0-9A-Fa-f]{2})+")


def _unescaped(value: str | None) -> str | None:
    """Chromium writes a header's non-ASCII bytes as \\u00XX; they are usually UTF-8."""
    if value is None:
        return None

    def plain(match: re.Match[str]) -> str:
        return bytes.fromhex(match[0].replace("\\u00", "")).decode("utf-8", "replace")

    return _ESCAPED.sub(plain, value)


def _candidates(slugs: tuple[str, ...], said: _Message, value: str | None, status: int | None) -> tuple[str, ...]:
    if "origin-mismatch" in slugs and value is not None and said.reason is not None:
        # as on the wire, one character per byte
        reason = origin_reason(value.encode("utf-8", "replace").decode("latin-1"))
        return (reason,) if reason in slugs else slugs
    if slugs == ("preflight-status", "preflight-redirect") and status is not None:
        return ("preflight-redirect",) if 300 <= status <= 399 else ("preflight-status",)
    if said.reason is None and said.vague is not None and said.vague.says == _FAILED and status is not None:
        return CHECKED  # the server did answer, and Chromium prints no status for a preflight's answer
    if slugs == ("redirect-disallowed-scheme", "scheme-not-cors"):
        return ("redirect-disallowed-scheme",) if "from" in said.found else ("scheme-not-cors",)
    return slugs


def _code(candidates: tuple[str, ...], browser: EngineName | None, stages: tuple[Stage, ...]) -> str | None:
    """The browser's own name, if all candidates have the same one."""
    if browser is None:
        return None
    names = {code(browser, slug, stages == PREFLIGHT, 1, False) if is_reason(slug) else None for slug in candidates}
    return names.pop() if len(names) == 1 else None


def _stages(fragment: Fragment, said: _Message) -> tuple[Stage, ...]:
    if said.preflight:
        return PREFLIGHT
    if said.redirect or ("redirect-disallowed-scheme" in fragment.slugs and "from" in said.found and said.reason):
        return REDIRECT
    if said.checked and said.reason is not None and fragment.stages == EVERY_STAGE:
        return AFTER  # Chromium always says so if it was the preflight
    return fragment.stages


def _narrowed(
    candidates: tuple[str, ...], stages: tuple[Stage, ...], browser: EngineName | None, call: Call | None
) -> tuple[tuple[str, ...], tuple[Stage, ...]]:
    """Those that the captured call leaves; all if it contradicts, because the message outranks inference."""
    left = [slug for slug in _reasons_in(call, browser) if slug in candidates] if call is not None else []
    if call is None or not left:
        return candidates, stages
    stage = call.verdict.stage
    return (left[0],), ((stage,) if stage in stages else stages)


def _reasons_in(call: Call, browser: EngineName | None) -> list[str]:
    """Why the call failed in this browser; then the other possible reasons, if the traffic leaves that open."""
    engines = call.verdict.engines
    own = engines[browser].reason if engines and browser else call.verdict.reason
    return [slug for slug in (own, *(other.reason for other in call.verdict.alternatives)) if slug is not None]


def known(decoded: Decoded) -> Known:
    """The values for the words of its reasons."""
    slug = decoded.candidates[0]
    named = decoded.value
    leads = slug == "redirect-disallowed-scheme" and decoded.redirected_from is not None
    return Known(
        url=decoded.redirected_from if leads else decoded.url,
        location=decoded.url if leads else decoded.target,
        page=decoded.origin,
        stage=decoded.stage,
        method=named if slug == "method-not-allowed" else None,
        needed=named if slug == "header-not-allowed" else None,
        found=LEFT_OPEN if named is None or slug in ("method-not-allowed", "header-not-allowed") else named,
        status=decoded.status,
    )


def _meaning(what: Fragment | str, decoded: Decoded) -> str:
    if what is _MEANINGS["origin"] and decoded.origin == "null":
        return NULL_ORIGIN
    if isinstance(what, str):
        return what
    if what is _STATUS_SAYS:
        return _status_meaning(decoded)
    if what.meaning:
        return what.meaning
    if len(decoded.candidates) == 1 and decoded.candidates[0] in GUIDES:
        title = GUIDES[decoded.candidates[0]].title
        return f"{title[:1].upper()}{title[1:]}."
    if len(decoded.candidates) == 1:
        return explain_reason(decoded.candidates[0], known(decoded)).happened
    if len(decoded.candidates) > FEW:
        return "It names no known reason."
    return "One of: " + "; ".join(f"{slug} ({brief(slug, known(decoded))})" for slug in decoded.candidates) + "."


def _status_meaning(decoded: Decoded) -> str:
    status = decoded.status
    if status is None:
        return "There was no answer, so there is no status."
    if 200 <= status <= 299:
        return "The answer itself was a success: the server works, only a header is wrong or missing."
    if 300 <= status <= 399:
        return "The answer was a redirect."
    return "The answer was an error page; these often lack the headers that other answers have. Fix the error first."
