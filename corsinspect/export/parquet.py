"""Calls or their exchanges as a Parquet file, for engines that ask questions of many: docs/scale.md has the columns."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from corsinspect.advice.solution import server_of
from corsinspect.analysis import by_server
from corsinspect.model import Call, Exchange

pa: Any = import_module("pyarrow")  # it has no types
pq: Any = import_module("pyarrow.parquet")

_GROUP = 20_000
"""Rows that are held and written at a time: some 20 MB."""

_TEXT, _TIME, _INT = pa.string(), pa.timestamp("us", tz="UTC"), pa.int64()
_NAMES = pa.list_(_TEXT)
_HEADERS = pa.list_(pa.struct([("name", _TEXT), ("value", _TEXT)]))

CALLS: Any = pa.schema(
    [
        *((name, _TEXT) for name in ("id", "url", "server", "path", "method", "page_origin", "kind")),
        *(("started", _TIME), ("ended", _TIME)),
        *((name, _TEXT) for name in ("outcome", "certainty", "reason", "stage", "header", "expected", "found")),
        *(("hop", _INT), ("status", _INT)),
        *((name, _TEXT) for name in ("credentials", "preflight", "masked", "engine", "chromium", "firefox", "webkit")),
        *((name, pa.bool_()) for name in ("simulated", "background", "confirmed")),
        *(("exchanges", _NAMES), ("roles", _NAMES)),
    ]
)

EXCHANGES: Any = pa.schema(
    [
        *((name, _TEXT) for name in ("id", "call", "role", "url", "method", "http_version")),
        *((name, _TIME) for name in ("started", "answered", "ended")),
        *((name, _INT) for name in ("status", "request_size", "response_size", "count")),
        *((name, _TEXT) for name in ("connection", "failure", "error_page")),
        ("by_proxy", pa.bool_()),
        *(("request_headers", _HEADERS), ("response_headers", _HEADERS)),
    ]
)


def write_calls(calls: Iterable[Call], path: Path) -> None:
    """A row a call, in their order. Where a fix was tried, of what the server itself answered, as in `check`."""
    _write(map(_call, calls), CALLS, path)


def write_exchanges(calls: Iterable[Call], path: Path) -> None:
    """A row an exchange, those of a call together."""
    _write((_exchange(call, role, each) for call in calls for role, each in call.roles()), EXCHANGES, path)


WRITERS: dict[str, Callable[[Iterable[Call], Path], None]] = {"calls": write_calls, "exchanges": write_exchanges}
"""What a row can be."""


def _write(rows: Iterator[dict[str, Any]], schema: Any, path: Path) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rows, _GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema))


def _call(call: Call) -> dict[str, Any]:
    simulated, call = call.simulated, by_server(call)
    verdict, roles = call.verdict, call.roles()
    server = server_of(call)
    ended = [exchange.ended for _, exchange in roles if exchange.ended is not None]
    engines = verdict.engines or {}
    return {
        "id": call.id,
        "url": call.url,
        "server": server,
        "path": "/" + call.url.partition("://")[2].partition("/")[2].partition("?")[0],
        "method": call.method,
        "page_origin": call.page_origin,
        "kind": call.kind,
        "started": _moment(call.started),
        "ended": _moment(max(ended, default=None)),
        "outcome": verdict.outcome,
        "certainty": verdict.certainty,
        "reason": verdict.reason,
        "stage": verdict.stage,
        "header": verdict.header,
        "expected": verdict.expected,
        "found": verdict.found,
        "hop": verdict.hop,
        "status": verdict.status,
        "credentials": call.credentials,
        "preflight": call.preflight,
        "masked": call.masked,
        "engine": call.engine,
        **{name: engine.outcome for name, engine in engines.items()},
        "simulated": simulated,
        "background": call.background,
        "confirmed": None if call.browser is None else call.browser.confirmed,
        "exchanges": [exchange.id for _, exchange in roles],
        "roles": [role for role, _ in roles],
    }


def _exchange(call: Call, role: str, exchange: Exchange) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "call": call.id,
        "role": role,
        "url": exchange.url,
        "method": exchange.method,
        "http_version": exchange.http_version,
        "started": _moment(exchange.started),
        "answered": _moment(exchange.answered),
        "ended": _moment(exchange.ended),
        "status": exchange.status,
        "request_size": exchange.request_size,
        "response_size": exchange.response_size,
        "count": exchange.count,
        "connection": exchange.connection,
        "failure": None if exchange.failure is None else exchange.failure.kind,
        "error_page": exchange.error_page,
        "by_proxy": exchange.by_proxy,
        "request_headers": [{"name": name, "value": value} for name, value in exchange.request_headers],
        "response_headers": [{"name": name, "value": value} for name, value in exchange.response_headers],
    }


def _moment(seconds: float | None) -> int | None:
    """Microseconds since the epoch."""
    return None if seconds is None else round(seconds * 1_000_000)
