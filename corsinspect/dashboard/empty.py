"""What stands where the calls will be, until there are any: how to start, or why nothing is to be seen."""

from textual.content import Content

from corsinspect.dashboard.book import Book
from corsinspect.dashboard.source import Source

KEY = "bold $text-accent"
QUIET = "$foreground-muted"


def empty(book: Book, source: Source) -> Content:
    """The text for an empty list."""
    if book.shown.terms or book.shown.blocked_only:
        return Content.assemble(
            "No call matches.\n\n", ("esc", KEY), " shows all again, ", ("/", KEY), " changes the words."
        )
    if book.total or book.background:
        return _nothing_cross_origin(book)
    if source.ended:
        return Content("There are no calls in this file.")
    address = source.facts().address
    return _how_to_start(address, source.actions is not None) if address else Content("Waiting for the first call …")


def _nothing_cross_origin(book: Book) -> Content:
    own = book.outcomes["not-cors"]
    if not own:
        told = f"Only the browser's own traffic so far ({book.background} calls): no page has made a call."
        return Content.assemble(told, "\n\n", ("B", KEY), " shows it.\n\n", *_TRAP)
    told = f"{own} call{'s' if own > 1 else ''}, none of them cross-origin: CORS never applied to them."
    return Content.assemble(told, "\n\n", ("n", KEY), " shows them.\n\n", *_TRAP)


def _how_to_start(address: str, can_open: bool) -> Content:
    host, _, port = address.rpartition(":")
    parts: list[str | tuple[str, str]] = [("Nothing captured yet.", "bold"), " Two ways to start:\n\n"]
    if can_open:
        parts += [
            ("  c", KEY),
            "  open Chromium here, ready to use\n     (a throw-away profile, localhost included)\n",
            ("  f", KEY),
            "  the same with Firefox\n\n",
        ]
    parts += [
        ("  or", "bold"),
        " set your browser's HTTP and HTTPS proxy to\n",
        ("     " + host, "bold"),
        " port ",
        (port, "bold"),
        "\n\n",
        ("     https pages", "bold"),
        "\n     trust the certificate once: corsinspect ca says how\n",
        ("     localhost pages", "bold"),
        "\n     browsers go round a proxy for localhost:\n",
        ("     Chromium ", QUIET),
        "--proxy-bypass-list='<-loopback>'\n",
        ("     Firefox  ", QUIET),
        "network.proxy.allow_hijacking_localhost\n              = true, in about:config\n\n",
        ("Then repeat the click that fails. corsinspect demo shows what it looks like.", QUIET),
    ]
    return Content.assemble(*parts)


_TRAP: tuple[str | tuple[str, str], ...] = (
    ("The failing call is not among them?", "bold"),
    "\nIt may go round the proxy (localhost does, in a browser not opened from here),\n"
    "be answered by a service worker, or never be sent (mixed content, an ad blocker).",
)
