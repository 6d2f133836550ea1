"""Four times the input takes about four times as many steps, whatever grows in it."""

import pytest

from tests.proof.growth import FACTOR, MOST, growth
from tests.proof.shapes import SHAPES, Shape


def test_there_are_enough_shapes() -> None:
    assert len(SHAPES) >= 70


# a Book keeps calls in a file, which is closed with it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", SHAPES)
def test_steps_grow_as_the_input_does(name: str) -> None:
    assert growth(SHAPES[name]) <= MOST


def test_what_looks_at_all_before_it_each_time_would_be_seen() -> None:
    def pairs(size: int) -> int:
        return sum(1 for number in range(size) for _ in range(number))

    assert growth(Shape(20, lambda size: lambda: pairs(size))) > FACTOR**2 * 0.9
