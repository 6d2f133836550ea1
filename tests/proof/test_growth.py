"""Four times the input takes about four times as long, whatever grows in it."""

import pytest

from tests.proof.growth import MOST, ratio
from tests.proof.shapes import SHAPES


def test_there_are_enough_shapes() -> None:
    assert len(SHAPES) >= 70


# a Book keeps calls in a file, which is closed with it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", SHAPES)
def test_time_grows_as_the_input_does(name: str) -> None:
    assert ratio(SHAPES[name]) < MOST
