"""Which engine sent a request, by its User-Agent and client hints. All can be forged: a guess, said so."""

import re
from functools import lru_cache

from corsinspect.fetch.engines import ENGINES
from corsinspect.model import EngineName

_VERSION = re.compile(r"\b(?:Headless)?(?:Chrome|Chromium|Firefox)/(\d{1,4})")
_IOS = re.compile(r"\b(iPhone|iPad|iPod)\b")


@lru_cache(maxsize=512)
def engine_of(user_agent: str | None, client_hints: str | None, metadata: bool) -> tuple[EngineName | None, bool]:
    """The engine and whether it's only assumed; (None, False) for what is no browser.

    `client_hints`: Sec-CH-UA, `metadata`: whether there were Sec-Fetch-Mode and -Site (Node's fetch sends the first
    alone). On iOS every browser is WebKit.
    """
    agent = user_agent or ""
    if agent.startswith("Mozilla/"):
        if _IOS.search(agent):
            return "webkit", False
        if "Firefox/" in agent and "like Gecko" not in agent:
            return "firefox", False
        if "Chrome/" in agent or "Chromium/" in agent:
            return "chromium", False
        if "AppleWebKit/" in agent:
            return "webkit", False
    if client_hints and "Chromium" in client_hints:
        return "chromium", False
    if metadata:
        return "chromium", True
    return None, False


@lru_cache(maxsize=512)
def always_sends_metadata(engine: EngineName, user_agent: str | None) -> bool:
    """Whether this browser, in the version that it says it is, has Sec-Fetch-* in every request to a trustworthy URL.

    Televisions, old phones and apps have browsers from before that."""
    since = ENGINES[engine].metadata_since
    version = _VERSION.search(user_agent or "")
    return since is not None and (version is None or int(version[1]) >= since)
