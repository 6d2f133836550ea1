"""What can be recognised, and the layer that it works in."""

from typing import Literal, NamedTuple

Confidence = Literal["certain", "likely", "guess"]
"""certain: it names itself. likely: a habit that only it has. guess: a habit that others have too."""

Layer = Literal["app", "server", "proxy"]
"""app: the framework that the API is written in. server: what runs it or serves files. proxy: what is in front of it (a
reverse proxy, gateway or CDN; some of them serve their own files too)."""

CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "guess")
_LAYERS: dict[Layer, str] = {
    "app": """express nestjs nextjs fastify koa hono flask fastapi django aiohttp tornado spring aspnet rails sinatra
        laravel go go-gin supabase firebase aws-lambda h3 nuxt trpc connect apollo socket.io
        sveltekit""",
    "server": """node gunicorn php iis aws-s3 python-http vite minio host-check rails-hosts mcp-origin mcp-host
        wordpress-no-route""",
    "proxy": """nginx apache caddy envoy cloudflare aws-cloudfront aws-api-gateway aws-elb vercel heroku fastly
        google-frontend kong netlify google-invoker azure-gateway envoy-audience envoy-keys no-available-server""",
}
LAYER_OF: dict[str, Layer] = {name: layer for layer, names in _LAYERS.items() for name in names.split()}

BUILT_ON = {
    "nestjs": "express",
    "nextjs": "node",
    "fastify": "node",
    "express": "node",
    "koa": "node",
    "hono": "node",
    "h3": "node",
    "nuxt": "node",
    "trpc": "node",
    "connect": "node",
    "apollo": "node",
    "socket.io": "node",
    "sveltekit": "node",
    "minio": "aws-s3",
    "laravel": "php",
}
"""What a framework is built on and also looks like: the framework is what must be configured."""


class Match(NamedTuple):
    """Something recognised."""

    name: str
    confidence: Confidence
    layer: Layer
