"""Every engine has a name for people."""

from corsinspect.advice.browsers import BROWSER_NAMES, ENGINE_NAMES
from corsinspect.fetch.engines import ENGINES


def test_every_engine_has_a_name_for_people() -> None:
    assert ENGINE_NAMES.keys() == BROWSER_NAMES.keys() == ENGINES.keys()
