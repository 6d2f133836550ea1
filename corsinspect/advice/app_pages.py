"""Pages that no web server delivered: those of apps and extensions, whose origins a list easily lacks."""

from corsinspect.fetch.url import parse_url

_SCHEMES = {
    "capacitor": "a Capacitor app on iOS",
    "ionic": "an Ionic app on iOS",
    "tauri": "a Tauri app on macOS, iOS or Linux",
    "app": "a desktop app",
    "electron": "an Electron app",
    "file": "a file on this machine",
    "chrome-extension": "a Chrome extension",
    "moz-extension": "a Firefox extension",
    "safari-web-extension": "a Safari extension",
}
"""By the scheme that each serves its own pages under. capacitorjs.com, "Config" (iosScheme); Tauri's and Electron's
documentation of custom protocols; the browsers' extension URLs."""
_HOSTS = {"tauri.localhost": "a Tauri app on Windows or Android"}
_WEB = ("http", "https")


def app_page(origin: str) -> str | None:
    """What kind of app has its pages at this origin; None for a page of the web."""
    url = parse_url(origin)
    if url is None:
        return None
    if url.scheme not in _WEB:
        return _SCHEMES.get(url.scheme, "an app of its own")
    return _HOSTS.get(url.host)


def sibling(origin: str, found: str) -> str | None:
    """Which other app `found` is the origin of, where both are one app's on different systems; None if they aren't."""
    if app_page(found) is not None:
        return app_page(found)
    if found in ("http://localhost", "https://localhost") and origin.startswith(("capacitor:", "ionic:")):
        return "the same app on Android"
    return None
