"""Starting an installed browser with a profile of its own, behind the proxy, and noticing its end.

Linux is tested. The macOS and Windows places are where those systems install browsers, untested.
"""

import asyncio
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from corsinspect.capture import profiles
from corsinspect.capture.ca import CaPaths, spki_hash
from corsinspect.capture.errors import CaptureError
from corsinspect.capture.firefox import profile as firefox
from corsinspect.capture.listening.debugging_pipe import SWITCHES as PIPE_SWITCHES
from corsinspect.capture.listening.debugging_pipe import DebuggingPipe
from corsinspect.capture.processes import GRACE, signal_group
from corsinspect.capture.tail import Tail

BrowserKind = Literal["chromium", "firefox", "chrome", "edge", "brave"]
"""chromium: any of its family; the last three are members of it."""
Family = Literal["chromium", "firefox"]
Preferences = Mapping[str, str | int | bool]

FAMILIES: dict[BrowserKind, Family] = {
    **dict.fromkeys(("chromium", "chrome", "edge", "brave"), "chromium"),
    "firefox": "firefox",
}
ANY_OF: tuple[BrowserKind, ...] = ("chromium", "firefox")
"""The kinds that stand for a whole family."""
NAMES: dict[BrowserKind, str] = {
    "chrome": "Google Chrome",
    "edge": "Microsoft Edge",
    "brave": "Brave",
    "chromium": "browser of the Chromium family",
    "firefox": "browser of the Firefox family",
}
_CHROME = ("google-chrome", "google-chrome-stable")
_EDGE = ("microsoft-edge", "microsoft-edge-stable")
_BRAVE = ("brave-browser", "brave")
COMMANDS: dict[BrowserKind, list[str]] = {
    "chromium": [
        *(*_CHROME, "chromium", "chromium-browser", *_EDGE, *_BRAVE),
        # what Flatpak exports
        *("com.google.Chrome", "org.chromium.Chromium", "com.microsoft.Edge", "com.brave.Browser"),
    ],
    "firefox": ["firefox", "firefox-esr", "firefox-developer-edition", "org.mozilla.firefox"],
    "chrome": [*_CHROME, "com.google.Chrome"],
    "edge": [*_EDGE, "com.microsoft.Edge"],
    "brave": [*_BRAVE, "com.brave.Browser"],
}
MAC_APPS: dict[BrowserKind, list[str]] = {
    "chromium": ["Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"],
    "firefox": ["Firefox", "Firefox Developer Edition"],
    "chrome": ["Google Chrome"],
    "edge": ["Microsoft Edge"],
    "brave": ["Brave Browser"],
}
_CHROME_EXE = r"Google\Chrome\Application\chrome.exe"
_EDGE_EXE = r"Microsoft\Edge\Application\msedge.exe"
_BRAVE_EXE = r"BraveSoftware\Brave-Browser\Application\brave.exe"
WINDOWS_PATHS: dict[BrowserKind, list[str]] = {
    "chromium": [_CHROME_EXE, r"Chromium\Application\chrome.exe", _EDGE_EXE, _BRAVE_EXE],
    "firefox": [r"Mozilla Firefox\firefox.exe"],
    "chrome": [_CHROME_EXE],
    "edge": [_EDGE_EXE],
    "brave": [_BRAVE_EXE],
}
AT_ONCE = 0.4
"""Seconds after its start in which a browser's end means that it couldn't run at all (a display that isn't there)."""
FLATPAK_BINS = ("/var/lib/flatpak/exports/bin", "~/.local/share/flatpak/exports/bin")

QUIET_FEATURES = (
    # Behind a proxy the browser can't see where a server is, so its prompts for the local network come at random.
    *("LocalNetworkAccessChecks", "LocalNetworkAccessForWorkers"),
    # http://myapp.test is meant as typed; trying https first shows as a failed call.
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable"),
    *("OptimizationHints", "MediaRouter", "Translate", "NetworkTimeServiceQuerying"),
)
CHROMIUM_SWITCHES = (
    "--proxy-bypass-list=<-loopback>",  # without it no call to localhost passes the proxy
    *("--no-first-run", "--no-default-browser-check", "--hide-crash-restore-bubble"),
    "--disable-search-engine-choice-screen",
    "--test-type",  # no yellow bar about the switches above
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-default-apps", "--disable-component-extensions-with-background-pages"),
    *("--disable-domain-reliability", "--disable-client-side-phishing-detection", "--metrics-recording-only"),
    *("--password-store=basic", "--use-mock-keychain"),  # no question for the system's keyring
    f"--disable-features={','.join(QUIET_FEATURES)}",
)


