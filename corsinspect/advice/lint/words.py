"""The words of policy lint: what is so, what another page could do with it, and the safe form.

In the texts `{server}`, `{origin}` and the like stand for what was captured.
"""

from collections.abc import Mapping
from typing import NamedTuple

SIGNS = {
    "cookie": "its requests carry cookies",
    "authorization": "its requests carry Authorization",
    "set-cookie": "its answers set cookies",
    "private": "its answers say Cache-Control: private",
}
"""What shows that a server has answers for one person only, by `analysis.lint`'s names."""


class LintWords(NamedTuple):
    """The words for one slug."""

    what: str
    attack: str
    """What a page of somebody else could do, or what will break; one sentence."""
    safe: str
    """What to do instead; one sentence."""
    lines: tuple[str, ...] = ()
    """The header lines of the safe form."""


_LIST = "Compare the whole Origin with a list of your own origins, and answer with the one that asked."
_NAMED = ("Access-Control-Allow-Origin: {page}", "Vary: Origin")
_NAMED_WITH_CREDENTIALS = (*_NAMED, "Access-Control-Allow-Credentials: true")

LINT_WORDS: dict[str, LintWords] = {
    "reflected-credentials": LintWords(
        "{server} lets in whatever origin asks, with credentials",
        "Any page that a logged-in user visits can read this server's answers, and act, in the user's name.",
        _LIST,
        _NAMED_WITH_CREDENTIALS,
    ),
    "null-credentials": LintWords(
        "{server} lets in “null”, with credentials",
        "Any page can create a sandboxed frame, whose origin is “null”, and read with it what the logged-in user can.",
        "Take “null” out of the list of origins; a local file for development belongs on a local server.",
        _NAMED_WITH_CREDENTIALS,
    ),
    "suffix-match": LintWords(
        "{server} lets in origins that only end like an allowed one: {found}",
        "Whoever registers a name that ends like yours can read everything that your page can.",
        f"{_LIST} A test like endsWith needs the dot in front, too.",
        _NAMED,
    ),
    "prefix-match": LintWords(
        "{server} lets in origins that only begin like an allowed one: {found}",
        "Anyone with a domain can put your name in front of it, and read everything that your page can.",
        f"{_LIST} A regular expression needs ^ and $.",
        _NAMED,
    ),
    "unescaped-dot": LintWords(
        "{server} takes any character for a dot in an origin: {found}",
        "Whoever registers a name that differs from yours by that character can read everything that your page can.",
        f"{_LIST} A regular expression needs \\. for a dot.",
        _NAMED,
    ),
    "wildcard-private": LintWords(
        "{server} answers with *, and {sign}",
        "Any page can read this from wherever its visitor is, and one that gets hold of a token can use it there.",
        "This isn't a public API: name the origins that may read it.",
        _NAMED,
    ),
    "reflected-private": LintWords(
        "{server} lets in whatever origin asks, and {sign}",
        "Any page can read this as with *, and with one more header it could in the user's name.",
        _LIST,
        _NAMED,
    ),
    "null-allowed": LintWords(
        "{server} lets in “null”",
        "Any page can create a sandboxed frame, whose origin is “null”: this is as open as *, and doesn't look it.",
        "Take “null” out of the list of origins; if everyone may read it, say *.",
        _NAMED,
    ),
    "plain-http-origin": LintWords(
        "{server} uses https and lets in an origin that doesn't: {found}",
        "Whoever controls the network between can put a script into that page, and read this with it.",
        "Serve the page over https, and list that origin only.",
        ("Access-Control-Allow-Origin: https://…", "Vary: Origin"),
    ),
    "internal-open": LintWords(
        "{server} is internal and open to every site",
        "Any site that someone here visits can read it through their browser, past the firewall.",
        "Name the origins that may read it, in development, too.",
        _NAMED,
    ),
    "vary-missing": LintWords(
        "{server} allows one origin or another, and its answers don't say Vary: Origin",
        "A cache gives the answer for {origin} to a page of another origin later, which then fails although nothing "
        "changed.",
        "Send Vary: Origin with every answer, also with those to requests without an Origin.",
        ("Vary: Origin",),
    ),
    "wildcard-credentials": LintWords(
        "{server} answers with * and Allow-Credentials: true",
        "Nothing, as browsers refuse the two together; but whoever wants it to work is tempted to let in every origin.",
        "Leave Access-Control-Allow-Credentials out; or, if credentials are needed, name the origins.",
        ("Access-Control-Allow-Origin: *",),
    ),
    "methods-wide": LintWords(
        "{server} allows more methods than a page can need: {found}",
        "A page that should only read can also write and delete, if the server's own checks have a gap.",
        "List the methods that your pages use.",
        ("Access-Control-Allow-Methods: GET, POST",),
    ),
    "headers-wide": LintWords(
        "{server} allows any request header",
        "A page can set headers that the server takes for those of its proxy, such as X-Forwarded-For.",
        "List the headers that your pages set.",
        ("Access-Control-Allow-Headers: Content-Type, Authorization",),
    ),
    "exposed-wide": LintWords(
        "{server} exposes headers that may hold secrets: {found}",
        "A script in any page that is let in can read tokens from the headers and send them elsewhere.",
        "List the headers that your pages read, and no token.",
        ("Access-Control-Expose-Headers: X-Total-Count",),
    ),
    "request-header-answered": LintWords(
        "{server} answers with {name}, which is a request header",
        "Nothing: browsers ignore it, and what it was meant to allow isn't allowed.",
        "Send Access-Control-Allow-Methods or -Headers instead, or leave it out.",
    ),
    "max-age-missing": LintWords(
        "{server} lets browsers forget its preflights: {spared} of them cost {ms} ms",
        "Nothing; but each call waits for one more round trip.",
        "Let browsers remember the answer: Chromium does so for two hours at most.",
        ("Access-Control-Max-Age: 7200",),
    ),
    "timing-open": LintWords(
        "{server} has private answers, and lets every page see how long they take (Timing-Allow-Origin: *)",
        "From sizes and times any page can guess what it can't read, such as whether the user is logged in.",
        "Leave Timing-Allow-Origin out, or name your own origins.",
        ("Timing-Allow-Origin: {page}",),
    ),
    "credentials-unused": LintWords(
        "{server} allows credentials, and no call uses any",
        "A mistake in the list of origins, which would let in a page, would also let it in as the logged-in user.",
        "Leave Access-Control-Allow-Credentials out until a call needs it.",
        _NAMED,
    ),
}


def lint_words(
    slug: str, *, api: str, page: str | None, found: str | None, values: Mapping[str, str] | None = None
) -> LintWords:
    """The words for one finding, filled in."""
    values = values or {}
    slots = {
        "server": api,
        "page": page or "https://…",
        "found": (found or "")[:200],
        **values,
        "sign": SIGNS.get(values.get("sign", ""), ""),
    }

    def filled(text: str) -> str:
        for name, value in slots.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    words = LINT_WORDS[slug]
    return LintWords(filled(words.what), filled(words.attack), filled(words.safe), tuple(map(filled, words.lines)))


def audience_words(api: str, signs: tuple[str, ...]) -> str:
    """Why `*` is right, or wrong, for this server."""
    if signs:
        reasons = " and ".join(SIGNS[sign] for sign in signs)
        return f"* is wrong for {api}: {reasons}, so it has answers for one person only."
    return (
        f"* is right for {api}, as far as its answers show: no cookie, no Authorization and nothing private was "
        "seen, and what everyone can fetch anyway every page may read."
    )
