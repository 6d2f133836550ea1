"""Work that takes long, beside what goes on."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

TURNS = 20
"""Of the event loop: a key goes through four queues before the list hears of it."""


async def in_thread(work: Callable[[], Result]) -> Result:
    """Runs `work` in a thread that doesn't keep the app from ending."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[Result] = loop.create_future()

    def settle(outcome: Result | Exception) -> None:
        if result.done():
            return
        if isinstance(outcome, Exception):
            result.set_exception(outcome)
        else:
            result.set_result(outcome)

    def run() -> None:
        outcome: Result | Exception
        try:
            outcome = work()
        except Exception as error:
            outcome = error
        with contextlib.suppress(RuntimeError):  # the app has ended in the meantime
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, daemon=True, name="beside").start()
    return await result


async def breathe() -> None:
    """Lets the screen draw and hear keys, between two slices of work."""
    for _ in range(TURNS):
        await asyncio.sleep(0)
