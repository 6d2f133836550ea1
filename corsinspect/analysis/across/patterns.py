"""What calls have in common: one cause behind many failures, and what works today but won't for long.

The rules are a table: which kinds of calls one concerns, what they are grouped by, and when the group is worth telling.
They look at Traits with their numbers of calls, of which there are few, never at the calls themselves.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import token_list
from corsinspect.fetch.origin import parse_origin

from .kinship import LOOPBACK, kinship
from .traits import Traits

Severity = Literal["error", "warning", "note"]
"""error: calls fail by it; warning: it will bite, or lets too many in; note: it costs time."""

FEW = 3
"""So many calls of a kind are no coincidence."""
MANY = 10

Counts = Mapping[Traits, int]


class Pattern(msgspec.Struct, frozen=True):
    """One finding across calls. `values` are what its words name, as captured."""

    slug: str
    severity: Severity
    api: str
    """The origin of the server that it is about."""
    count: int
    """How many calls it concerns."""
    values: dict[str, str] = {}
    page: str | None = None
    """The page's origin, where it's about one page only."""


class Rule(NamedTuple):
    """How a pattern is found."""

    slug: str
    severity: Severity
    concerns: Callable[[Traits], bool]
    """Whether such a call is one of the pattern's."""
    told: Callable[[Counts, Counts], dict[str, str] | None] = lambda concerned, group: {}
    """From the concerned kinds of a group and all its kinds: what the words need; None: not worth telling."""
    by_page: bool = False
    """Whether pages are told apart, beside the server."""


def patterns(counts: Counts) -> list[Pattern]:
    """The patterns among kinds of calls, each kind with its number of calls; errors first, then by number."""
    groups: dict[tuple[str, str | None], dict[Traits, int]] = defaultdict(dict)
    for kind, number in counts.items():
        if not kind.background and kind.outcome not in ("not-cors", "pending"):
            groups[kind.api, None][kind] = number
            if kind.page is not None:
                groups[kind.api, kind.page][kind] = number
    found: list[Pattern] = []
    for (api, page), group in groups.items():
        for rule in RULES:
            if rule.by_page != (page is not None):
                continue
            concerned = {kind: number for kind, number in group.items() if rule.concerns(kind)}
            values = rule.told(concerned, group) if concerned else None
            if values is not None:
                reason = values.get("reason")
                refused = values.get("refused")
                count = sum(
                    number
                    for kind, number in concerned.items()
                    if reason in (None, kind.reason) and refused in (None, kind.page)
                )
                found.append(Pattern(rule.slug, rule.severity, api, count, values, page or refused))
    return in_order(found)


def in_order(found: Iterable[Pattern]) -> list[Pattern]:
    """Errors first, then by the number of calls."""
    return sorted(found, key=lambda pattern: (_ORDER.index(pattern.severity), -pattern.count, pattern.slug))


def concerns(slug: str, kind: Traits) -> bool:
    """Whether a call of this kind shows the trouble of this name; False for a name that isn't one."""
    rule = BY_SLUG.get(slug)
    return rule is not None and not kind.background and rule.concerns(kind)


# which calls


def _blocked(kind: Traits) -> bool:
    """Whether the server that the page called is why."""
    return kind.outcome == "blocked" and kind.hop == 0


def _disputed(kind: Traits) -> bool:
    return kind.disputed


def _failed(kind: Traits) -> bool:
    return kind.outcome in ("blocked", "network-error")


def _at_preflight(*statuses: int) -> Callable[[Traits], bool]:
    return lambda kind: (
        _blocked(kind) and kind.stage == "preflight" and kind.preflight_status in statuses and not kind.refused
    )


def _moved(where: str) -> Callable[[Traits], bool]:
    return lambda kind: _blocked(kind) and kind.reason == "preflight-redirect" and kind.moved == where


def _error_without_headers(kind: Traits) -> bool:
    late = kind.reason == "origin-missing" and kind.stage == "actual"
    return _blocked(kind) and late and kind.status is not None and kind.status >= 400 and not kind.refused


def _readable(kind: Traits) -> bool:
    return kind.outcome == "allowed" and kind.status is not None and kind.status < 400


def _said(kind: Traits) -> str | None:
    """The Access-Control-Allow-Origin that decided."""
    fields = kind.grant if kind.stage == "preflight" or kind.answer is None else kind.answer
    return fields.allow_origin


_READING = {"GET", "HEAD"}
_ORIGIN = re.compile(r"https?://[a-z0-9.\[\]-]+(:[0-9]+)?")


