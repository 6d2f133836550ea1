"""The fixture `cors` with Selenium; needs the extra `long`, and what Debian calls `chromium-driver`."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.shop import fix_for, shop
from tests.ci.test_shop import home as home

TEST = """
import json, os, shutil
from selenium import webdriver

def test_the_shop(cors):
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ["CHROMIUM"]
    for argument in ("--headless=new", "--no-sandbox", f"--proxy-server={cors.proxy_url}",
                     "--proxy-bypass-list=<-loopback>", "--ignore-certificate-errors"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    browser.set_script_timeout(120)
    browser.get(os.environ["PAGE"])
    script = "const [calls, done] = arguments; (" + os.environ["SCRIPT"] + ")(calls).then(done)"
    browser.execute_async_script(script, json.loads(os.environ["CALLS"]))
    browser.quit()
    cors.assert_no_blocked(origin=os.environ["PAGE"])
"""


@pytest.mark.parametrize("framework", ["fastapi", "express"])
async def test_selenium_fails_with_what_to_change_and_passes_after_it(framework: str, tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "test_shop.py").write_text, TEST)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--cors-session", "kept", "test_shop.py"]

    async with shop(framework) as made:

        async def ended(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
            return await asyncio.to_thread(
                subprocess.run, command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300
            )

        async with made.api(tmp_path / "broken") as api:
            done = await ended(made.environment(api))
            assert done.returncode == 1 and "CORS blocked" in done.stdout, done.stdout
            edits = fix_for(api.url, tmp_path / "kept" / "test_shop.py-test_the_shop.jsonl")
        assert f"Access-Control-Allow-Origin: {made.page}" in done.stdout
        async with made.api(tmp_path / "fixed", edits) as api:
            done = await ended(made.environment(api))
        assert done.returncode == 0, done.stdout
