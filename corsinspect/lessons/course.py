"""The lessons as data: words, the demo's calls that show them, and a question that a call answers."""

from collections.abc import Callable
from dataclasses import dataclass

from corsinspect.demo.cases import BY_PATH, Case
from corsinspect.model import Call


@dataclass(frozen=True)
class Choice:
    """One of a question's answers, and how a call shows whether it's the right one."""

    text: str
    holds: Callable[[Call], bool]


@dataclass(frozen=True)
class Lesson:
    """`shown` is made before the question, `proof` after it; `by_curl`: by a program that isn't a browser.

    In words and choices `{page}` stands for the page's origin and `{api}` for the API's.
    """

    title: str
    words: tuple[str, ...]
    shown: Case
    question: str
    choices: tuple[Choice, ...]
    proof: Case
    by_curl: bool = False


def _case(id: str) -> Case:
    return BY_PATH[f"/{id}"]


def _blocked(call: Call) -> bool:
    return call.verdict.outcome == "blocked"


def _sent(call: Call) -> int:
    return sum(exchange.status is not None for exchange in call.exchanges)


def _names(header: str) -> Choice:
    return Choice(header, lambda call: call.verdict.header == header)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "Origins, and why the browser guards them",
        (
            "An origin is scheme, host and port: this page's is {page}. The API on another port is another origin.",
            "Your browser holds cookies and logins for many sites, and reaches servers in your network that strangers "
            "don't. If any page could read what any server answers to this browser, a bad page could read your mail. "
            "So a script may read another origin's answer only if that answer says so, in "
            "Access-Control-Allow-Origin.",
            "Here the page calls an API that answers 200 and says nothing of the kind:",
        ),
        _case("missing-header"),
        "The next API does answer with Access-Control-Allow-Origin, and names this page by its other name: "
        "127.0.0.1 instead of localhost. It's the same machine. What does the browser do with the answer?",
        (
            Choice("The page gets it.", lambda call: call.verdict.outcome == "allowed"),
            Choice(
                "It arrives, and the browser keeps it from the page.", lambda call: _blocked(call) and _sent(call) > 0
            ),
            Choice("There is none: the request isn't even sent.", lambda call: _sent(call) == 0),
        ),
        _case("localhost-127"),
    ),
    Lesson(
        "Simple requests, and those that are asked for first",
        (
            "What an HTML form could send as well (GET, or POST with a form's content type), the browser sends at once "
            "and then checks the answer. Such a request is called simple.",
            "Anything else could surprise a server that has never heard of CORS: PUT, DELETE, JSON, a header of your "
            "own. So the browser first asks by OPTIONS, the preflight, and sends the request only if the answer grants "
            "it.",
            "A POST of JSON, granted:",
        ),
        _case("options-404-fixed"),
        "The same POST again. This server has no route for OPTIONS and answers it 404. "
        "Which requests does the server get?",
        (
            Choice("The POST alone.", lambda call: all(each.method == "POST" for each in call.exchanges)),
            Choice("OPTIONS, then the POST.", lambda call: len(call.exchanges) == 2),
            Choice("OPTIONS alone.", lambda call: [each.method for each in call.exchanges] == ["OPTIONS"]),
        ),
        _case("options-404"),
    ),
    Lesson(
        "The five headers",
        (
            "Access-Control-Allow-Origin: which page may read. In every answer, that to OPTIONS included.",
            "Access-Control-Allow-Methods and Access-Control-Allow-Headers: what the page may send. In the answer to "
            "OPTIONS.",
            "Access-Control-Allow-Credentials: whether it may do so with cookies. In both.",
            "Access-Control-Expose-Headers: which of the answer's own headers script may read. In the answer itself.",
            "Here the page sends an Authorization header that the server's list lacks:",
        ),
        _case("header-not-listed"),
        "The page sends a PUT. To OPTIONS the server answers with the page's origin and with "
        "“Access-Control-Allow-Methods: GET, POST”. Which header must change?",
        (
            _names("Access-Control-Allow-Origin"),
            _names("Access-Control-Allow-Headers"),
            _names("Access-Control-Allow-Methods"),
        ),
        _case("method-not-listed"),
    ),
    Lesson(
        "Credentials, * and no-cors",
        (
            "fetch() takes cookies to another origin only with credentials: 'include'. Then the answer has to name the "
            "page's origin, * doesn't count, and to say Access-Control-Allow-Credentials: true.",
            "The reason: * says “everybody may read this”. With cookies the answer is about one person, and everybody "
            "is far too many. For an answer that is the same for all, * without cookies is fine.",
            "Here a page with cookies gets a *:",
        ),
        _case("wildcard-credentials"),
        "Somebody on the internet says: “Add mode: 'no-cors', and the error is gone.” It is. "
        "What can the page read of the answer then?",
        (
            Choice("All of it.", lambda call: call.verdict.outcome == "allowed"),
            Choice("The status, and no more.", _blocked),
            Choice("Nothing at all.", lambda call: call.verdict.outcome == "opaque"),
        ),
        _case("no-cors"),
    ),
    Lesson(
        "Who answers OPTIONS",
        (
            "Whatever stands first in the way: a proxy, a gateway, the framework's router, your authentication. If it "
            "doesn't know of CORS, your own code is never asked.",
            "The browser doesn't send cookies or tokens with OPTIONS, so a login that wants to see one refuses every "
            "preflight. CORS has to come before authentication:",
        ),
        _case("options-401"),
        "This server answers OPTIONS with every header that is needed, and with status 405. What becomes of the POST?",
        (
            Choice("It's sent: the headers decide.", lambda call: len(call.exchanges) == 2),
            Choice(
                "It isn't sent: a preflight needs a status from 200 to 299.",
                lambda call: call.verdict.reason == "preflight-status",
            ),
            Choice(
                "It isn't sent: 405 means that the headers weren't right.",
                lambda call: _blocked(call) and call.verdict.header is not None,
            ),
        ),
        _case("options-405"),
    ),
    Lesson(
        "What CORS is not",
        (
            "It's no login and no firewall: it decides what a page may read, not who may call. A simple POST has done "
            "its work on the server by the time the browser withholds the answer; against that (CSRF) SameSite cookies "
            "and tokens help. Content-Security-Policy is the other way round: what a page's own server lets it call.",
            "And not every error that the console blames on CORS is one. This API crashed, and its error page has no "
            "CORS headers:",
        ),
        _case("error-500"),
        "The API of the first lesson, which allows no page, is called again: not from a page but by a program, as curl "
        "or Postman would. What does that get?",
        (
            Choice("The answer: programs don't check.", lambda call: call.kind == "non-browser" and _sent(call) == 1),
            Choice("An error, as the page did.", _blocked),
            Choice("Nothing: the server refuses whoever isn't a browser.", lambda call: _sent(call) == 0),
        ),
        _case("missing-header"),
        by_curl=True,
    ),
)


def right(lesson: Lesson, call: Call) -> Choice:
    """The choice that the call shows to be right. Raises LookupError where that's none, or several."""
    found = [choice for choice in lesson.choices if choice.holds(call)]
    if len(found) != 1:
        raise LookupError(f"{lesson.title}: {len(found)} choices hold of {call.verdict}")
    return found[0]
