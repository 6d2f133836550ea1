"""The frameworks that only the long tests try: what they need isn't installed everywhere, or takes long to start."""

from pathlib import Path

from tests.fixes.frameworks import IN_CI, PYTHON, Framework, upstream_of_ones_own


def _sinatra(code: str) -> str:
    """The recipe says: in config.ru it begins otherwise."""
    return code.replace("Rails.application.config.middleware.insert_before 0, Rack::Cors do", "use Rack::Cors do")


def _nextjs(code: str) -> str:
    """The recipe says: from Next.js 16 on the function's name is proxy."""
    return code.replace("export function middleware(", "export function proxy(")


def _as_module(code: str) -> str:
    """The recipe says: an ES module imports it."""
    return code.replace("const cors = require('cors');", "import cors from 'cors';")


def _h3(code: str) -> str:
    """Both h3 1 and 2 are installed."""
    return code.replace("from 'h3'", "from 'h3-2'")


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
    Framework("aiohttp", "aiohttp.py.in", "app.py", (*PYTHON, "app.py"), half=("other", "route", "short", "comma")),
    Framework(
        "tornado",
        "tornado.py.in",
        "app.py",
        (*PYTHON, "app.py"),
        by_hand={"auth": "a login in `prepare()` has to let OPTIONS pass"},
        half=("other", "short", "comma", "twice"),
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
        environment={"NEXT_TELEMETRY_DISABLED": "1"},
        own=_nextjs,
        shows="node",
        by_hand={"auth": "a login in the middleware has to come after it"},
        half=("other", "short", "comma"),
    ),
    Framework(
        "php",
        "php.php.in",
        "index.php",
        ("php", "-S", "127.0.0.1:@PORT@", "index.php"),
        half=("other", "short", "comma", "twice"),
    ),
    Framework(
        "go",
        "go.go.in",
        "app.go",
        ("go", "run", "app.go"),
        environment=GO,
        shows=None,
        half=("other", "short", "comma", "twice"),
    ),
    Framework(
        "go-gin",
        "go-gin.go.in",
        "app.go",
        ("go", "run", "app.go"),
        environment=GO,
        shows=None,
        half=("other", "short", "comma"),
    ),
    Framework(
        "rails",
        "rails.ru.in",
        "app.ru",
        ("puma", "-b", "tcp://127.0.0.1:@PORT@", "app.ru"),
        environment={"RAILS_ENV": "production"},
        shows=None,
        half=("other", "short", "comma"),
    ),
    Framework(
        "sinatra",
        "sinatra.ru.in",
        "app.ru",
        ("puma", "-b", "tcp://127.0.0.1:@PORT@", "app.ru"),
        own=_sinatra,
        shows=None,
        half=("other", "short", "comma"),
        own_recipe="rails",
    ),
    Framework(
        "apache",
        "apache.conf.in",
        "apache.conf",
        ("apache2", "-d", ".", "-f", "apache.conf", "-X"),
        upstream=True,
        half=("other", "short", "comma", "twice"),
    ),
    Framework(
        "caddy",
        "caddy.in",
        "Caddyfile",
        ("caddy", "run"),
        upstream=True,
        environment={"XDG_CONFIG_HOME": "."},
        own=upstream_of_ones_own,
        by_hand={"auth": "`basicauth` has to let OPTIONS pass"},
        half=("other", "short", "comma", "twice"),
    ),
    Framework(
        "django-rest",
        "django.py.in",
        "app.py",
        (*PYTHON, "app.py"),
        environment={"URLS": "urls"},
        own_recipe="django",
        passes_as="django",
        half=("other", "late", "short", "comma"),
    ),
    Framework(
        "django-ninja",
        "django.py.in",
        "app.py",
        (*PYTHON, "app.py"),
        environment={"URLS": "urls"},
        own_recipe="django",
        passes_as="django",
        half=("other", "late", "short", "comma"),
    ),
    Framework(
        "strawberry",
        "strawberry.py.in",
        "app.py",
        (*PYTHON, "app.py"),
        kind="graphql",
        chosen=True,
        half=("other", "short", "comma"),
    ),
    Framework(
        "apollo",
        "apollo.js.in",
        "app.js",
        ("node", "app.js"),
        modules=MODULES,
        kind="graphql",
        chosen=True,
        half=("other", "short", "comma"),
    ),
    Framework(
        "trpc",
        "trpc.js.in",
        "app.js",
        ("node", "app.js"),
        modules=MODULES,
        kind="trpc",
        shows="node",
        half=("other", "short", "comma"),
    ),
    Framework(
        "connect",
        "connect.mjs.in",
        "app.mjs",
        ("node", "app.mjs"),
        modules=MODULES,
        kind="connect",
        chosen=True,
        own=_as_module,
        half=("other", "short", "comma"),
    ),
    Framework(
        "socket-io",
        "socket-io.js.in",
        "app.js",
        ("node", "app.js"),
        modules=MODULES,
        kind="socket.io",
        chosen=True,
        half=("other", "short", "comma"),
    ),
    Framework(
        "json-server",
        "json-server.js.in",
        "app.js",
        ("node", "app.js"),
        modules=MODULES,
        chosen=True,
        half=("other", "short", "comma"),
    ),
    Framework(
        "h3",
        "h3.mjs.in",
        "app.mjs",
        ("node", "app.mjs"),
        modules=MODULES,
        chosen=True,
        own=_h3,
        half=("other", "short", "comma"),
    ),
    Framework(
        "nuxt",
        "nuxt.ts.in",
        "server/middleware/00.cors.ts",
        ("node", "node_modules/nitropack/dist/cli/index.mjs", "dev", "--port", "@PORT@", "--host", "127.0.0.1"),
        modules=MODULES,
        chosen=True,
        half=("other", "short", "comma"),
    ),
    Framework(
        "sveltekit",
        "sveltekit.ts.in",
        "src/hooks.server.ts",
        ("node", "node_modules/vite/bin/vite.js", "dev", "--strictPort", "--port", "@PORT@", "--host", "127.0.0.1"),
        modules=MODULES,
        chosen=True,
        half=("other", "short", "comma"),
        by_hand={
            "auth": "a login in `handle` has to come after it",
            "errors": "`vite dev` adds the header to them",
        },
    ),
    Framework(
        "astro",
        "astro.ts.in",
        "src/middleware.ts",
        ("node", "node_modules/astro/astro.js", "dev", "--port", "@PORT@", "--host", "127.0.0.1"),
        modules=MODULES,
        environment={"ASTRO_TELEMETRY_DISABLED": "1"},
        chosen=True,
        half=("other", "short", "comma"),
        by_hand={"auth": "a login in the middleware has to come after it"},
    ),
    Framework(
        "react-router",
        "react-router.tsx.in",
        "app/root.tsx",
        ("node", "node_modules/@react-router/dev/bin.js", "dev", "--port", "@PORT@", "--host", "127.0.0.1"),
        modules=MODULES,
        chosen=True,
        half=("other", "short", "comma"),
        by_hand={"auth": "a login in a middleware has to come after it"},
    ),
]
"""Those that the long tests try as well."""

BY_NAME = {framework.name: framework for framework in (*IN_CI, *IN_LONG)}
