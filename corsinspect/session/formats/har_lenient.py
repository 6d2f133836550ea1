"""A HAR entry that isn't as the format has it, brought into that form: what nobody needs costs no entry.

Names of keys in any case, header lists as lists of pairs or as an object, numbers as text and text as numbers, null
or something else where nothing is known.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any, cast

_TIMINGS = ("blocked", "dns", "connect", "send", "wait", "ssl")


def plain_entry(plain: object) -> dict[str, Any]:
    """An entry with the types that the format gives its fields, None where there is nothing of use.

    Raises ValueError, in words for a person, if there is no request with a method and a URL.
    """
    entry = fields_of(plain)
    request, response, timings = (fields_of(entry.get(name)) for name in ("request", "response", "timings"))
    method, url = _text(request.get("method")), _text(request.get("url"))
    if not method or not url:
        raise ValueError("it has no request with a method and a URL")
    content = fields_of(response.get("content"))
    return {
        "startedDateTime": _moment(entry.get("starteddatetime")),
        "request": {
            "method": method,
            "url": url,
            "httpVersion": _text(request.get("httpversion")),
            "headers": list(_pairs(request.get("headers"))),
            "bodySize": _number(request.get("bodysize")),
        },
        "response": {
            "status": _number(response.get("status")),
            "statusText": _text(response.get("statustext")),
            "httpVersion": _text(response.get("httpversion")),
            "headers": list(_pairs(response.get("headers"))),
            "content": {"size": _number(content.get("size"))},
            "bodySize": _number(response.get("bodysize")),
            "_error": _text(response.get("_error")),
            "_failureText": _text(response.get("_failuretext")),
            "_fetchedViaServiceWorker": response.get("_fetchedviaserviceworker") is True,
            "_corsinspect_missing": not response,
        },
        "time": _number(entry.get("time")),
        "timings": {name: _number(timings.get(name)) for name in _TIMINGS} if timings else None,
        "_connectionId": _text(entry.get("_connectionid")),
        "_fromCache": _text(entry.get("_fromcache")),
    }


def fields_of(plain: object) -> dict[str, Any]:
    """The fields of a JSON object, their names in lower case; {} for anything else."""
    if not isinstance(plain, dict):
        return {}
    return {name.lower(): value for name, value in cast("dict[str, Any]", plain).items()}


def _items(plain: object) -> list[Any]:
    return cast("list[Any]", plain) if isinstance(plain, list) else []


def _pairs(plain: object) -> Iterator[dict[str, str]]:
    pairs: Iterable[tuple[object, object]] = map(_pair, _items(plain))
    if isinstance(plain, dict):
        pairs = cast("dict[object, object]", plain).items()
    for name, value in pairs:
        if isinstance(name, str) and name:
            for each in _items(value) or [value]:
                yield {"name": name, "value": _text(each) or ""}


def _pair(plain: object) -> tuple[object, object]:
    items = _items(plain)
    if len(items) == 2:
        return items[0], items[1]
    fields = fields_of(plain)
    return fields.get("name"), fields.get("value")


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return None if value is None or isinstance(value, bool | dict | list) else str(value)


def _number(value: object) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:  # an integer beyond any float
        return None


def _moment(value: object) -> str | float | None:
    return value if isinstance(value, str) else _number(value)
