"""The calls that the page makes, and what it gets of them."""

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
    status: int = 200


PLAIN = [
    PageCall(id="get"),
    PageCall(id="get-with-cookie", include=True),
    PageCall(id="post", method="POST", headers=JSON, status=201),
    PageCall(
        id="put-with-all",
        path="/api/items/1",
        method="PUT",
        headers={**JSON, **LABELLED, "Authorization": LOGIN},
        include=True,
    ),
    PageCall(id="delete", path="/api/items/1", method="DELETE", headers=LABELLED),
]


def calls_for(variant: str) -> list[PageCall]:
    """The page's calls; where a login comes first, those without a cookie have it."""
    if variant == "errors":
        return [*PLAIN, PageCall(id="broken", path="/api/broken", status=500)]
    if variant != "auth":
        return PLAIN
    login = {"Authorization": LOGIN}
    return [
        call if call.include else msgspec.structs.replace(call, headers={**call.headers, **login}) for call in PLAIN
    ]


def calls_for_other(variant: str) -> list[PageCall]:
    """What another page calls, without a cookie, which is that of the first page."""
    return [
        msgspec.structs.replace(call, id=f"other-{call.id}", include=False)
        for call in calls_for(variant)
        if not call.include
    ]


SCRIPT = """
async ([api, calls]) => {
  const results = {};
  for (const call of calls) {
    try {
      const response = await fetch(`${api}${call.path}?call=${call.id}`, {
        method: call.method,
        headers: call.headers,
        credentials: call.include ? 'include' : 'same-origin',
        body: ['POST', 'PUT'].includes(call.method) ? '{"name": "bread"}' : undefined,
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
