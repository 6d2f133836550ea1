"""Connections to the proxy on which nothing is said, as many as the descriptors allow."""

import asyncio
import resource
import time
from pathlib import Path

from corsinspect.capture import Proxy
from tests.capture.test_traffic import peak_memory
from tests.capture.wire import fetch, hello, serving, until

AT_A_TIME = 100
SPARE = 200
"""Descriptors for everything else."""
MEMORY = 40_000
"""Bytes a connection; mitmproxy's own take 16,000."""
PROMPT = 10.0
"""Seconds in which a call is answered beside them; it takes 0.03."""


def descriptors(proxy: Proxy) -> int:
    return len(list(Path(f"/proc/{proxy.pid}/fd").iterdir()))


def possible(proxy: Proxy) -> int:
    """How many connections both this process and the proxy's have descriptors for; the limits are raised as far as they
    may be."""
    assert proxy.pid is not None
    limits = []
    for pid in (0, proxy.pid):
        _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, most))
        limits.append(most)
    return min(limits) - SPARE


async def idle(proxy: Proxy, wanted: int) -> None:
    """Holds so many connections, and looks at what they cost and whether the proxy still does its work."""
    number = min(wanted, possible(proxy))
    print(f"{number} idle connections" + (f" of {wanted}: no descriptors for more" if number < wanted else ""))
    before, memory = descriptors(proxy), peak_memory(proxy)
    writers: list[asyncio.StreamWriter] = []
    for start in range(0, number, AT_A_TIME):
        opening = (asyncio.open_connection("127.0.0.1", proxy.port) for _ in range(min(AT_A_TIME, number - start)))
        writers += [writer for _, writer in await asyncio.gather(*opening)]
    await until(lambda: descriptors(proxy) >= before + number)
    assert (peak_memory(proxy) - memory) / number < MEMORY
    async with serving(hello) as port:
        begun = time.monotonic()
        assert (await fetch(proxy.port, f"http://localhost:{port}/"))[1] == b"hi"
        assert time.monotonic() - begun < PROMPT
    for writer in writers:
        writer.close()
    await until(lambda: descriptors(proxy) <= before + 10)
