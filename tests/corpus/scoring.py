"""Holds the rows of `check --format jsonl` against what the browsers themselves said.

Figures, each as (right, of):
column      (WebKit) what `engines` says of it is right; where a Call has no engines, the verdict on top
outcome     equal to the browser's; where the wire can't decide, `depends` is right too
decided     where the wire can decide: right, and certain or likely
admitted    where one exchange by itself can't tell: said to depend
settled     where one exchange by itself can't tell: right, and certain or likely, by what was seen elsewhere
overclaims  certain, and wrong (counted as wrong ones; must be none)
calls       the Call holds exactly the exchanges of the browser's call
stage, code, reason, parameter, preflight, readable: as the browser had it, for the rows that have it
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

FIGURES = tuple(
    """column outcome decided admitted settled overclaims calls stage code reason parameter preflight
    readable""".split()
)
EITHER = frozenset({"admitted", "settled"})
"""Figures that count how a row was right: missing one of them is no difference from the browser."""

Row = dict[str, Any]

SCORED = {"allowed", "blocked", "opaque", "network-error"}

REASONS = {
    "MissingAllowOriginHeader": {"origin-missing"},
    "WildcardOriginNotAllowed": {"origin-wildcard-with-credentials"},
    "MultipleAllowOriginValues": {"origin-multiple"},
    "InvalidAllowOriginValue": {"origin-invalid"},
    "AllowOriginMismatch": {"origin-mismatch"},
    "InvalidAllowCredentials": {"credentials-not-true"},
    "DisallowedRedirect": {"preflight-redirect"},
    "InvalidStatus": {"preflight-status"},
    "InvalidAllowMethodsPreflightResponse": {"allow-methods-invalid"},
    "InvalidAllowHeadersPreflightResponse": {"allow-headers-invalid"},
    "MethodDisallowedByPreflightResponse": {"method-not-allowed"},
    "HeaderDisallowedByPreflightResponse": {"header-not-allowed"},
    "RedirectContainsCredentials": {"redirect-credentials"},
    "CorsDisabledScheme": {"redirect-disallowed-scheme", "scheme-not-cors"},
    "CORSMissingAllowOrigin2": {"origin-missing"},
    "CORSNotSupportingCredentials": {"origin-wildcard-with-credentials"},
    "CORSMultipleAllowOriginNotAllowed": {"origin-multiple"},
    "CORSAllowOriginNotMatchingOrigin": {"origin-mismatch", "origin-invalid", "origin-multiple"},
    "CORSMissingAllowCredentials": {"credentials-not-true"},
    "CORSPreflightDidNotSucceed3": {"preflight-status"},
    "CORSExternalRedirectNotAllowed": {"preflight-redirect"},
    "CORSInvalidAllowMethod": {"allow-methods-invalid"},
    "CORSInvalidAllowHeader": {"allow-headers-invalid"},
    "CORSMethodNotFound": {"method-not-allowed"},
    "CORSMissingAllowHeaderFromPreflight2": {"header-not-allowed"},
    # WebKit has sentences, no codes: these stand for them. Its sentence on the origin doesn't say how it is wrong
    "OriginNotAllowed": {"origin-missing", "origin-mismatch", "origin-invalid", "origin-multiple"},
    "MultipleOrigins": {"origin-multiple"},
    "WildcardWithCredentials": {"origin-wildcard-with-credentials"},
    "CredentialsNotTrue": {"credentials-not-true"},
    "PreflightNotSuccessful": {"preflight-status", "preflight-redirect"},
    "AllowMethodsInvalid": {"allow-methods-invalid"},
    "AllowHeadersInvalid": {"allow-headers-invalid"},
    "MethodNotAllowed": {"method-not-allowed"},
    "HeaderNotAllowed": {"header-not-allowed"},
    "RedirectNonCorsScheme": {"redirect-disallowed-scheme", "redirect-invalid-location"},
    "RedirectHasCredentials": {"redirect-credentials"},
}
"""The browser's code (Chromium's without `Preflight` in front) -> the slugs that may stand for it."""

WITHOUT_CORS = {"form", "iframe", "navigation", "websocket", "Document"}


@dataclass
class Score:
    """What came of holding rows against Calls."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Row, list[Row], list[str]]] = field(default_factory=list)
    """A row, the Calls that hold its exchanges, and the figures in which they differ."""

    def share(self, figure: str) -> float:
        """Right ones of all, from 0 to 1."""
        return self.right[figure] / self.of[figure] if self.of[figure] else 1.0

    def missed(self, figure: str) -> int:
        """How many weren't right."""
        return self.of[figure] - self.right[figure]

    def add(self, other: "Score") -> None:
        """Takes in another group's score."""
        self.right += other.right
        self.of += other.of
        self.wrong += other.wrong


