"""Imports only go down."""

from pathlib import Path

import pytest

from tests.floors.floors import files, violations

MODULES = dict(files())


@pytest.mark.parametrize(("module", "path"), MODULES.items(), ids=MODULES)
def test_a_module_imports_only_what_its_floor_allows(module: str, path: Path) -> None:
    assert violations(module, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("fetch.origin", "import mitmproxy"),
        ("fetch.origin", "from corsinspect.model import Exchange"),
        ("fetch.origin", "import urllib.request"),
        ("fetch.origin", "from urllib import request"),
        ("model", "import corsinspect.fetch"),
        ("analysis.tracker", "import time"),
        ("analysis.tracker", "def later():\n    from os.path import join"),
        ("analysis.tracker", "from datetime import datetime\ndatetime.now()"),
        ("analysis.tracker", "open('/etc/passwd')"),
        ("analysis.tracker", "from corsinspect import session"),
        ("analysis.tracker", "from ..session import writer"),
        ("analysis.__init__", "from ..session import writer"),
        ("session.reader", "import mitmproxy.io"),
        ("session.reader", "import publicsuffixlist"),
        ("report.text", "from textual.app import App"),
        ("dashboard.app", "from corsinspect.capture import master"),
        ("dashboard.app", "from corsinspect.capture.master import LeanMaster"),
        ("dashboard.state.book", "from textual.widget import Widget\nfrom corsinspect.dashboard.list import cells"),
        ("dashboard.state.feed", "from corsinspect.dashboard import host"),
        ("dashboard.detail.tabs", "from corsinspect.dashboard.timeline.timeline import TimeLine"),
        ("dashboard.screens.help", "from corsinspect.dashboard.actions.viewing import ViewActions"),
        ("dashboard.keys", "from corsinspect.dashboard.app import Dashboard"),
        ("dashboard.new_room.thing", "from corsinspect.dashboard.look import styles"),
        ("demo.run", "import textual"),
        ("cli", "import mitmproxy"),
        ("nobody_knows", ""),
    ],
)
def test_a_wrong_import_is_caught(module: str, source: str) -> None:
    assert violations(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("fetch.origin", "from corsinspect.fetch import headers\nimport dataclasses"),
        ("analysis.__init__", "from .tracker import Tracker\nfrom ..fetch import origin"),
        ("analysis.tracker", "from . import judge"),
        ("analysis.tracker", "from corsinspect import model\nfrom urllib.parse import urlsplit\nimport datetime"),
        ("dashboard.app", "from corsinspect.capture.proxy import Proxy"),
        ("dashboard.app", "from corsinspect.dashboard.actions import ViewActions"),
        ("dashboard.detail.tabs", "from corsinspect.dashboard.detail import pane"),
        ("dashboard.timeline.player", "from corsinspect.dashboard.state import feed"),
        ("addons.capture", "from mitmproxy import http"),
    ],
)
def test_a_right_import_is_let_through(module: str, source: str) -> None:
    assert violations(module, source) == []