def _loopback_mixed(kind: Traits) -> bool:
    if not (_blocked(kind) and kind.reason == "origin-mismatch"):
        return False
    here, there = parse_origin(kind.page or ""), parse_origin(_said(kind) or "")
    if here is None or there is None or here.host == there.host:
        return False
    return {here.host, there.host} <= LOOPBACK and (here.scheme, here.port) == (there.scheme, there.port)


def _other_environment(kind: Traits) -> bool:
    said = _said(kind)
    if not (_blocked(kind) and kind.reason == "origin-mismatch") or kind.page == "null" or said == kind.api:
        return False
    return _ORIGIN.fullmatch(said or "") is not None and not _loopback_mixed(kind)


def _origin_refused(kind: Traits) -> bool:
    by_origin = kind.reason in ("origin-missing", "origin-mismatch") and kind.page not in (None, "null")
    return _blocked(kind) and by_origin and not _loopback_mixed(kind) and not _other_environment(kind)


def _write_blocked(kind: Traits) -> bool:
    return _blocked(kind) and kind.method not in _READING


def _missed_its_cookies(kind: Traits) -> bool:
    return bool(kind.withheld) and kind.status in (401, 403)


def _named(kind: Traits) -> bool:
    """Whether the answer names the very page that asked."""
    return kind.answer is not None and kind.page not in (None, "null") and kind.answer.allow_origin == kind.page


def _unvaried(kind: Traits) -> bool:
    return _named(kind) and not kind.vary


def _echoes(kind: Traits) -> bool:
    fields = kind.answer or kind.grant
    return fields.allow_origin == kind.page and fields.allow_credentials == "true" and kind.page not in (None, kind.api)


def _allows_null(kind: Traits) -> bool:
    return "null" in (kind.grant.allow_origin, kind.answer.allow_origin if kind.answer else None)


def _star_for_authorization(kind: Traits) -> bool:
    if kind.asked is None or "authorization" not in kind.asked or kind.outcome != "allowed":
        return False
    listed = {name.lower() for name in token_list(kind.grant.allow_headers) or ()}
    return "*" in listed and "authorization" not in listed


def _granted(kind: Traits) -> bool:
    return kind.asked is not None and kind.grant.allow_origin is not None and kind.stage != "preflight"


def _unremembered(kind: Traits) -> bool:
    return _granted(kind) and kind.grant.max_age is None


def _above_cap(kind: Traits) -> bool:
    engine = ENGINES[kind.engine or "chromium"]
    said = kind.grant.max_age or ""
    digits = said.isascii() and said.isdigit()
    return _granted(kind) and digits and (len(said) > 9 or int(said) > engine.max_age_cap)


def _kept(kind: Traits) -> bool:
    return kind.kept


# whether it's worth telling


def _one_reason(concerned: Counts, group: Counts) -> dict[str, str] | None:
    """All calls of a page to a server fail for one reason."""
    reasons = {kind.reason for kind in concerned}
    told = sum(concerned.values()) >= FEW and len(reasons) == 1 and set(concerned) == _judged(group)
    return {"reason": next(iter(reasons)) or ""} if told and None not in reasons else None


def _repeated(concerned: Counts, group: Counts) -> dict[str, str] | None:
    """Many calls fail for one reason, but not all of them do."""
    if _one_reason(concerned, group) is not None:
        return None
    by_reason: dict[str, int] = defaultdict(int)
    for kind, number in concerned.items():
        by_reason[kind.reason or ""] += number
    reason, most = max(by_reason.items(), key=lambda item: item[1])
    return {"reason": reason} if most >= MANY and reason else None


def _judged(group: Counts) -> set[Traits]:
    """The kinds that CORS or the network decided on: a no-cors load says nothing about either."""
    return {kind for kind in group if kind.outcome in ("allowed", "blocked", "network-error")}


def _statuses(concerned: Counts, group: Counts) -> dict[str, str]:
    return {"status": _listed(kind.preflight_status for kind in concerned)}


def _beside_readable(concerned: Counts, group: Counts) -> dict[str, str] | None:
    if not any(_readable(kind) for kind in group):
        return None
    return {"status": _listed(kind.status for kind in concerned)}


def _what_it_names(concerned: Counts, group: Counts) -> dict[str, str]:
    return {"found": _listed(_said(kind) for kind in concerned)}


def _listed(values: Iterable[object]) -> str:
    """The first few of the values that there are."""
    texts = sorted({str(value) for value in values})
    return ", ".join([*texts[:FEW], *(["…"] if len(texts) > FEW else [])])


