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
    "options": {"options-not-routed"},
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
    """One thing that answers calls. `file`: what its app is called where it runs; its template is `apps/FILE.in` or
    `apps/TEMPLATE`."""

    name: str
    template: str
    file: str
    command: tuple[str, ...]
    modules: Path | None = None
    """The folder of its node_modules."""
    upstream: bool = False
    """Whether it stands in front of an API that knows nothing of CORS."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Other files that the app needs, by name."""
    own: Callable[[str], str] = lambda code: code
    """What the recipe says is to be changed in its code for this very app."""
    shows: str | None = ""
    """What is sure of its plain answers (None: nothing), where they don't show the framework: its recipe is then a
    guess, and right."""
    own_recipe: str = ""
    """Where it isn't called like the framework."""
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


def _upstream(code: str) -> str:
    """The recipe says: the upstream is the person's own."""
    return code.replace("127.0.0.1:4000", "127.0.0.1:@UPSTREAM@")


def _sinatra(code: str) -> str:
    """The recipe says: in config.ru it begins otherwise."""
    return code.replace("Rails.application.config.middleware.insert_before 0, Rack::Cors do", "use Rack::Cors do")


def _nextjs(code: str) -> str:
    """The recipe says: from Next.js 16 on the function's name is proxy."""
    return code.replace("export function middleware(", "export function proxy(")


NEXTJS_ROUTES = {
    "package.json": "{}",
    "app/api/items/route.js": "export const GET = () => Response.json(['bread']);\n"
    "export const POST = () => Response.json({}, { status: 201 });\n",
    "app/api/items/1/route.js": "export const PUT = () => Response.json({});\nexport const DELETE = PUT;\n",
    "app/api/broken/route.js": "export function GET() {\n  throw new Error('broken on purpose');\n}\n",
}

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
        extra={"users": "ann:{PLAIN}bread\n"},
        half=("other", "short", "comma", "twice"),
        own=_upstream,
    ),
]
"""Those that every run of the tests tries."""

MODULES = Path(__file__).parents[1] / "long" / "node"

GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
"""Debian's Go packages are for builds without modules."""

IN_LONG = [
    Framework(
        "haproxy",
        "haproxy.cfg.in",
        "haproxy.cfg",
        ("haproxy", "-f", "haproxy.cfg"),
        upstream=True,
        chosen=True,
        half=("other", "short", "comma", "twice"),
    ),
    Framework(
        "litestar",
        "litestar.py.in",
        "app.py",
        (*PYTHON, "app.py"),
        chosen=True,
        half=("other", "short", "comma"),
    ),
    Framework("aiohttp", "aiohttp.py.in", "app.py", (*PYTHON, "app.py")),
    Framework(
        "tornado",
        "tornado.py.in",
        "app.py",
        (*PYTHON, "app.py"),
        by_hand={"auth": "a login in `prepare()` has to let OPTIONS pass"},
    ),
    Framework(
        "koa",
        "koa.js.in",
        "app.js",
        ("node", "app.js"),
        modules=MODULES,
        shows="node",
        half=("other", "late", "comma"),  # with a list of methods of its own, nothing shows that it is Koa
    ),
    Framework(
        "hono",
        "hono.mjs.in",
        "app.mjs",
        ("node", "app.mjs"),
        modules=MODULES,
        shows="node",
        half=("other", "late", "short", "comma"),
    ),
    Framework(
        "nestjs",
        "nestjs.js.in",
        "app.js",
        ("node", "app.js"),
        modules=MODULES,
        passes_as="express",
        half=("other", "short", "comma"),
    ),
    Framework(
        "nextjs",
        "nextjs.ts.in",
        "proxy.ts",
        ("node", "node_modules/next/dist/bin/next", "dev", "--webpack", "-H", "127.0.0.1", "-p", "@PORT@"),
        modules=MODULES,
        extra=NEXTJS_ROUTES,
        environment={"NEXT_TELEMETRY_DISABLED": "1"},
        own=_nextjs,
        shows="node",
        by_hand={"auth": "a login in the middleware has to come after it"},
    ),
    Framework("php", "php.php.in", "index.php", ("php", "-S", "127.0.0.1:@PORT@", "index.php")),
    Framework("go", "go.go.in", "app.go", ("go", "run", "app.go"), environment=GO, shows=None),
    Framework("go-gin", "go-gin.go.in", "app.go", ("go", "run", "app.go"), environment=GO, shows=None),
    Framework(
        "rails",
        "rails.ru.in",
        "app.ru",
        ("puma", "-b", "tcp://127.0.0.1:@PORT@", "app.ru"),
        environment={"RAILS_ENV": "production"},
        shows=None,
    ),
    Framework(
        "sinatra",
        "sinatra.ru.in",
        "app.ru",
        ("puma", "-b", "tcp://127.0.0.1:@PORT@", "app.ru"),
        own=_sinatra,
        shows=None,
        own_recipe="rails",
    ),
    Framework(
        "apache", "apache.conf.in", "apache.conf", ("apache2", "-d", ".", "-f", "apache.conf", "-X"), upstream=True
    ),
    Framework(
        "caddy",
        "caddy.in",
        "Caddyfile",
        ("caddy", "run"),
        upstream=True,
        environment={"XDG_CONFIG_HOME": "."},
        own=_upstream,
        by_hand={"auth": "`basicauth` has to let OPTIONS pass"},
    ),
]
"""Those that the long tests try as well."""

BY_NAME = {framework.name: framework for framework in (*IN_CI, *IN_LONG)}
