"""What quick keys write into the filter line: the language is learnt by reading what they write."""

from corsinspect.analysis.across.patterns import Pattern
from corsinspect.fetch.url import origin_of
from corsinspect.listing.query import quoted, tokens
from corsinspect.listing.terms import FilterRow, host_names, path_of
from corsinspect.model import Outcome
from corsinspect.printable import printable

PROBLEM_TERM = "blocked or network"


def toggled(text: str, term: str) -> str:
    """The filter with `term` asked for besides, or without it where it's asked for already."""
    text, alone = text.strip(), f"({term})" if _has_or(term) else term
    if text in (term, alone):
        return ""
    parts = f" {text} ".partition(f" {alone} ")
    if parts[1]:
        return f"{parts[0].strip()} {parts[2].strip()}".strip()
    if not text:
        return term
    return f"({text}) {alone}" if _has_or(text) else f"{text} {alone}"


def outcome_term(outcome: Outcome) -> str:
    """Calls of this outcome only."""
    return outcome.removesuffix("-error")


def origin_term(page: str) -> str:
    """Calls of this page's origin only."""
    return f"origin={quoted(printable(page))}"


def host_term(api: str) -> str:
    """Calls to this origin only: as host:port where that tells it apart from its neighbours, else with its scheme."""
    origin, host_port, host = host_names(printable(api))
    return f"host={quoted(host_port if host_port != host else origin)}"


def pair_term(page: str | None, api: str) -> str:
    """Calls of this page to this server only."""
    return f"{origin_term(page) if page is not None else '-origin:*'} host={quoted(printable(api))}"


def finding_term(pattern: Pattern) -> str:
    """The calls that a finding is about."""
    terms = [f"finding:{pattern.slug}", f"host={quoted(printable(pattern.api))}"]
    if pattern.page is not None:
        terms.append(origin_term(pattern.page))
    if "reason" in pattern.values:
        terms.append(f"reason:{quoted(pattern.values['reason'])}")
    return " ".join(terms)


def endpoint_term(row: FilterRow) -> str:
    """Calls of this method to this address only, whatever follows a ?."""
    path = quoted(printable(path_of(row.url)).replace("\N{REPLACEMENT CHARACTER}", "*"))
    return f"method={quoted(printable(row.method))} {host_term(origin_of(row.url))} path={path}"


def _has_or(text: str) -> bool:
    """Whether the filter falls apart at an `or` that no parentheses hold."""
    depth = 0
    for token in tokens(text):
        depth += {"(": 1, ")": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "word" and token.quote is None and token.text.lower() == "or":
            return True
    return False
