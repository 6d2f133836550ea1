"""What people call the engines, and the browsers whose consoles they read."""

from corsinspect.model import EngineName

ENGINE_NAMES: dict[EngineName, str] = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "Safari"}
BROWSER_NAMES: dict[EngineName, str] = {**ENGINE_NAMES, "chromium": "Chrome"}
"""Chromium's console and DevTools are known as Chrome's."""
