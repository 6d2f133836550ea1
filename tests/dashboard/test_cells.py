import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from corsinspect.dashboard.list.cells import columns, duration, first_line, group_heading, headings, second_line, steps
from corsinspect.dashboard.look.shorten import fit, fit_url, host_port, short_origin, short_url
from corsinspect.dashboard.state.arrangement import Heading
from corsinspect.listing.rows import CallRow, Common
from corsinspect.model import Outcome, Reason


def row(
    url: str = "http://localhost:8000/x", reason: str = "", page: str | None = None, method: str = "GET"
) -> CallRow:
    return CallRow(0, Common("blocked", "certain", method, page, "✗", reason, False), url, 1.0, 0.01)


@pytest.mark.parametrize(
    ("url", "short"),
    [
        ("http://localhost:8000/api", ":8000/api"),
        ("http://localhost/api", "localhost/api"),
        ("http://127.0.0.1:8000/api", "127.0.0.1:8000/api"),
        ("https://localhost:8000/api", "https://localhost:8000/api"),
        ("https://api.test/cart", "api.test/cart"),
        ("http://api.test/cart", "http://api.test/cart"),
        ("http://localhost.evil.test/", "http://localhost.evil.test/"),
        ("null", "null"),
    ],
)
def test_a_short_url_never_confuses_two_servers(url: str, short: str) -> None:
    assert short_url(url) == short


def test_an_unknown_page_is_a_dash() -> None:
    assert short_origin(None) == "–"


@pytest.mark.parametrize(
    ("width", "fitted"),
    [
        (40, "api.test/v2/catalogue/4711/reviews?a=1  "),
        (36, "api.test/v2/catalogue/4711/reviews?…"),
        (24, "api.test/…/4711/reviews "),
        (18, "api.test/…/reviews"),
        (12, "api.test/v2…"),
    ],
)
def test_a_long_url_keeps_host_and_end(width: int, fitted: str) -> None:
    assert fit_url("api.test/v2/catalogue/4711/reviews?a=1", width) == fitted


def test_a_kept_scheme_stays_whole() -> None:
    assert fit_url("https://localhost:8443/some/long/path", 30) == "https://localhost:8443/…/path "


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.0004, "0 ms"), (0.0126, "13 ms"), (0.9996, "1.00 s"), (75.5, "75.50 s"), (180, "3 min")],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_the_host_that_is_trusted_has_its_port() -> None:
    assert host_port("https://api.test/x") == "api.test:443"
    assert host_port("https://api.test:8443/x") == "api.test:8443"
    assert host_port("https://api.test:99999/") == "api.test:443"
    assert host_port("https://[::1]:8443/") == "::1:8443"
    assert host_port("https://[::1") == "[::443"


@given(st.integers(20, 250), st.integers(1, 60))
def test_columns_fill_the_width(width: int, widest_page: int) -> None:
    layout = columns(width, widest_page)
    text = "".join(text for _, text in first_line(row(page="http://localhost:3000"), layout))
    assert cell_len(text) == width
    assert cell_len(headings(layout)) <= width


@given(st.text(), st.text(), st.text(), st.integers(0, 200))
def test_cells_are_printable_whatever_was_captured(url: str, reason: str, method: str, width: int) -> None:
    layout = columns(width, 10)
    shown = row(url, reason, url, method)
    for _, text in [*first_line(shown, layout), *second_line(shown, layout, width)]:
        assert text.isprintable()


@given(st.text(st.characters(categories=["L", "N", "S", "P"])), st.integers(0, 40))
def test_fit_is_exact_with_wide_characters(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


@given(st.text(max_size=80), st.integers(30, 250))
def test_a_groups_head_fits_and_tells_its_numbers(name: str, width: int) -> None:
    text = "".join(text for _, text in group_heading(Heading(name, 12, 3), width))
    assert cell_len(text) <= width
    assert text.endswith("  12 calls  ✗ 3")


@pytest.mark.parametrize(
    ("outcome", "preflight", "slug", "shown"),
    [
        ("blocked", "✗", "method-not-allowed", ("✗", "·")),
        ("blocked", "✓", "origin-missing", ("✓", "✗")),
        ("allowed", "cache", None, ("c", "✓")),
        ("allowed", "–", None, ("–", "✓")),
        ("network-error", "–", "refused", ("–", "↯")),
        ("unknown", "✓", "no-actual-seen", ("✓", "·")),
        ("pending", "◌", None, ("◌", "")),
        ("not-cors", "–", None, ("", "")),
    ],
)
def test_each_step_has_its_sign(outcome: Outcome, preflight: str, slug: Reason | None, shown: tuple[str, str]) -> None:
    common = Common(outcome, "certain", "GET", None, preflight, "", False, slug=slug)
    assert steps(CallRow(0, common, "http://a.test/", 1.0, 0.01)) == shown
