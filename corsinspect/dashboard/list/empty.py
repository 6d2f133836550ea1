"""What stands where the calls will be, until there are any: how to start, or why nothing is to be seen."""

from collections.abc import Sequence

from textual.content import Content

from corsinspect.dashboard.look.styles import KEY, QUIET
from corsinspect.dashboard.state.book import Book
from corsinspect.dashboard.state.source import Source
from corsinspect.printable import printable


def empty(book: Book, source: Source, *, roomy: bool, opening: str | None = None) -> Content:
    """The text for an empty list; `roomy`: there are lines to spare for gaps; `opening`: which browser starts."""
    if book.shown.query.text:
        return Content.assemble(
            "No calls match.\n\n", ("esc", KEY), " shows all calls, ", ("/", KEY), " edits the filter."
        )
    if book.total or book.background:
        return _nothing_cross_origin(book)
    if source.ended:
        return Content("There are no calls in this file.")
    facts = source.facts()
    if facts.address is None:
        return Content("Waiting for the first call …")
    if facts.browsers:
        blocks = _ready(facts.browsers)
    elif facts.in_place_of is not None:
        blocks = _in_place_of(facts.address, facts.in_place_of)
    elif opening is not None:
        blocks = [((f"{opening} is starting …", "bold"),), _END]
    else:
        blocks = _how_to_start(facts.address, source.actions is not None)
    return Content("\n\n" if roomy else "\n").join(Content.assemble(*block) for block in blocks)


Block = tuple[str | tuple[str, str], ...]


def _nothing_cross_origin(book: Book) -> Content:
    own = book.outcomes["not-cors"]
    if not own:
        text = f"Only the browser's background requests so far ({book.background}): no page has made a call."
        return Content.assemble(text, "\n\n", ("B", KEY), " shows them.\n\n", *_TRAP)
    text = f"{own} call{'s' if own > 1 else ''}, none of them cross-origin: CORS doesn't apply to them."
    return Content.assemble(text, "\n\n", ("n", KEY), " shows them.\n\n", *_TRAP)


def _ready(browsers: Sequence[str]) -> list[Block]:
    verb = "is" if len(browsers) == 1 else "are"
    title: Block = (("Nothing captured yet.", "bold"), f" {printable(' and '.join(browsers))} {verb} open and ready.")
    return [title, ("Load your page there: a window that was open before doesn't use the proxy.",), _END]


def _how_to_start(address: str, can_open: bool) -> list[Block]:
    host, _, port = address.rpartition(":")
    keys: Block = (
        ("  c   ", KEY),
        "open Chromium, ready to use (localhost included)\n",
        ("  f   ", KEY),
        "the same with Firefox",
    )
    proxy: Block = (
        ("  or  ", KEY),
        "set your browser's HTTP and HTTPS proxy to\n      ",
        (host, "bold"),
        " port ",
        (port, "bold"),
    )
    traps: Block = (
        ("https      ", "bold"),
        "trust the certificate once: corsinspect ca\n",
        ("localhost  ", "bold"),
        "browsers bypass the proxy for it; set\n",
        ("  Chromium ", QUIET),
        "--proxy-bypass-list='<-loopback>'\n",
        ("  Firefox  ", QUIET),
        "network.proxy.allow_hijacking_localhost true",
    )
    title: Block = (("Nothing captured yet.", "bold"), " Two ways to start:" if can_open else "")
    return [title, *([keys] if can_open else []), proxy, traps, _END]


def _in_place_of(address: str, server: str) -> list[Block]:
    own = f"http://localhost:{address.rpartition(':')[2]}"
    title: Block = (("Nothing captured yet.", "bold"), " Open, or call, ", (own, KEY), f"\nin place of {server}")
    api: Block = (
        ("an API    ", "bold"),
        "have your page call it there: its page's origin stays, and CORS\n          is as it was",
    )
    page: Block = (
        ("a page    ", "bold"),
        f"opened there it is a page of another origin, {own}:\n          APIs that allow {server} only will refuse it",
    )
    return [title, api, page, _END]


_END: Block = (("Then repeat the failing call.   ", QUIET), ("a", KEY), (" if it doesn't show up here", QUIET))
_TRAP: Block = (
    ("The failing call isn't among them?", "bold"),
    " It may bypass the proxy (localhost does, in a browser that wasn't opened from here), be answered by a "
    "service worker, or never be sent (mixed content, an ad blocker).  ",
    ("a", KEY),
    " explains how to check.",
)
