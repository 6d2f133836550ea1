"""The lessons with real browsers: each question has one right answer, and the browser's own call shows it."""

from pathlib import Path

import pytest

from tests.lessons.learning import RIGHT, learn, titles, typed


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_the_lessons_are_right_about(browser: str, tmp_path: Path) -> None:
    done = learn(typed(RIGHT), tmp_path, "--browser", browser)
    assert done.returncode == 0, done.stderr
    assert titles(done.stdout) == ["1", "2", "3", "4", "5", "6"]
    assert done.stdout.count("Right.") == 6
