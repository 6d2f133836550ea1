"""Which engine sent a request, by its User-Agent and client hints. All can be forged: a guess, said so."""

import re
from functools import lru_cache

from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.origin import potentially_trustworthy
from corsinspect.model import EngineName

_CHROME = re.compile(r"(?:\b|Headless)Chrom(?:e|ium)/([0-9]{1,6})")
_FIREFOX = re.compile(r"\bFirefox/([0-9]{1,6})")
_IOS = re.compile(r"\b(iPhone|iPad|iPod)\b")


@lru_cache(maxsize=512)
def engine_of(
    user_agent: str | None, client_hints: str | None, metadata: bool, asks_agent: bool = False
) -> tuple[EngineName | None, bool]:
    """The engine and whether it's only assumed; (None, False) for what is no browser.

    `client_hints`: Sec-CH-UA, `metadata`: whether there were Sec-Fetch-Mode and -Site (Node's fetch sends the first
    alone), `asks_agent`: whether this is a preflight for a User-Agent that the page set. On iOS every browser is
    WebKit.
    """
    agent = user_agent or ""
    if asks_agent and "Firefox/" not in agent and not client_hints:
        # Chromium drops a page's User-Agent, Firefox's preflight carries its own: this is WebKit's, which carries the
        # page's
        return "webkit", "AppleWebKit/" not in agent or "Chrome/" in agent
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
def version_of(user_agent: str | None, engine: EngineName | None) -> int | None:
    """The engine's major version, as its User-Agent has it; None where it has none."""
    product = {"chromium": _CHROME, "firefox": _FIREFOX}.get(engine or "")
    found = product.search(user_agent) if product is not None and user_agent is not None else None
    return int(found.group(1)) if found else None


def always_sends_metadata(engine: EngineName, user_agent: str | None, target: str) -> bool:
    """Whether this browser, in the version that it says it is, has Sec-Fetch-* in every request to this origin.

    Televisions, old phones and apps have browsers from before that."""
    if not potentially_trustworthy(target):
        return False
    ways = ENGINES[engine]
    since = ways.metadata_since
    if target.startswith("http:"):  # trustworthy for being this machine
        since = ways.loopback_metadata_since or since
    version = version_of(user_agent, engine)
    return since is not None and (version is None or version >= since)