def find(kind: BrowserKind) -> Path | None:
    """The first installed browser of this kind, or None."""
    for command in COMMANDS[kind]:
        for folder in (None, "/snap/bin", *(str(Path(folder).expanduser()) for folder in FLATPAK_BINS)):
            if found := shutil.which(command, path=folder):
                return Path(found)
    for path in _other_systems(kind):
        if path.exists():
            return path
    return None


def installed() -> dict[BrowserKind, Path]:
    """The browser of each family that opens where any of that family will do."""
    return {kind: path for kind in ANY_OF if (path := find(kind)) is not None}


def has_display(env: Mapping[str, str]) -> bool:
    """Whether there is a screen to show a browser on; `env`: the environment."""
    return sys.platform != "linux" or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def _other_systems(kind: BrowserKind) -> list[Path]:
    if sys.platform == "darwin":
        return [
            Path(root).expanduser() / f"{app}.app/Contents/MacOS" / ("firefox" if FAMILIES[kind] == "firefox" else app)
            for root in ("/Applications", "~/Applications")
            for app in MAC_APPS[kind]
        ]
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")]
        return [Path(root) / path for root in roots if root for path in WINDOWS_PATHS[kind]]
    return []


class Browser:
    """A browser that was launched, until it ends."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        kind: BrowserKind,
        name: str,
        profile: Path,
        keep: bool,
        pipe: DebuggingPipe | None = None,
        socket: Path | None = None,
    ) -> None:
        self.kind: BrowserKind = kind
        self.family: Family = FAMILIES[kind]
        self.launch = secrets.token_hex(3)
        """Tells this launch from others."""
        self.pipe = pipe
        """Its debugging pipe, if it was started with one."""
        self.socket = socket
        """Where a Firefox speaks its DevTools protocol, if it was started so."""
        self.name = name
        """For people: "Chromium 156"."""
        self.pid = process.pid
        self.profile = profile
        self.keep = keep
        self.warning: str | None = None
        """What won't work in this browser, and how to fix it; None: nothing."""
        self.closed = asyncio.Event()
        """Set when the browser has ended, its processes are gone and its profile is removed (or free again)."""
        self.last_words: Tail = Tail(process.stderr)
        self.watch = asyncio.create_task(self._until_closed(process))
        """Ends when `closed` is set."""

    async def close(self) -> None:
        """End the browser, politely at first; returns when `closed` is set."""
        if not self.closed.is_set() and self._process_runs():
            try:
                await asyncio.wait_for(self.closed.wait(), GRACE)
            except TimeoutError:
                signal_group(self.pid, signal.SIGKILL)
        await self.closed.wait()

    def _process_runs(self) -> bool:
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            return False
        return True

    async def _until_closed(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        signal_group(self.pid, signal.SIGKILL)  # helpers that outlive the browser
        if self.pipe is not None:
            self.pipe.close()
        await self.last_words.ended()
        if self.keep:
            profiles.disown(self.profile)
        else:
            await asyncio.to_thread(profiles.remove, self.profile)
        self.closed.set()


async def launch(
    kind: BrowserKind,
    port: int,
    ca: CaPaths,
    url: str | None = None,
    *,
    profile: str | None = None,
    headless: bool = False,
    extra_args: Sequence[str] = (),
    extra_prefs: Preferences | None = None,
    listened_to: bool = False,
) -> Browser:
    """Start the installed browser of this kind behind the proxy on `port`.

    `profile` names one that is kept between runs; else it is thrown away. `extra_prefs` are Firefox's. `listened_to`:
    it waits on a blank page, a Chromium with a debugging pipe and a Firefox with a socket, for whoever listens to open
    `url`; a Firefox whose profile's path is too long for a socket opens it by itself.
    Raises CaptureError when none is installed, when there is no display to show it on, or when it doesn't stay up.
    """
    binary = find(kind)
    if binary is None:
        raise _none_installed(kind)
    if not headless and not has_display(os.environ):
        raise CaptureError(
            "There is no display to show a browser on.",
            f"Start corsinspect in a graphical session, or point a browser elsewhere at the proxy on port {port}.",
        )
    folder = profiles.keep(binary, kind, profile) if profile else profiles.make(binary)
    warning = None
    firefoxes = FAMILIES[kind] == "firefox"
    pipe = DebuggingPipe() if listened_to and not firefoxes else None
    socket = firefox.socket_in(folder) if listened_to and firefoxes else None
    if pipe is not None:
        switches = [*_chromium(binary, port, ca, folder, headless), *PIPE_SWITCHES]
        command = pipe.command([*switches, *extra_args, as_url(None)])
    elif not firefoxes:
        command = [*_chromium(binary, port, ca, folder, headless), *extra_args, as_url(url)]
    else:
        preferences = {**(firefox.LISTENED_TO if socket is not None else {}), **(extra_prefs or {})}
        warning = await firefox.prepare(binary, folder, port, ca, preferences)
        first = [as_url(url)] if socket is None else []  # a blank page that it was told to open is in its history
        command = [*firefox.command(binary, folder, headless, socket), *extra_args, *first]
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=os.environ | firefox.ENVIRONMENT if firefoxes else None,
            pass_fds=pipe.theirs if pipe is not None else (),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as problem:
        if pipe is not None:
            pipe.close()
        if not profile:
            profiles.remove(folder)
        raise CaptureError(
            f"{binary} can't be started: {problem.strerror}.", "Start it by hand to see why."
        ) from problem
    finally:
        if pipe is not None:
            pipe.launched()
    profiles.own(folder, process.pid)
    browser = Browser(process, kind, binary.stem, folder, profile is not None, pipe, socket)
    browser.warning = warning
    browser.name, _ = await asyncio.gather(_name(binary), asyncio.wait([browser.watch], timeout=AT_ONCE))
    if browser.closed.is_set():
        reason = browser.last_words.last() or "it gave no reason"
        raise CaptureError(
            f"{browser.name} ended as soon as it was started: {reason}.", f"Start {binary} by hand to see why."
        )
    return browser


def _chromium(binary: Path, port: int, ca: CaPaths, profile: Path, headless: bool) -> list[str]:
    command = [
        str(binary),
        f"--user-data-dir={profile}",
        f"--proxy-server=127.0.0.1:{port}",
        f"--ignore-certificate-errors-spki-list={spki_hash(ca.certificate)}",
        *CHROMIUM_SWITCHES,
    ]
    if headless:
        command += ["--headless=new", "--disable-gpu"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # as root Chromium refuses to start with it
    return command


def as_url(url: str | None) -> str:
    """`localhost:3000` as people type it; never something that the browser takes for a switch."""
    if url is None:
        return "about:blank"
    return url if "://" in url or url.startswith("about:") else f"http://{url}"


async def _name(binary: Path) -> str:
    """Product and main version, as the browser itself prints them: "Chromium 156"."""
    if sys.platform == "win32":  # prints nothing there and opens a window instead
        return binary.stem
    process = await asyncio.create_subprocess_exec(
        binary, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, start_new_session=True
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), 10)
    except TimeoutError:
        process.kill()
        return binary.stem
    words = out.decode(errors="replace").split()
    numbers = [position for position, word in enumerate(words) if word[:1].isdigit()]
    if not numbers:
        return binary.stem
    product = [word for word in words[: numbers[0]] if word not in ("Mozilla", "Google")]
    return f"{' '.join(product)} {words[numbers[0]].split('.')[0]}"


def _none_installed(kind: BrowserKind) -> CaptureError:
    looked_for = ", ".join(COMMANDS[kind])
    if kind == "chromium":
        install = "Install one (Debian: apt install chromium; Fedora: dnf install chromium), or use --browser firefox."
    elif kind == "firefox":
        install = (
            "Install it (Debian: apt install firefox-esr; Fedora: dnf install firefox), or use --browser chromium."
        )
    else:
        install = "Install it, or use --browser chromium, which takes any of its family."
    return CaptureError(f"No {NAMES[kind]} is installed (looked for {looked_for}).", install)
