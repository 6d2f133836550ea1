"""Takes calls in, gives findings out, a server at a time."""

from collections.abc import Iterable, Iterator

import msgspec

from corsinspect.model import Call, Stage

from .answers import Kind, Server, answers
from .rules import RULES, Context, Severity


class LintFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One flaw of one server's policy."""

    slug: str
    severity: Severity
    api: str
    """The server's origin."""
    call: str
    """The id of the call that shows it first."""
    exchange: str
    url: str
    method: str | None
    stage: Stage
    header: str
    found: str | None
    """What the header said; None: it was missing, or its name says it all."""
    page: str | None
    count: int
    """How many answers show it."""
    values: dict[str, str] = {}
    """What its words name besides, as captured."""


class Audience(msgspec.Struct, frozen=True):
    """Whom a server that answers with `*` is for, as far as its answers show."""

    api: str
    signs: tuple[str, ...]
    """Some of `answers.SIGNS`; none: nothing shows that it has answers for one person only."""

    @property
    def is_public(self) -> bool:
        return not self.signs


class Linter:
    """`made_up`: origins of a probe that nobody can have meant to allow."""

    def __init__(self, made_up: Iterable[str] = ()) -> None:
        self._made_up = frozenset(made_up)
        self._servers: dict[str, Server] = {}

    def add(self, call: Call) -> None:
        """Takes a call in."""
        for api, kind, example in answers(call):
            if (server := self._servers.get(api)) is None:
                server = self._servers[api] = Server(api)
            server.add(kind, example)
            if kind.stage == "preflight":
                server.account(call)

    def taking(self, calls: Iterable[Call]) -> Iterator[Call]:
        """Passes calls on, and takes each in."""
        for call in calls:
            self.add(call)
            yield call

    def findings(self) -> list[LintFinding]:
        """All flaws, the gravest first; each once a server."""
        return self._findings(None)

    def shown_by(self, call: Call) -> list[LintFinding]:
        """Those of the flaws that this call's own answers show."""
        return self._findings({(api, kind) for api, kind, _ in answers(call)})

    def _findings(self, shown: set[tuple[str, Kind]] | None) -> list[LintFinding]:
        found: list[LintFinding] = []
        for rule in RULES:
            for server in self._servers.values():
                hits = list(rule.find(Context(server, self._made_up)))
                if not hits or (shown is not None and not any((server.api, hit.kind) in shown for hit in hits)):
                    continue
                kind, header, value, values = hits[0]
                example = server.kinds[kind]
                found.append(
                    LintFinding(
                        slug=rule.slug,
                        severity=rule.severity,
                        api=server.api,
                        call=example.call,
                        exchange=example.exchange,
                        url=example.url,
                        method=example.method,
                        stage=kind.stage,
                        header=header,
                        found=value,
                        page=kind.page,
                        count=sum(server.numbers[kind] for kind in dict.fromkeys(hit.kind for hit in hits)),
                        values=values,
                    )
                )
        return found

    def audiences(self) -> list[Audience]:
        """Of each server that answers with `*`, whom it's for."""
        return [
            Audience(server.api, server.signs)
            for server in self._servers.values()
            if any(kind.fields.allow_origin == "*" for kind in server.kinds)
        ]
