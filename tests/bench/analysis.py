"""What judging costs: exchanges a second of CPU time that `Tracker.feed` takes in, and how that grows.

    python -m tests.bench.analysis [--growth]

Of three kinds of traffic, the median of five runs each:

- a day: one page and its four servers, made up (`tests.bench.sessions`): what people have
- again: the corpus over and over, later in time: every kind of call there is, made again and again
- new: the same with new ids, hosts, paths, origins and header values in every repetition, so that nothing that is
  remembered of equal calls is of use: colder than in life
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from corsinspect.analysis import Tracker
from corsinspect.model import Exchange, HeaderList
from corsinspect.session import load
from corsinspect.session.lines import SharedHeaders
from tests.bench import sessions
from tests.corpus import NAMES, recording

COUNT = 200_000
ROUNDS = 5
BATCH = 5_000
Repeat = Callable[[list[Exchange], int, float], list[Exchange]]


def corpus() -> list[Exchange]:
    """All recorded exchanges, one recording after the other in time."""
    exchanges: list[Exchange] = []
    end = 0.0
    for name in NAMES:
        loaded = load(recording(name)).exchanges
        shift = end - loaded[0].started + 60
        exchanges += [_moved(exchange, shift) for exchange in loaded]
        end = max(exchange.started for exchange in exchanges)
    return exchanges


def _moved(exchange: Exchange, shift: float) -> Exchange:
    return msgspec.structs.replace(
        exchange,
        started=exchange.started + shift,
        answered=None if exchange.answered is None else exchange.answered + shift,
        ended=None if exchange.ended is None else exchange.ended + shift,
    )


def again(exchanges: list[Exchange], round: int, span: float) -> list[Exchange]:
    """The same traffic later in time."""
    return [
        msgspec.structs.replace(_moved(exchange, round * span), id=f"{exchange.id}-{round}") for exchange in exchanges
    ]


def renewed(exchanges: list[Exchange], round: int, span: float) -> list[Exchange]:
    """The same traffic with other ids, hosts, paths, origins and values, later in time."""
    return [
        msgspec.structs.replace(
            _moved(exchange, round * span),
            id=f"{exchange.id}-{round}",
            connection=exchange.connection and f"{exchange.connection}-{round}",
            url=_renewed(exchange.url, round),
            request_headers=_renewed_headers(exchange.request_headers, round),
            response_headers=_renewed_headers(exchange.response_headers, round),
        )
        for exchange in exchanges
    ]


def _renewed(text: str, round: int) -> str:
    text = text.replace(".test", f"{round}.test").replace("case=", f"case={round}")
    return text.replace("localhost:", f"r{round}.localhost:").replace(
        "127.0.0.1:", f"127.0.{round // 250}.{round % 250}:"
    )


_RENEWED = {"origin", "referer", "location", "access-control-allow-origin", "host"}
_VARIED = {"etag", "x-request-id", "server-timing", "content-length", "cookie", "authorization"}


def _renewed_headers(headers: HeaderList, round: int) -> HeaderList:
    return tuple(
        (name, _renewed(value, round))
        if name.lower() in _RENEWED
        else (name, f"{value}{round}")
        if name.lower() in _VARIED
        else (name, value)
        for name, value in headers
    )


def feed(batches: Iterable[list[Exchange]]) -> tuple[int, float]:
    """How many exchanges were fed, and the CPU seconds that took."""
    tracker = Tracker()
    seconds = 0.0
    fed = 0
    for batch in batches:
        started = time.process_time()
        for exchange in batch:
            tracker.advance(exchange.started)
            tracker.feed(exchange)
        seconds += time.process_time() - started
        fed += len(batch)
    return fed, seconds


def a_day(count: int) -> Iterator[list[Exchange]]:
    """Equal header lists are one, as in all that readers give."""
    made = map(SharedHeaders().share_of, sessions.exchanges(count))
    while batch := list(islice(made, BATCH)):
        yield batch


def repeated(count: int, base: list[Exchange], repeat: Repeat) -> Iterator[list[Exchange]]:
    span = base[-1].started - base[0].started + 60
    round = 0
    while count > 0:
        batch = repeat(base, round, span)[:count]
        yield batch
        count -= len(batch)
        round += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--growth", action="store_true", help="10k, 100k and 1M exchanges too")
    arguments = parser.parse_args()
    base = corpus()
    kinds: dict[str, Callable[[int], Iterator[list[Exchange]]]] = {
        "a day": a_day,
        "again": lambda count: repeated(count, base, again),
        "new": lambda count: repeated(count, base, renewed),
    }
    print(f"{COUNT:,} exchanges of each kind; {len(base):,} in the corpus; exchanges/s of CPU time")
    for name, batches in kinds.items():
        rates = [fed / seconds for fed, seconds in (feed(batches(COUNT)) for _ in range(ROUNDS))]
        print(f"{name:>5}: median {statistics.median(rates):,.0f}  ({min(rates):,.0f} to {max(rates):,.0f})")
    if arguments.growth:
        for count in (10_000, 100_000, 1_000_000):
            fed, seconds = feed(kinds["new"](count))
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{count:>9,} new: {fed / seconds:>8,.0f}/s, {memory:,.0f} MB at most")


if __name__ == "__main__":
    main()
