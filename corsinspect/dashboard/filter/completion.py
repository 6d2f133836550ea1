"""What the last word of a filter may become: keys, states, saved filters, and values that calls of the session have."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from corsinspect.listing.query import Token, quoted, split, tokens
from corsinspect.listing.terms import FIELDS, STATES
from corsinspect.printable import printable

MOST = 40

Values = Callable[[str], Sequence[str]]
"""From a key to the values that calls have, the most frequent first."""


def completions(text: str, values: Values, saved: Mapping[str, str]) -> list[str]:
    """What could stand in the place of the last word, the likeliest first; for a new word, every key and state."""
    found = tokens(text)
    last = found[-1] if found else None
    if last is None or last.kind != "word" or last.end < len(text):
        return _words(saved)
    if last.quote == 0:
        return []
    key, sign, value = split(last)
    if key.lower() in FIELDS and sign:
        return [f"{key}{sign}{quoted(printable(option))}" for option in _fitting(value, values(key.lower()))]
    return _fitting(last.text, _words(saved)) if last.quote is None else []


def completed(text: str, word: str) -> str:
    """`text` with its last word replaced by `word`."""
    found = tokens(text)
    last = found[-1] if found else None
    if last is None or last.kind != "word" or last.end < len(text):
        return text + word
    return text[: last.start] + word


def suggestion(text: str, values: Values, saved: Mapping[str, str]) -> str | None:
    """`text` with its last word completed, where that only adds to it; None where there is nothing to add, or nothing
    has been written of the word yet."""
    found = tokens(text)
    last: Token | None = found[-1] if found else None
    if last is None or last.kind != "word" or last.end < len(text):
        return None
    for word in completions(text, values, saved):
        whole = completed(text, word)
        if whole.lower().startswith(text.lower()) and len(whole) > len(text):
            return text + whole[len(text) :]
    return None


def _words(saved: Mapping[str, str]) -> list[str]:
    return [*(f"{key}:" for key in FIELDS), *STATES, *(f"@{name}" for name in saved)]


def _fitting(part: str, options: Iterable[str]) -> list[str]:
    """Those that begin with `part`, then those that have it elsewhere; none that is whole already."""
    wanted = part.strip('"').lower()
    having = [option for option in options if wanted in option.lower() and wanted != option.lower()]
    return sorted(having, key=lambda option: not option.lower().startswith(wanted))[:MOST]
