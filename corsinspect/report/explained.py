"""The pages of `explain`: the list of topics, a topic, a console message piece by piece."""

from collections.abc import Collection, Iterable

from corsinspect.advice import OUTCOME_WORDS, REASONS, explanation, short_reason
from corsinspect.advice.browsers import BROWSER_NAMES
from corsinspect.advice.causes import Cause, causes, usual_causes
from corsinspect.advice.hypothetical import Known, brief, explain_reason
from corsinspect.advice.messages.console import Decoded, known
from corsinspect.advice.messages.lookup import NOT_SEEN, codes, console_words
from corsinspect.advice.messages.questions import QUESTIONS
from corsinspect.advice.topics import GUIDES, NEVER_SENT, TOPICS, Topic
from corsinspect.advice.unsent import unsent
from corsinspect.model import Call, Stage
from corsinspect.report.page import Page

MOST_FAILED = 3

_STAGES: dict[Stage, str] = {
    "preflight": "at the preflight",
    "redirect": "at a redirect",
    "actual": "at the answer itself",
}


def topics_page(page: Page) -> None:
    """All that `explain` knows by name."""
    page.line("Reasons why a browser withholds an answer from the page", bold=True)
    page.entries([(slug, brief(slug, _example(slug))) for slug in REASONS])
    page.gap()
    page.line("What a proxy can't see, and what is mistaken for CORS", bold=True)
    page.entries([(NOT_SEEN, "why a call isn't in the list")])
    page.entries([(name, guide.title) for name, guide in GUIDES.items()])
    page.gap()
    page.line("corsinspect explain NAME says more. You can also paste a console message instead of a name.")


def topic_page(page: Page, name: str) -> None:
    """One of these names."""
    if name == NOT_SEEN:
        _not_seen(page)
    elif name in GUIDES:
        _guide(page, name)
    else:
        _reason(page, name, _example(name), TOPICS.get(name))
        _usual_causes(page, name)
        _words_of_browsers(page, name)


def _reason(page: Page, slug: str, known: Known, topic: Topic | None) -> None:
    """What happened, what the browser wanted and what to change, with an example where there is one."""
    said = explain_reason(slug, known)
    page.line(f"{slug}: {brief(slug, known)}", bold=True)
    page.gap()
    page.entry("What happened", f"{said.happened} {said.consequence}")
    if topic is not None:
        page.entry("The browser wanted", topic.wanted)
    if said.change:
        page.entry("To change", said.change)
    if topic is not None and topic.wrong:
        page.gap()
        for label, lines in (("Wrong", topic.wrong), ("Right", topic.right)):
            for number, line in enumerate(lines):
                page.entry("" if number else label, line)


def _usual_causes(page: Page, name: str) -> None:
    usual = usual_causes(name)
    if usual:
        page.gap()
        page.line("Usual causes", bold=True)
        page.columns(
            ("What you see", "What is wrong, and who must change what"),
            [(cause.seen, f"{cause.what} → {cause.change}") for cause in usual],
        )


def _list_causes(page: Page, usual: list[Cause]) -> None:
    for number, cause in enumerate(usual, 1):
        page.entry(f"{number:>2}", cause.what, left=4)
        page.entry("", cause.seen, left=4)
        page.entry("", f"→ {cause.change}", left=4)


def _words_of_browsers(page: Page, slug: str) -> None:
    page.gap()
    for browser, own in codes(slug).items():
        page.entry(f"{browser}'s code", ", ".join(own))
    for browser, words in console_words(slug).items():
        page.entry(f"{browser} says", f"… {words} …")
    topic = TOPICS.get(slug)
    if topic is not None and topic.mdn:
        page.entry("On MDN", topic.mdn)


def _guide(page: Page, name: str) -> None:
    guide = GUIDES[name]
    page.line(f"{name}: {guide.title}", bold=True)
    page.gap()
    page.entry("What happens", guide.happened)
    page.entry("To check", guide.check)
    if guide.change:
        page.entry("To change", guide.change)
    if guide.mdn:
        page.entry("On MDN", guide.mdn)
    _usual_causes(page, name)


