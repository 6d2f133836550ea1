"""What a probe sends equals, line for line, what Chromium and Firefox were recorded to send: order, case, values."""

import pytest

from corsinspect.probe.ask import Engine
from corsinspect.probe.browsers import lines
from corsinspect.probe.walk import walk
from tests.probe.recorded import ENGINES, as_sent_directly, is_preflight, recorded

FEWEST = 700
"""Preflights that are compared, an engine."""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_preflight_is_the_browsers_own(engine: Engine) -> None:
    compared = 0
    for row, wanted, exchanges in recorded(engine):
        if is_preflight(exchanges[0]):
            compared += 1
            leg = next(walk(wanted))
            assert lines(engine, leg) == as_sent_directly(exchanges[0].request_headers), row["case"]
    assert compared > FEWEST
