"""What recipes are tried on: how each app is written and started, and what is done to break it."""

import base64
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

VARIANTS = {
    "none": "no CORS at all",
    "auth": "login first",
    "options": "OPTIONS unknown",
    "wildcard": "`*` with cookies",
    "slash": "`/` after origin",
    "errors": "500 without",
}
"""How an app is broken, with the head of its column."""

HALF = {
    "other": "only another page is allowed",
    "late": "the CORS code comes too late",
    "route": "one route has CORS code, OPTIONS has none",
    "short": "a method and a header are missing",
    "comma": "two origins in one string",
    "twice": "two places add the header",
}
"""How an app is broken that has CORS code: the recipe is then a change to that, and nothing that works is lost."""

CAUSES = {
    "none": {"no-cors-code", "options-not-routed"},
    "auth": {"login-before-cors"},
    "options": {"options-not-routed", "options-refused"},
    "wildcard": {"wildcard-by-default"},
    "slash": {"origin-not-in-list", "trailing-slash", "list-without-a-word"},
    "errors": {"errors-go-around", "without-always"},
}
"""What has to be among the two likeliest causes, in each variant."""

LOGIN = "Basic " + base64.b64encode(b"ann:bread").decode()
"""The Authorization header that the variant `auth` asks for."""

NODE = Path(__file__).with_name("node")


@dataclass(frozen=True)
class Framework:
    """One thing that answers calls. `file`: what its app is called where it runs; its template is `apps/TEMPLATE`, and
    what else it needs is in `apps/NAME`: templates, too, that only what is removed changes."""

    name: str
    template: str
    file: str
    command: tuple[str, ...]
    modules: Path | None = None
    """The folder of its node_modules."""
    upstream: bool = False
    """Whether it stands in front of an API that knows nothing of CORS."""
    own: Callable[[str], str] = lambda code: code
    """What the recipe says is to be changed in its code for this very app."""
    shows: str | None = ""
    """What is sure of its plain answers (None: nothing), where they don't show the framework: its recipe is then a
    guess, and right."""
    own_recipe: str = ""
    """Where it isn't called like the framework."""
    kind: str = "rest"
    """What the page calls (see calls.py)."""
    passes_as: str = ""
    """Another framework that it looks like where its own error pages aren't seen, and whose recipe works in it too."""
    environment: Mapping[str, str] = field(default_factory=dict)
    chosen: bool = False
    """Whether the person has to choose its recipe, since nothing in its answers shows it."""
    half: tuple[str, ...] = ()
    """Which of HALF its template has."""
    by_hand: Mapping[str, str] = field(default_factory=dict)
    """Variants that pasting alone can't fix, with what else it takes."""

    @property
    def recipe(self) -> str:
        """The id of the recipe that is for it."""
        return self.own_recipe or self.name


def upstream_of_ones_own(code: str) -> str:
    """The recipe says: the upstream is the person's own."""
    return code.replace("127.0.0.1:4000", "127.0.0.1:@UPSTREAM@")


PYTHON = (sys.executable, "-W", "ignore")

IN_CI = [
    Framework("fastapi", "fastapi.py.in", "app.py", (*PYTHON, "app.py"), half=tuple(HALF)),
    Framework(
        "flask", "flask.py.in", "app.py", (*PYTHON, "app.py"), half=("other", "route", "short", "comma", "twice")
    ),
    Framework("django", "django.py.in", "app.py", (*PYTHON, "app.py"), half=("other", "late", "short", "comma")),
    Framework("express", "express.js.in", "app.js", ("node", "app.js"), modules=NODE, half=tuple(HALF)),
    Framework("fastify", "fastify.js.in", "app.js", ("node", "app.js"), modules=NODE, half=tuple(HALF)),
    Framework(
        "nginx",
        "nginx.conf.in",
        "nginx.conf",
        ("nginx", "-p", ".", "-e", "stderr", "-c", "nginx.conf", "-g", "daemon off;"),
        upstream=True,
        half=("other", "short", "comma", "twice"),
        own=upstream_of_ones_own,
    ),
]
"""Those that every run of the tests tries."""