def _not_seen(page: Page) -> None:
    page.line("not-seen: my call isn't in the list", bold=True)
    page.gap()
    page.line(
        "A proxy sees only what is sent through it. A call that isn't listed was not sent, or took another route:"
    )
    page.gap()
    for number, (slug, (title, check)) in enumerate(NEVER_SENT.items()):
        if number:
            page.gap()
        page.line(f"{slug}: {title}", bold=True)
        page.entry("To check", check)
        page.entry("To change", explain_reason(slug, Known()).change)
    for name, guide in GUIDES.items():
        if not guide.unseen:
            continue
        page.gap()
        page.line(f"{name}: {guide.title}", bold=True)
        page.entry("What happens", guide.happened)
        page.entry("To check", guide.check)
        if guide.change:
            page.entry("To change", guide.change)


def message_page(page: Page, message: Decoded, call: Call | None, calls: Collection[Call], *, asked: bool) -> None:
    """What a console message means, for the captured call that it's about and by the session's other calls.

    `asked`: a session was given; that none of its calls fits is said then.
    """
    who = BROWSER_NAMES[message.browser] if message.browser else "Some browser"
    where = f", {_STAGES[message.stage]}" if message.stage else ""
    reason = message.candidates[0] if len(message.candidates) == 1 else "several causes are possible"
    times = f" ({message.count} times)" if message.count > 1 else ""
    page.line(f"{who}{where}: {reason}{times}", bold=True)
    page.gap()
    page.columns(
        ("What the message says", "What it means"),
        [(("✗ " if piece.ignore else "") + piece.says, piece.means) for piece in message.pieces],
    )
    page.gap()
    if call is not None:
        page.entry("Captured", f"{call.method or 'CONNECT'} {call.url}: {OUTCOME_WORDS[call.verdict.outcome]}")
    elif asked:
        page.entry("Captured", "no call in the session matches; only the message is explained")
        for other in _failed(message, calls):
            said = f"{other.method or 'CONNECT'} {other.url}: {short_reason(other)}"
            page.entry("Failed there", said)
    if len(message.candidates) == 1:
        _answer(page, message, call)
    else:
        _candidates(page, message)
    if message.code:
        page.entry("Its code", message.code)
    likely = causes(call, calls) if call is not None else unsent(message, calls)
    if likely:
        page.gap()
        page.line("Usual causes, by what the traffic shows", bold=True)
        _list_causes(page, likely)


def _failed(message: Decoded, calls: Iterable[Call]) -> list[Call]:
    """The latest calls of the session that may be meant by a message without an address."""
    if message.url is not None:
        return []
    failed = [call for call in calls if call.verdict.reason in message.candidates and not call.background]
    return sorted(failed, key=lambda call: -call.started)[:MOST_FAILED]


def _answer(page: Page, message: Decoded, call: Call | None) -> None:
    slug = message.candidates[0]
    if slug in GUIDES:
        _guide(page, slug)
        if slug == "hidden-header" and message.value:
            page.entry("The line", f"Access-Control-Expose-Headers: {message.value}")
        return
    said = explain_reason(slug, known(message)) if call is None or call.verdict.reason != slug else explanation(call)
    page.entry("What happened", f"{said.happened} {said.consequence}")
    if slug in TOPICS:
        page.entry("The browser wanted", TOPICS[slug].wanted)
    if said.change:
        page.entry("To change", said.change)
    page.entry("More", f"corsinspect explain {slug}")


def _candidates(page: Page, message: Decoded) -> None:
    if message.says_nothing:
        _questions(page)
        return
    page.line("It can be:")
    page.entries(
        [(slug, GUIDES[slug].title if slug in GUIDES else brief(slug, known(message))) for slug in message.candidates]
    )
    page.gap()
    page.line("Only the traffic shows which one it is: repeat the click with corsinspect in between.")


def _questions(page: Page) -> None:
    """Where too much is possible for a list: what leads to the answer."""
    page.line("It doesn't say why. In this order, these lead to the reason:")
    for number, question in enumerate(QUESTIONS, 1):
        page.entry(f"{number:>2}", question.ask, left=4)
        page.entry("", f"→ {question.answer}", left=4)
        if question.topics:
            page.entry("", "corsinspect explain " + " · ".join(question.topics), left=4)


def _example(slug: str) -> Known:
    return TOPICS[slug].example if slug in TOPICS else Known()
