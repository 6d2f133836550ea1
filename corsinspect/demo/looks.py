"""How the demo's APIs look on the wire: each as a framework that many people run, so that its recipe is shown.

Measured on Express 5.3.0, FastAPI 0.165.0 (uvicorn 0.54.0), and nginx 1.22.1 in front of Express.
"""

from email.utils import formatdate
from typing import Literal, NamedTuple

Look = Literal["express", "fastapi", "nginx", "nginx-express"]
Headers = tuple[tuple[str, str], ...]


class _Habits(NamedTuple):
    """What every answer of a framework has beside its own headers; {date} and {length} stand for this answer's."""

    first: Headers
    last: Headers
    lower: bool = False
    """Whether it writes the names of headers in lower case."""


_LENGTH = ("Content-Length", "{length}")
_DATE = ("Date", "{date}")
_KEPT = ("Connection", "keep-alive")
_NGINX = (("Server", "nginx/1.22.1"), _DATE)

_HABITS: dict[Look, _Habits] = {
    "express": _Habits((("X-Powered-By", "Express"),), (_LENGTH, _DATE, _KEPT, ("Keep-Alive", "timeout=5"))),
    "fastapi": _Habits((_DATE, ("Server", "uvicorn")), (_LENGTH,), lower=True),
    "nginx": _Habits(_NGINX, (_LENGTH, _KEPT)),
    "nginx-express": _Habits((*_NGINX, _KEPT, ("X-Powered-By", "Express")), (_LENGTH,)),
}


def dressed(look: Look, headers: Headers, body: bytes, *, empty: bool) -> Headers:
    """An answer's headers as this framework would send them; `empty`: its status allows no body."""
    habits = _HABITS[look]
    values = {"{date}": formatdate(usegmt=True), "{length}": str(len(body))}
    lines = [(name, values.get(value, value)) for name, value in (*habits.first, *headers, *habits.last)]
    lines = [line for line in lines if not (empty and line[0] == "Content-Length")]
    return tuple((name.lower() if habits.lower else name, value) for name, value in lines)