def _several_named(concerned: Counts, group: Counts) -> dict[str, str] | None:
    return {} if len({kind.page for kind in group if _named(kind)}) > 1 else None


def _kin_is_let_in(concerned: Counts, group: Counts) -> dict[str, str] | None:
    """A page is refused, and one that a person takes for the same is not."""
    let_in = sorted({kind.page for kind in group if kind.outcome == "allowed" and kind.page})
    for page in sorted({kind.page or "" for kind in concerned}):
        for other in let_in if page not in let_in else ():
            if (how := kinship(page, other)) is not None:
                return {"refused": page, "allowed": other, "how": how}
    return None


def _reads_pass(concerned: Counts, group: Counts) -> dict[str, str] | None:
    """The page may read from this server, and none of these methods ever passed."""
    passed = {kind.method for kind in group if kind.outcome == "allowed"}
    if not passed & _READING or passed & {kind.method for kind in concerned}:
        return None
    return {"methods": _listed(kind.method for kind in concerned)}


def _why_withheld(concerned: Counts, group: Counts) -> dict[str, str]:
    return {"withheld": min(kind.withheld for kind in concerned)}


def _by_history(concerned: Counts, group: Counts) -> None:
    """Counts don't show it: `history` does."""


def _any_origin(concerned: Counts, group: Counts) -> dict[str, str] | None:
    """So many pages, all of them let in with credentials, and none turned away for its origin."""
    pages = {kind.page for kind in concerned}
    refused = any(kind.reason in ("origin-missing", "origin-mismatch") and kind.outcome == "blocked" for kind in group)
    return {"pages": str(len(pages))} if len(pages) >= FEW and not refused else None


def _at_least_two(concerned: Counts, group: Counts) -> dict[str, str] | None:
    return {} if sum(concerned.values()) > 1 else None


def _allows_who_asks(concerned: Counts, group: Counts) -> dict[str, str] | None:
    """The server has CORS headers, for requests with an Origin only."""
    return {} if any(kind.answer is not None and kind.answer.allow_origin is not None for kind in group) else None


def _several_origins(kind: Traits) -> bool:
    return _blocked(kind) and kind.reason == "origin-multiple"


def _cap(concerned: Counts, group: Counts) -> dict[str, str]:
    said = sorted({kind.grant.max_age or "" for kind in concerned})[-1]
    engines = [ENGINES[kind.engine or "chromium"] for kind in concerned]
    return {"found": said, "cap": str(min(engine.max_age_cap for engine in engines))}


RULES: tuple[Rule, ...] = (
    Rule("one-cause", "error", _failed, _one_reason, by_page=True),
    Rule("preflight-login", "error", _at_preflight(401, 403, 407), _statuses),
    Rule("preflight-unrouted", "error", _at_preflight(404, 405, 501), _statuses),
    Rule("preflight-slash", "error", _moved("slash")),
    Rule("preflight-https", "error", _moved("https")),
    Rule("errors-without-headers", "error", _error_without_headers, _beside_readable),
    Rule("header-twice", "error", _several_origins),
    Rule("other-environment", "error", _other_environment, _what_it_names, by_page=True),
    Rule("loopback-names", "error", _loopback_mixed, _what_it_names, by_page=True),
    Rule("origin-differs", "error", _origin_refused, _kin_is_let_in),
    Rule("writes-blocked", "error", _write_blocked, _reads_pass, by_page=True),
    Rule("cookies-withheld", "error", _missed_its_cookies, _why_withheld, by_page=True),
    Rule("worked-before", "error", _blocked, _by_history, by_page=True),
    Rule("intermittent-cache", "error", _blocked, _by_history, by_page=True),
    Rule("intermittent-instance", "error", _blocked, _by_history, by_page=True),
    Rule("intermittent", "error", _blocked, _by_history, by_page=True),
    Rule("repeated-failure", "error", _failed, _repeated, by_page=True),
    Rule("browser-disagrees", "warning", _disputed),
    Rule("any-origin", "warning", _echoes, _any_origin),
    Rule("null-allowed", "warning", _allows_null),
    Rule("vary-missing", "warning", _unvaried, _several_named),
    Rule("kept-without-cors", "warning", _kept, _allows_who_asks),
    Rule("authorization-by-wildcard", "warning", _star_for_authorization),
    Rule("no-max-age", "note", _unremembered, _at_least_two),
    Rule("max-age-above-cap", "note", _above_cap, _cap),
)
BY_SLUG = {rule.slug: rule for rule in RULES}
_ORDER: tuple[Severity, ...] = ("error", "warning", "note")