def score(rows: list[Row], calls: list[Row]) -> Score:
    """Compares each scored row with the Calls that hold its exchanges."""
    holders: dict[str, list[Row]] = defaultdict(list)
    for call in calls:
        for exchange in call["exchanges"]:
            holders[exchange].append(call)
    # a call without exchanges left nothing on the wire: no proxy can see it
    rows = [row for row in rows if row["outcome"] in SCORED and row["flows"]]
    held = [list({call["id"]: call for flow in row["flows"] for call in holders[flow]}.values()) for row in rows]
    claimed = Counter(call["id"] for calls in held for call in calls)
    result = Score()
    for row, own in zip(rows, held, strict=True):
        figures = _compare(row, own, claimed)
        for figure, right in figures.items():
            result.of[figure] += 1
            result.right[figure] += right
        if wrong := [figure for figure, right in figures.items() if not right and figure not in EITHER]:
            result.wrong.append((row, own, wrong))
    return result


def accepted(row: Row) -> set[str]:
    """The outcomes that count as the browser's."""
    outcomes = set(row.get("accept") or [row["outcome"]])
    url = row["url"]
    loopback = url.startswith(("http://localhost", "http://127."))
    if row["outcome"] == "opaque" and url.startswith("http:") and not loopback:
        outcomes.add("not-cors")  # plain http carries no Sec-Fetch-Mode to tell them apart
    same_origin = _origin(url) == row["page_origin"] and row.get("response_type") != "cors"
    fetch = row["fetch"]
    without = fetch.get("kind") in WITHOUT_CORS or fetch.get("mode") == "navigate" or row["browser"] == "none"
    if (same_origin or without) and outcomes & {"allowed", "opaque"}:
        outcomes |= {"allowed", "not-cors"}
    return outcomes


def _origin(url: str) -> str | None:
    """The origin, whatever userinfo stands in the URL; None where it's no URL."""
    try:
        parts = urlsplit(url)
        default = {"http": 80, "https": 443}.get(parts.scheme)
        port = "" if parts.port in (None, default) else f":{parts.port}"
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.hostname}{port}"


def _compare(row: Row, calls: list[Row], claimed: Counter[str]) -> dict[str, bool]:
    one = len(calls) == 1
    call: Row = calls[0] if calls else defaultdict(lambda: None)
    final = next((each for each in calls if row["flows"][-1] in each["exchanges"]), call)
    right = accepted(row)
    same = one and call["outcome"] in right
    depends = call["certainty"] == "depends"
    undecidable = bool(row.get("undecidable"))
    figures = {
        "outcome": same or (undecidable and depends),
        "overclaims": final["certainty"] != "certain" or final["outcome"] in right,
        "calls": one and _holds(row, call, claimed),
    }
    if row["browser"] == "webkit":
        column = ((call["engines"] or {}).get("webkit") or call)["outcome"]
        figures["column"] = column in right or (undecidable and depends)
    if undecidable:
        return figures | {"admitted": depends, "settled": same and call["certainty"] in ("certain", "likely")}
    figures["decided"] = same and call["certainty"] in ("certain", "likely")
    if row["preflight"] in ("sent", "cached"):
        figures["preflight"] = call["preflight"] == row["preflight"]
    elif row["preflight"] == "none":
        figures["preflight"] = call["preflight"] in ("none", None)
    if row["outcome"] == "blocked":
        figures |= _compare_blocked(row, call)
    elif row["outcome"] == "allowed" and row.get("readable_headers") is not None and row["response_type"] == "cors":
        figures["readable"] = set(call["readable_headers"] or []) == set(row["readable_headers"])
    return figures


def _holds(row: Row, call: Row, claimed: Counter[str]) -> bool:
    if row.get("exact", True):
        return set(call["exchanges"]) == set(row["flows"])
    # parallel calls on one URL: a Call of its own for each, with its preflight where one was sent
    with_preflight = len(call["exchanges"]) > len(row["flows"])
    return claimed[call["id"]] == 1 and (row["preflight"] != "sent" or row["outcome"] == "blocked" or with_preflight)


def _compare_blocked(row: Row, call: Row) -> dict[str, bool]:
    figures = {}
    engine = (call["engines"] or {}).get(row["browser"]) or {}
    code = row["cors_error"]
    if row["blocked_at"] and "accept" not in row:
        figures["stage"] = call["stage"] == row["blocked_at"]
    if code and row["browser"] != "webkit":
        figures["code"] = engine.get("code") == code
    slugs = REASONS.get(code or "") or REASONS.get((code or "").removeprefix("Preflight"))
    if slugs:
        figures["reason"] = call["reason"] in slugs
    if row["failed_parameter"] and row["browser"] == "chromium":
        wanted = row["failed_parameter"]
        figures["parameter"] = engine.get("parameter") in (wanted if isinstance(wanted, list) else [wanted])
    return figures
