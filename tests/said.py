"""What a browser would have said of recorded traffic: Saids made of exchanges and the truth that came with them."""

import random
from collections.abc import Iterable
from typing import Any

from corsinspect.model import Exchange
from corsinspect.said import Place, Said, SaidMode, WithheldCookie

NAMES = {"chromium": "Chromium 156", "firefox": "Firefox 153"}


def said_of(exchange: Exchange, id: str, **more: Any) -> Said:
    """A leg as Chromium tells it, of this very exchange."""
    start = exchange.started
    facts: dict[str, Any] = {
        "id": id,
        "engine": "chromium",
        "browser": NAMES["chromium"],
        "called": start - 0.01,
        "sent": start - 0.003,
        "answered": None if exchange.answered is None else exchange.answered + 0.002,
        "ended": (exchange.ended or start) + 0.003,
        "url": exchange.url,
        "method": exchange.method or "",
        "kind": "fetch",
        "request_headers": exchange.request_headers,
        "status": exchange.status,
        "response_headers": exchange.response_headers if exchange.status is not None else None,
        "connection": exchange.connection and f"n{exchange.connection}",
        "page": "https://app.test/",
        "caller": Place(url="https://app.test/api.js", line=42),
    }
    return Said(**(facts | more))


def saids_of(rows: Iterable[dict], exchanges: list[Exchange], seed: int = 1) -> dict[str, Said]:
    """What the browser would have said of each exchange that a row of the truth names, by the exchange's id; and, where
    a row's call was never sent for itself (its preflight was refused), of the call, by the row's number."""
    draw = random.Random(seed)
    by_id = {exchange.id: exchange for exchange in exchanges}
    found: dict[str, Said] = {}
    for number, row in enumerate(rows):
        flows = [by_id[flow] for flow in row["flows"] if flow in by_id and flow not in found]
        if not flows or row["outcome"] == "unclear" or row["browser"] not in NAMES:
            continue
        request = f"1:{number}"
        legs = [flow for flow in flows if not _is_preflight(flow)]
        common = _common(row, flows[0])
        ends = _ending(row)
        hop = 0
        for flow in flows:
            if _is_preflight(flow):
                told = _leg(flow, f"{request}p{hop}", row, draw, {"preflight_of": request, "kind": "preflight"})
            else:
                last = flow is legs[-1]
                told = _leg(flow, request, row, draw, {**common, "hop": hop, **(ends if last else {})})
                hop += 1
            found[flow.id] = told
        if not legs or _is_preflight(flows[-1]):
            start = flows[-1].started
            url = flows[-1].url
            more = {**common, **ends, "hop": hop, "called": start - 0.02, "ended": start + 1}
            method = row["fetch"].get("method") or "GET"
            engine = row["browser"]
            found[f"row{number}"] = Said(
                id=request, engine=engine, browser=NAMES[engine], url=url, method=method, **more
            )
    return found


def _is_preflight(exchange: Exchange) -> bool:
    names = {name.lower() for name, _ in exchange.request_headers}
    return exchange.method == "OPTIONS" and "access-control-request-method" in names


def _common(row: dict, first: Exchange) -> dict[str, Any]:
    asked: SaidMode = row["fetch"].get("credentials") or "same-origin"
    facts: dict[str, Any] = {"kind": row["fetch"].get("kind") or "fetch", "page": f"{row['page_origin']}/"}
    if row["browser"] == "firefox":
        facts["credentials"] = asked
    elif asked == "include":
        facts["cookies_withheld"] = (WithheldCookie(name="sid", reasons=("SameSiteLax",)),)
    return facts


def _ending(row: dict) -> dict[str, Any]:
    failed = row["outcome"] not in ("allowed", "opaque")
    return {
        "code": row["cors_error"],
        "parameter": row["failed_parameter"] if isinstance(row["failed_parameter"], str) else None,
        "failed": row["net_error"] or ("net::ERR_FAILED" if failed else None),
        "console": row["console"] or None,
    }


def _leg(exchange: Exchange, id: str, row: dict, draw: random.Random, more: dict[str, Any]) -> Said:
    start = exchange.started
    if row["browser"] == "firefox":
        # no header lines, no connections, milliseconds
        return Said(
            id=id,
            engine="firefox",
            browser=NAMES["firefox"],
            url=exchange.url,
            method=exchange.method or "",
            called=round(start - draw.uniform(0, 0.02), 3),
            answered=None if exchange.answered is None else round(exchange.answered + draw.uniform(0.001, 0.01), 3),
            ended=(exchange.ended or start) + 0.05,
            status=exchange.status,
            **more,
        )
    sent = start - draw.choice([0.0002, draw.uniform(0.0002, 0.004), draw.uniform(0, 0.05)])
    told = said_of(exchange, id, sent=sent, called=sent - 0.002, caller=None, **more)
    return told
