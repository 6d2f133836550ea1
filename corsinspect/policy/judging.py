"""Holds calls against a policy, one at a time: what is wrong with each, and whether that counts."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from corsinspect.model import Call
from corsinspect.policy.baseline import Problem, problem_of
from corsinspect.policy.config import Policy, Rule
from corsinspect.policy.levels import Severity, reaches
from corsinspect.policy.severity import severity_of

Standing = Literal["ok", "new", "expected", "known"]
"""`expected`: the policy says so; `known`: it's in the baseline."""


class Source(msgspec.Struct, frozen=True):
    """Where a call was recorded."""

    file: str
    line: int | None = None
    """Of a session: the line with the answer where the call stopped."""
    entry: str | None = None
    """Of other files: which entry that is."""


class Judged(msgspec.Struct, frozen=True):
    """A call, and what the policy says of it."""

    call: Call
    standing: Standing = "ok"
    severity: Severity | None = None
    """How grave it is what is wrong; None where nothing is."""
    fails: bool = False
    """Whether it makes the check fail."""
    why: str = ""
    """The policy's own word on it."""
    source: Source | None = None


class Unmet(msgspec.Struct, frozen=True):
    """A rule of the policy that no call was there for."""

    rule: Rule
    severity: Severity
    what: str
    """A sentence."""
    fails: bool = False


class Found(NamedTuple):
    """What came of judging some calls."""

    failed: bool
    problems: set[Problem]
    met: set[Rule]
    """Those that some of the calls were there for."""


class Judging:
    """Judges the calls of one check by a policy, and remembers what came of it."""

    def __init__(self, policy: Policy, baseline: frozenset[Problem] = frozenset()) -> None:
        self.policy = policy
        self.failed = False
        """Whether anything made the check fail so far."""
        self.problems: set[Problem] = set()
        """What a new baseline would hold."""
        self._baseline = baseline
        self._met: set[Rule] = set()

    def judge(self, call: Call, source: Source | None = None) -> Judged:
        """What the policy says of a call."""
        required = self._first(self.policy.must_allow, call)
        severity, why = severity_of(call), ""
        standing: Standing = "new"
        if required is not None and call.verdict.outcome not in ("allowed", "not-cors"):
            severity, why = "error", _said("must be allowed", required)
        elif severity is None:
            return Judged(call, source=source)
        elif (rule := self._first(self.policy.expect, call)) is not None:
            standing, why = "expected", _said("expected", rule)
        problem = problem_of(call)
        if standing == "new":
            if reaches(severity, self.policy.fail_on):
                self.problems.add(problem)
            if problem in self._baseline:
                standing, why = "known", "in the baseline"
        fails = standing == "new" and reaches(severity, self.policy.fail_on)
        self.failed |= fails
        return Judged(call, standing, severity, fails, why, source)

    def unmet(self) -> Iterator[Unmet]:
        """At the end: the rules that nothing was there for. A call that must be allowed and was never made is an
        error, as nothing shows that it would be."""
        for rule in self.policy.must_allow:
            if rule not in self._met:
                fails = reaches("error", self.policy.fail_on)
                self.failed |= fails
                yield Unmet(rule, "error", f"must-allow: no such call was recorded: {rule.calls}.", fails)
        for rule in self.policy.expect:
            if rule not in self._met:
                yield Unmet(rule, "note", f"expect: no such failure was recorded: {rule.calls}.")

    def gone(self) -> int:
        """How many problems of the baseline no longer occur."""
        return len(self._baseline - self.problems)

    def take_found(self) -> Found:
        """What came of the calls since the last time, for another Judging to `add`."""
        found = Found(self.failed, self.problems, self._met)
        self.failed, self.problems, self._met = False, set(), set()
        return found

    def add(self, found: Found) -> None:
        """Takes over what came of calls that another Judging judged by the same policy."""
        self.failed |= found.failed
        self.problems |= found.problems
        self._met |= found.met

    def _first(self, rules: tuple[Rule, ...], call: Call) -> Rule | None:
        """The first rule that the call is one of; all that it is one of are met."""
        if not rules:
            return None
        matching = [rule for rule in rules if rule.calls.matches(call)]
        self._met.update(matching)
        return matching[0] if matching else None


def _said(what: str, rule: Rule) -> str:
    return f"{what}: {rule.why}" if rule.why else what
