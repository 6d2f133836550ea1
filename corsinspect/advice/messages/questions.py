"""What to ask where a message names no reason ("Failed to fetch"): few questions, those that decide most first."""

import msgspec


class Question(msgspec.Struct, frozen=True):
    """A question that a person can answer with a look, and where each answer leads."""

    ask: str
    answer: str
    topics: tuple[str, ...] = ()
    """What `corsinspect explain` says more about."""


QUESTIONS: tuple[Question, ...] = (
    Question(
        "Is there another red line in the console, just before or after it?",
        "Paste that one: it names the reason.",
    ),
    Question(
        "Does the network panel list the call with a status (200, 401, 500, …), or an OPTIONS beside it?",
        "Then the server did answer, and CORS withheld the answer: a header is missing or wrong. Look at the first of "
        "the two that is red.",
        ("origin-missing", "preflight-status", "header-not-allowed"),
    ),
    Question(
        "Does the panel say (blocked:…), or nothing was sent although the address is right?",
        "Then the browser stopped it: an extension, the page's Content-Security-Policy, or http called from an https "
        "page.",
        ("ad-blocker", "csp", "mixed-content"),
    ),
    Question(
        "Does the address fail in a tab of its own, too?",
        "Then it isn't CORS: the server is down, the name or the port is wrong, or its certificate isn't trusted.",
        ("refused", "dns", "tls"),
    ),
    Question(
        "Does the page reload or change in that moment, as after a form's submit?",
        "Then the page itself gave up the call.",
        ("aborted-by-page",),
    ),
    Question(
        "None of these?",
        "Repeat the click with corsinspect in between: the traffic shows which one it is.",
    ),
)
