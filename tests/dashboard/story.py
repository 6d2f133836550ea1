"""A made-up afternoon of a frontend developer, as exchanges: what the tests and the picture show.

Times are fixed, so that nothing on a screen depends on the clock.
"""

from pathlib import Path

from corsinspect.model import Exchange, Failure, HeaderList
from corsinspect.session.writer import SessionWriter

START = 1_763_722_800.0
"""2025-11-21, 11:00 UTC."""
PAGE = "http://localhost:3000"
SHOP = "https://app.shop.test"
CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
JSON = ("Content-Type", "application/json")
OWN: HeaderList = (("Access-Control-Allow-Origin", PAGE), ("Vary", "Origin"))
WHATEVER: HeaderList = (*OWN, ("Access-Control-Allow-Credentials", "true"))
"""Allows the page's calls, whether it sends credentials or not."""


class Story:
    """Collects exchanges, one after another, a quarter of a second apart."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def add(
        self,
        method: str,
        url: str,
        status: int | None,
        answer: HeaderList = (),
        *,
        page: str | None = PAGE,
        mode: str | None = "cors",
        site: str = "same-site",
        asked: HeaderList = (),
        failure: Failure | None = None,
        untrusted: str | None = None,
        took: float = 0.012,
    ) -> None:
        """One exchange; `status` None with no failure is still under way."""
        number = len(self.exchanges)
        started = START + number / 4
        headers = [("Host", url.split("/")[2]), ("User-Agent", CHROMIUM), ("Accept", "*/*")]
        if mode is not None:
            headers += [("Sec-Fetch-Mode", mode), ("Sec-Fetch-Site", site), ("Sec-Fetch-Dest", "empty")]
        if page is not None:
            headers += [("Origin", page), ("Referer", page + "/")]
        answered = None if status is None else started + took
        self.exchanges.append(
            Exchange(
                id=f"{number:04}",
                url=url,
                started=started,
                method=method,
                request_headers=(*headers, *asked),
                status=status,
                reason_phrase={200: "OK", 204: "No Content", 500: "Internal Server Error"}.get(status or 0, ""),
                response_headers=(*answer, *((JSON,) if status == 200 else ())),
                answered=answered,
                ended=answered if failure is None else started + took,
                failure=failure,
                untrusted_certificate=untrusted,
            )
        )

    def preflighted(
        self,
        method: str,
        url: str,
        preflight: tuple[int, HeaderList],
        actual: tuple[int, HeaderList] | None,
        *,
        names: str = "content-type",
        page: str = PAGE,
        asked: HeaderList = (JSON,),
    ) -> None:
        """A preflight and, if it was granted, the request itself."""
        wanted = (("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", names))
        self.add("OPTIONS", url, *preflight, page=page, asked=wanted, took=0.004)
        if actual is not None:
            self.add(method, url, *actual, page=page, asked=asked)


def grant(methods: str, headers: str = "content-type, authorization") -> HeaderList:
    """A preflight's answer that lets the page through."""
    return (*OWN, ("Access-Control-Allow-Methods", methods), ("Access-Control-Allow-Headers", headers))


def afternoon() -> list[Exchange]:
    """One of each trouble, with what worked in between."""
    story = Story()
    api = "http://localhost:8000/api"
    story.add("GET", PAGE + "/", 200, page=None, mode="navigate", site="none")
    story.add("GET", PAGE + "/main.js", 200, page=None, mode="no-cors", site="same-origin")
    story.add("GET", api + "/tasks", 200, OWN)
    story.add("GET", api + "/me", 200)
    story.preflighted("PUT", api + "/tasks/7", (204, grant("GET, POST")), None)
    story.preflighted(
        "POST", api + "/login", (204, grant("GET, POST")), (200, (*OWN, ("Access-Control-Allow-Credentials", "true")))
    )
    cookie = (("Cookie", "sid=‹redacted:12:ab›"),)
    star = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Credentials", "true"))
    story.add("GET", api + "/cart", 200, star, asked=cookie)
    story.add("GET", api + "/report", 500, asked=())
    story.add("GET", "http://localhost:9000/health", None, failure=Failure(kind="refused", text="connection refused"))
    story.add(
        "GET", "http://127.0.0.1:8000/api/tasks?page=2", 200, (("Access-Control-Allow-Origin", "*"),), site="cross-site"
    )
    story.preflighted("DELETE", api + "/tasks/7", (404, ()), None, names="authorization")
    story.add("POST", "https://metrics.other.test/v1/collect", 204, mode="no-cors", site="cross-site")
    story.add(
        "GET",
        "https://api.shop.test/v2/catalogue/products/4711/reviews?sort=newest&limit=20",
        200,
        (("access-control-allow-origin", SHOP),),
        page=SHOP,
    )
    story.preflighted("PATCH", api + "/tasks/9", (204, grant("GET, POST, PATCH")), (200, OWN))
    story.add("GET", api + "/stream", None)
    story.add("GET", api + "/profile", 200, (("Access-Control-Allow-Origin", PAGE + "/"), ("Vary", "Origin")))
    return story.exchanges


def session(path: Path, exchanges: list[Exchange]) -> Path:
    """The exchanges as a session file."""
    writer = SessionWriter(path)
    for exchange in exchanges:
        writer.put(exchange, None)
    writer.flush()
    writer.close()
    return path
