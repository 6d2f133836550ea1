"""Waiting for a condition instead of a time: files and pages of a browser have no event to wait for."""

import asyncio
from collections.abc import Callable

LIMIT = 60.0
"""Seconds after which a condition counts as never coming true: far beyond what a busy machine needs."""


async def until(condition: Callable[[], bool], what: str) -> None:
    """Returns once the condition holds; raises TimeoutError with `what` if that doesn't happen."""
    try:
        async with asyncio.timeout(LIMIT):
            while not condition():
                await asyncio.sleep(0.02)
    except TimeoutError as error:
        raise TimeoutError(f"waited {LIMIT:.0f} s in vain for {what}") from error
