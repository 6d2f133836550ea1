"""The demo's table is whole: every trouble that the demo promises is there, with a fixed twin."""

from corsinspect.demo.cases import CASES, pairs

PROMISED = {
    "missing-header",
    "trailing-slash",
    "wildcard-credentials",
    "options-404",
    "options-405",
    "options-401",
    "method-not-listed",
    "header-not-listed",
    "http-https",
    "localhost-127",
    "preflight-redirect",
    "error-500",
    "server-down",
    "no-cors",
    "two-values",
    "two-lines",
}


def test_every_promised_trouble_is_shown() -> None:
    assert {broken.id for broken, _ in pairs()} >= PROMISED


def test_ids_are_unique() -> None:
    assert len({case.id for case in CASES}) == len(CASES)


def test_every_broken_call_has_a_twin_that_is_allowed() -> None:
    assert len(list(pairs())) * 2 == len(CASES)
    for broken, fixed in pairs():
        assert broken.expected.outcome != "allowed", broken.id
        assert fixed.expected.outcome == "allowed", fixed.id


def test_fixing_is_the_servers_work_not_the_pages() -> None:
    changed = [broken.id for broken, fixed in pairs() if broken.fetch != fixed.fetch]
    assert changed == ["no-cors"]
