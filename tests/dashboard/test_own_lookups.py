"""What a browser asks by itself never takes the details from a page's call."""

from pathlib import Path

from tests.analysis.build import OPEN, exchange
from tests.dashboard.conftest import capturing

BARE: dict[str, str | None] = dict.fromkeys(("Origin", "Referer", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest"))


async def test_a_lookup_that_fails_is_not_selected_even_while_it_is_shown(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(exchange(url="http://localhost:8000/cart", got=OPEN))
        await screen.press("B", "end")
        await screen.put(exchange("HEAD", "http://jnvqkfwmpl/", at=101.0, sent=BARE, failed="dns"))
        await screen.put(exchange(None, "https://accounts.google.com:443/", at=102.0, sent=BARE, failed="dns"))
        await screen.sees("jnvqkfwmpl")
        assert screen.selected == "GET cart"
        await screen.put(exchange(url="http://localhost:8000/next", at=103.0, got=OPEN))
        await screen.until(lambda: screen.selected == "GET next")
