"""Real browsers, launched headless: behind the proxy, trusting its authority, noticed when they end."""

import asyncio
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from corsinspect.capture import Browser, CaptureError, Proxy
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.ca import ensure_ca
from corsinspect.capture.firefox import trusting
from corsinspect.capture.processes import is_alive
from corsinspect.capture.profiles import OWNER
from tests.session.build import recorded

from .wire import self_signed, serving, until

KINDS: list[BrowserKind] = ["chromium", "firefox"]


def page_calling(other: int) -> bytes:
    """A page that calls a server on another port, with a preflight."""
    call = b"fetch('http://localhost:%d/api', {method: 'PUT'}).catch(() => 0)" % other
    return b"<!doctype html><title>t</title><script>" + call + b"</script>"


async def refuse(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_page_on_this_machine_and_its_calls_are_seen(
    kind: BrowserKind, scheme: str, proxy: Proxy, tmp_path: Path
) -> None:
    tls = self_signed(tmp_path, "localhost") if scheme == "https" else None
    async with serving(refuse) as api:

        async def page(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            body = page_calling(api)
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                % len(body)
                + body
            )

        async with serving(page, tls=tls) as port:
            browser = await proxy.open_browser(kind, f"{scheme}://localhost:{port}/", headless=True)
            (line,) = await until(
                lambda: [
                    line
                    for line in recorded(proxy.session)
                    if line.url == f"http://localhost:{api}/api" and line.status
                ]
            )
            await browser.close()

    assert browser.warning is None
    assert browser.name.rpartition(" ")[2].isdigit()
    assert line.method == "OPTIONS"
    assert line.annotation is not None
    assert (line.annotation.outcome, line.annotation.reason) == ("blocked", "origin-missing")


@pytest.mark.parametrize("kind", KINDS)
async def test_the_end_of_a_browser_is_noticed_and_its_profile_goes(kind: BrowserKind, proxy: Proxy) -> None:
    browser = await proxy.open_browser(kind, headless=True)
    profile = browser.profile
    assert profile.stat().st_mode & 0o777 == 0o700
    os.kill(browser.pid, signal.SIGKILL)

    async with asyncio.timeout(20):
        await browser.closed.wait()
        await until(lambda: not proxy.browsers)

    assert not is_alive(browser.pid)
    assert not profile.exists()


async def test_stopping_the_proxy_closes_the_browser(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    browser = await proxy.open_browser("chromium", headless=True)
    await proxy.stop()

    assert browser.closed.is_set()
    assert not is_alive(browser.pid)
    assert not browser.profile.exists()


async def test_a_named_profile_stays_and_can_be_opened_once_only(proxy: Proxy) -> None:
    browser = await proxy.open_browser("chromium", profile="work", headless=True)
    with pytest.raises(CaptureError, match="open in another browser"):
        await proxy.open_browser("chromium", profile="work", headless=True)
    await until((browser.profile / "Default").exists)
    await browser.close()

    assert (browser.profile / "Default").exists()
    assert not (browser.profile / OWNER).exists()
    again = await proxy.open_browser("chromium", profile="work", headless=True)
    assert again.profile == browser.profile


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "x" * 65, "a\n"])
async def test_a_profile_name_is_never_a_path(name: str, proxy: Proxy) -> None:
    with pytest.raises(CaptureError, match="can't be the name of a profile"):
        await proxy.open_browser("chromium", profile=name, headless=True)


async def test_firefox_takes_extra_preferences_and_arguments(proxy: Proxy) -> None:
    browser = await proxy.open_browser(
        "firefox", headless=True, extra_args=["-marionette"], extra_prefs={"marionette.port": 0, "x.y": 'quo"ted'}
    )

    preferences = (browser.profile / "user.js").read_text()

    assert 'user_pref("x.y", "quo\\"ted");' in preferences
    # else localhost is no secure context in Firefox 140
    assert 'user_pref("network.proxy.testing_localhost_is_secure_when_hijacked", true);' in preferences
    await until((browser.profile / "MarionetteActivePort").exists)


async def test_a_browser_that_cannot_run_says_why(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "google-chrome"
    script.write_text("#!/bin/sh\necho 'Missing X server or $DISPLAY' >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    with pytest.raises(CaptureError) as caught:
        await proxy.open_browser("chromium", headless=True)

    assert "Missing X server or $DISPLAY" in caught.value.what
    assert str(script) in caught.value.hint
    assert proxy.browsers == []


async def test_no_installed_browser_is_a_clear_message(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for kind in KINDS:
        with pytest.raises(CaptureError) as caught:
            await proxy.open_browser(kind, headless=True)
        assert "is installed (looked for " in caught.value.what
        assert "apt install" in caught.value.hint


async def test_no_display_is_a_clear_message(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(CaptureError) as caught:
        await proxy.open_browser("chromium")

    assert "display" in caught.value.what
    assert str(proxy.port) in caught.value.hint


def installed() -> list[Path]:
    """Every program that the shell would find, the first of each name."""
    folders = [Path(folder) for folder in os.environ["PATH"].split(os.pathsep)]
    tools = [tool for folder in reversed(folders) if folder.is_dir() for tool in folder.iterdir()]
    return list({tool.name: tool for tool in tools}.values())


@pytest.fixture
def no_certutil(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in installed():
        if tool.name != "certutil":
            (folder / tool.name).symlink_to(tool)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.usefixtures("no_certutil")
async def test_firefox_trusts_the_authority_without_certutil_too(proxy: Proxy, tmp_path: Path) -> None:
    await test_a_page_on_this_machine_and_its_calls_are_seen("firefox", "https", proxy, tmp_path)


@pytest.mark.usefixtures("no_certutil")
async def test_a_firefox_that_cannot_be_made_to_trust_it_says_so_and_how_that_is_mended(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trusting, "_library", lambda binary: ("libno-such.so", ""))
    monkeypatch.setattr(trusting, "PACKAGES", {"no-such-manager": "elsewhere", "sh": "sh install nss"})

    browser: Browser = await proxy.open_browser("firefox", headless=True)

    assert browser.warning is not None
    assert "https pages and calls fail" in browser.warning
    assert "Install certutil (sh install nss)" in browser.warning


def trusted(profile: Path) -> list[str]:
    """The flags of each certificate of ours in a profile, all files of which are its owner's alone."""
    assert {path.stat().st_mode & 0o077 for path in profile.iterdir()} == {0}
    command = ["certutil", "-L", "-d", f"sql:{profile}"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.findall(r"corsinspect +(\S+)", listed)


@pytest.mark.parametrize("older", [False, True])
async def test_the_library_trusts_the_authority_as_certutil_does(older: bool, tmp_path: Path) -> None:
    """Read with certutil: both write the profile of the system's NSS here."""
    certificate = ensure_ca().certificate
    for _ in range(1 + older):
        await trusting._by_library(tmp_path / "firefox", tmp_path, certificate)
    assert trusted(tmp_path) == [trusting.TRUST]
