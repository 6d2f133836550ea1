"""The calls that the page makes, to each kind of API, and what it gets of them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tests.fixes.frameworks import LOGIN

JSON = {"Content-Type": "application/json"}
LABELLED = {"X-Request-Id": "7"}


class PageCall(msgspec.Struct, frozen=True, kw_only=True):
    """One fetch() of the page; `status`: what it has to be able to read once the server is fixed."""

    id: str
    path: str = "/api/items"
    method: str = "GET"
    headers: dict[str, str] = {}
    include: bool = False
    body: str = ""
    status: int = 200


BREAD = '{"name": "bread"}'
REST = [
    PageCall(id="get"),
    PageCall(id="get-with-cookie", include=True),
    PageCall(id="post", method="POST", headers=JSON, body=BREAD, status=201),
    PageCall(
        id="put-with-all",
        path="/api/items/1",
        method="PUT",
        headers={**JSON, **LABELLED, "Authorization": LOGIN},
        include=True,
        body=BREAD,
    ),
    PageCall(id="delete", path="/api/items/1", method="DELETE", headers=LABELLED),
]


def _posts(path: str, body: str, get: str = "", headers: Mapping[str, str] = JSON) -> list[PageCall]:
    """Calls to an API that knows no method but POST, and GET where there is a path for it."""
    post = PageCall(id="post", path=path, method="POST", headers=dict(headers), body=body)
    all_of_them = {**headers, **LABELLED, "Authorization": LOGIN}
    return [
        *([PageCall(id="get", path=get), PageCall(id="get-with-cookie", path=get, include=True)] if get else []),
        post,
        msgspec.structs.replace(post, id="post-with-cookie", include=True),
        msgspec.structs.replace(post, id="post-with-all", headers=all_of_them, include=True),
    ]


_HANDSHAKE = PageCall(id="get", path="/socket.io/?EIO=4&transport=polling")
_LONG_POLLING = [
    _HANDSHAKE,
    msgspec.structs.replace(_HANDSHAKE, id="get-with-cookie", include=True),
    msgspec.structs.replace(_HANDSHAKE, id="get-labelled", headers=LABELLED),
    msgspec.structs.replace(_HANDSHAKE, id="get-with-all", headers={**LABELLED, "Authorization": LOGIN}, include=True),
]
_GRAPHQL = '{"query": "{ items }"}'

KINDS: dict[str, tuple[list[PageCall], PageCall]] = {
    "rest": (REST, PageCall(id="broken", path="/api/broken", status=500)),
    "graphql": (
        _posts("/graphql", _GRAPHQL, "/graphql?query=%7Bitems%7D"),
        PageCall(id="broken", path="/graphql?broken", method="POST", headers=JSON, body=_GRAPHQL, status=500),
    ),
    "trpc": (_posts("/trpc/add", "{}", "/trpc/items"), PageCall(id="broken", path="/trpc/broken", status=500)),
    "connect": (
        _posts(
            "/shop.Items/List",
            "{}",
            "/shop.Items/List?connect=v1&encoding=json&message=%7B%7D",
            {**JSON, "Connect-Protocol-Version": "1"},
        ),
        PageCall(id="broken", path="/shop.Items/Broken", method="POST", headers=JSON, body="{}", status=500),
    ),
    "socket.io": (_LONG_POLLING, PageCall(id="broken", path="/socket.io/?EIO=4&transport=none", status=400)),
}
"""The calls to each kind of API, and one that fails."""


def calls_for(variant: str, kind: str = "rest") -> list[PageCall]:
    """The page's calls; where a login comes first, those without a cookie have it."""
    plain, broken = KINDS[kind]
    if variant == "errors":
        return [*plain, broken]
    if variant != "auth":
        return plain
    login = {"Authorization": LOGIN}
    return [
        call if call.include else msgspec.structs.replace(call, headers={**call.headers, **login}) for call in plain
    ]


def calls_for_other(variant: str, kind: str = "rest") -> list[PageCall]:
    """What another page calls, without a cookie, which is that of the first page."""
    return [
        msgspec.structs.replace(call, id=f"other-{call.id}", include=False)
        for call in calls_for(variant, kind)
        if not call.include
    ]


SCRIPT = """
async ([api, calls]) => {
  const results = {};
  for (const call of calls) {
    try {
      const response = await fetch(`${api}${call.path}${call.path.includes('?') ? '&' : '?'}call=${call.id}`, {
        method: call.method,
        headers: call.headers,
        credentials: call.include ? 'include' : 'same-origin',
        body: call.body || undefined,
      });
      await response.text();
      results[call.id] = response.status;
    } catch {
      results[call.id] = null;
    }
  }
  return results;
}
"""
"""Makes the calls one after the other; the status that the page could read of each, null where it could not."""


def arguments(api: str, calls: list[PageCall]) -> list[Any]:
    """What SCRIPT takes."""
    return [api, msgspec.to_builtins(calls)]
