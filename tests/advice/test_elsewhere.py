"""Whose server is it: an API that the person can't change has ways around it, their own has none."""

import pytest

from corsinspect.advice import solution as words
from corsinspect.advice.evidence.elsewhere import TOOLCHAINS, elsewhere
from corsinspect.advice.recipes import recipes
from corsinspect.advice.solution import solution
from corsinspect.analysis import judge_all
from tests.analysis.build import exchange, only

HERE = "http://localhost:5173"
FAR = "https://api.vendor.com/v1/x"
CROSS = {"Origin": HERE, "Sec-Fetch-Site": "cross-site"}
OWN = {"Origin": None, "Sec-Fetch-Site": "same-origin", "Referer": f"{HERE}/"}


@pytest.mark.parametrize(
    ("url", "site", "is_theirs"),
    [
        (FAR, "cross-site", True),
        (FAR, "same-site", False),
        ("http://localhost:8000/x", "same-site", False),
        ("http://127.0.0.1:8000/x", "cross-site", False),
        ("http://192.168.1.7:8000/x", "cross-site", False),
        ("http://printer/x", "cross-site", False),
        ("https://nas.local/x", "cross-site", False),
        ("https://203.1.2.3/x", "cross-site", True),
    ],
)
def test_a_public_host_unlike_the_page_s_may_be_somebody_else_s(url: str, site: str, is_theirs: bool) -> None:
    call = only(exchange(url=url, sent={"Origin": HERE, "Sec-Fetch-Site": site}))
    assert (elsewhere(call) is not None) is is_theirs


def test_calls_of_other_pages_are_a_sign_where_the_browser_names_no_site() -> None:
    calls = judge_all(
        [
            exchange(url=FAR, sent={"Origin": "https://other.test", "Sec-Fetch-Site": None}, at=1),
            exchange(url=FAR, sent={"Origin": HERE, "Sec-Fetch-Site": None}, at=2),
        ]
    )
    found = elsewhere(calls[1], calls)
    assert found is not None and found.signs == ("Pages of 1 other origin call it, too.",)
    assert elsewhere(calls[1]) is None


def test_what_is_allowed_needs_no_way_around() -> None:
    assert elsewhere(only(exchange(url=FAR, sent=CROSS, got={"Access-Control-Allow-Origin": HERE}))) is None


@pytest.mark.parametrize(
    ("own", "headers", "ways"),
    [
        ("/@vite/client", {}, ["vite-proxy", "backend-route", None]),
        ("/_next/static/x.js", {"X-Powered-By": "Next.js"}, ["next-rewrites", "backend-nextjs", None]),
        ("/api/me", {"Server": "uvicorn"}, [None, "backend-fastapi", None]),
        ("/api/me", {"Server": "Werkzeug/3.1.9 Python/3.11"}, [None, "backend-flask", None]),
        ("/api/me", {}, [None, "backend-route", None]),
    ],
)
def test_the_ways_fit_what_the_page_is_served_by(own: str, headers: dict[str, str], ways: list[str | None]) -> None:
    page = judge_all([exchange(url=HERE + own, sent=OWN, got=headers)])
    found = elsewhere(only(exchange(url=FAR, sent=CROSS)), (), page)
    assert found is not None and [way.recipe for way in found.ways] == ways


def test_each_way_has_its_recipe() -> None:
    assert all(recipes()[id].kind == "alternative" for id, _, _ in TOOLCHAINS)


def test_what_is_copied_follows_the_choice() -> None:
    call = only(exchange(url=FAR, sent=CROSS))
    assert "Access-Control-Allow-Origin" in words.text(solution(call, [call]))
    found = solution(call, [call], "vite-proxy")
    assert found.around and "api.vendor.com stays as it is" in words.text(found)
    assert "Access-Control-Allow-Origin" not in words.text(found) + words.code(found)
    assert "target: 'https://api.vendor.com'" in words.code(found)


def test_cloudflare_in_front_is_no_worker_of_one_s_own() -> None:
    call = only(exchange(url=FAR, sent=CROSS, got={"Server": "cloudflare", "CF-Ray": "1"}))
    assert solution(call, [call]).rendered is None
    found = elsewhere(call)
    assert found is not None and found.signs[-1] == "It is behind Cloudflare, as public APIs are."


@pytest.mark.parametrize(
    ("headers", "recipe", "said"),
    [
        ({"Server": "uvicorn"}, "backend-fastapi", False),
        ({"X-Powered-By": "Express"}, "backend-route", False),
        ({"X-AspNet-Version": "4.0"}, "backend-route", True),
        ({}, "backend-route", False),
    ],
)
def test_the_route_is_one_of_the_backend_that_the_page_calls(headers: dict[str, str], recipe: str, said: bool) -> None:
    backend = exchange(
        url="http://localhost:8000/me", sent={"Origin": HERE, "Sec-Fetch-Site": "same-site"}, got=headers
    )
    page = exchange(url=f"{HERE}/@vite/client", sent=OWN, at=99)
    found = elsewhere(only(exchange(url=FAR, sent=CROSS)), (), judge_all([page, backend]))
    assert found is not None
    (way,) = [way for way in found.ways if "your own backend" in way.what]
    assert way.recipe == recipe and ("another framework" in way.what) is said
