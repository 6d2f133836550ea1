"""Which responses without CORS headers a browser may give to a request that needs them."""

import pytest

from corsinspect.fetch.http_cache import kept_without_cors


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({}, False),
        ({"Cache-Control": "max-age=600"}, True),
        ({"Cache-Control": 'public, max-age="600"'}, True),
        ({"Cache-Control": "max-age=0"}, False),
        ({"Cache-Control": "max-age=600, no-cache"}, False),
        ({"Cache-Control": 'max-age=600, no-cache="set-cookie"'}, True),
        ({"Cache-Control": "no-store"}, False),
        ({"Cache-Control": "max-age=600", "Vary": "Accept-Encoding"}, True),
        ({"Cache-Control": "max-age=600", "Vary": "Accept-Encoding, origin"}, False),
        ({"Cache-Control": "max-age=600", "Vary": "*"}, False),
        ({"Cache-Control": "max-age=600", "Access-Control-Allow-Origin": "*"}, False),
        ({"Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT"}, True),
        ({"Expires": "Mon, 01 Nov 2027 10:00:00 GMT"}, True),
        ({"Expires": "0", "Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT"}, False),
        ({"Expires": "Sun, 01 Nov 2026 10:00:00 GMT", "Date": "Sun, 01 Nov 2026 10:00:00 GMT"}, False),
    ],
)
def test_kept_without_cors(headers: dict[str, str], kept: bool) -> None:
    assert kept_without_cors("GET", 200, headers.items()) is kept


def test_only_answers_to_get_that_browsers_keep() -> None:
    fresh = {"Cache-Control": "max-age=600"}.items()
    assert kept_without_cors("GET", 404, fresh)
    assert not kept_without_cors("POST", 200, fresh)
    assert not kept_without_cors("GET", 500, fresh)
    assert not kept_without_cors("GET", None, fresh)
