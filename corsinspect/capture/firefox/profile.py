"""What Firefox needs before it starts: a profile with preferences and the certificate authority in it."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from corsinspect.capture.ca import CaPaths
from corsinspect.capture.firefox.trusting import trusts, untrusted
from corsinspect.session.private import write_private

ENVIRONMENT = {
    "MOZ_CRASHREPORTER_DISABLE": "1",
    "MOZ_REMOTE_SETTINGS_DEVTOOLS": "1",  # without it the preference for the settings server is ignored
}

PREFERENCES: dict[str, str | int | bool] = {
    "network.proxy.type": 1,
    "network.proxy.no_proxies_on": "",
    "network.proxy.allow_hijacking_localhost": True,  # without it no call to localhost passes the proxy
    # Until some version after 140 localhost was no secure context behind a proxy: no service workers, no Sec-Fetch-*.
    "network.proxy.testing_localhost_is_secure_when_hijacked": True,
    # Behind a proxy the browser can't see where a server is, so its prompts for the local network come at random.
    "network.lna.enabled": False,
    "network.lna.blocking": False,
    # first-run noise
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "trailhead.firstrun.didSeeAboutWelcome": True,
    "termsofuse.bypassNotification": True,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "browser.startup.page": 0,
    "browser.startup.homepage": "about:blank",
    "startup.homepage_welcome_url": "",
    "browser.newtabpage.enabled": False,
    "browser.sessionstore.resume_from_crash": False,
    # its own traffic
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "nimbus.rollouts.enabled": False,
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.unified": False,
    "toolkit.telemetry.server": "data:,",
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "browser.safebrowsing.update.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.topsites.contile.enabled": False,
    "browser.discovery.enabled": False,
    "browser.region.update.enabled": False,
    "browser.region.network.url": "",
    "browser.search.update": False,
    "extensions.update.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-manager.url": "data:,",
    "dom.push.connection.enabled": False,
    "geo.provider.network.url": "",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "network.http.speculative-parallel-limit": 0,
    # what a kept profile may have from when it was listened to
    "devtools.debugger.prompt-connection": True,
}

SOCKET = "rdp.sock"
LONGEST_SOCKET = 107 if sys.platform == "linux" else 103
"""Bytes of a socket's path: the kernel's struct has one more, for the NUL at the end."""
LISTENED_TO: dict[str, str | int | bool] = {
    "devtools.debugger.remote-enabled": True,
    "devtools.debugger.prompt-connection": False,
    "devtools.chrome.enabled": True,
}
"""What it takes for Firefox to speak its DevTools protocol with somebody outside."""


def command(binary: Path, profile: Path, headless: bool, socket: Path | None = None) -> list[str]:
    """The command line, without a URL. `socket`: where Firefox is to speak its DevTools protocol."""
    listened_to = [] if socket is None else ["--start-debugger-server", str(socket)]
    return [
        *(str(binary), "-no-remote", "-profile", str(profile)),
        *(["-headless"] if headless else []),
        *listened_to,
    ]


def socket_in(profile: Path) -> Path | None:
    """Where Firefox can speak with us, and no other user: the profile's folder is ours alone. None: the path is too
    long for a socket."""
    path = profile / SOCKET
    return path if len(os.fsencode(path)) <= LONGEST_SOCKET else None


async def prepare(
    binary: Path, profile: Path, port: int, ca: CaPaths, extra: Mapping[str, str | int | bool]
) -> str | None:
    """Write the preferences and the certificate authority into the profile; a warning if the latter can't be done."""
    proxy = {f"network.proxy.{scheme}": "127.0.0.1" for scheme in ("http", "ssl")}
    ports = {f"network.proxy.{scheme}_port": port for scheme in ("http", "ssl")}
    preferences = PREFERENCES | proxy | ports | dict(extra)
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
    write_private(profile / "user.js", "".join(lines).encode())
    return None if await trusts(binary, profile, ca.certificate) else untrusted()
