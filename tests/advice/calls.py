"""Calls made by hand, for tests of the words."""

from typing import Any

from corsinspect.model import Call, Exchange, Hop, Outcome, Stage, Verdict

PAGE = "http://localhost:3000"
URL = "http://localhost:8000/api/tasks/7"

HEADERS = {
    "origin": "Access-Control-Allow-Origin",
    "credentials": "Access-Control-Allow-Credentials",
    "methods": "Access-Control-Allow-Methods",
    "headers": "Access-Control-Allow-Headers",
}


def exchange(status: int | None = 200, **fields: Any) -> Exchange:
    """One exchange with the API."""
    return Exchange(id=fields.pop("id", "1"), url=fields.pop("url", URL), started=0.0, status=status, **fields)


def call(
    outcome: Outcome = "blocked",
    reason: str | None = None,
    stage: Stage | None = "actual",
    *,
    header: str | None = None,
    expected: str | None = None,
    found: str | None = None,
    status: int | None = None,
    method: str | None = "GET",
    preflight: Exchange | None = None,
    request: Exchange | None = None,
    masked: str | None = None,
    verdict: dict[str, Any] | None = None,
    **fields: Any,
) -> Call:
    """A call with one hop, judged as said; `header` is a key of HEADERS."""
    if preflight is None and stage == "preflight":
        preflight = exchange(status or 204, method="OPTIONS")
    if request is None and stage != "preflight":
        request = exchange(status or 200, method=method)
    return Call(
        id="1",
        url=URL,
        method=method,
        started=0.0,
        kind=fields.pop("kind", "preflighted" if stage == "preflight" else "simple"),
        hops=(Hop(preflight=preflight, request=request),),
        verdict=Verdict(
            outcome=outcome,
            reason=reason,  # pyright: ignore[reportArgumentType] - any text, to see that none does harm
            stage=stage,
            header=HEADERS.get(header or ""),
            expected=expected,
            found=found,
            status=status,
            **(verdict or {}),
        ),
        page_origin=fields.pop("page_origin", PAGE),
        masked=masked,
        **fields,
    )
