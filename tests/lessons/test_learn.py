"""The lessons: what they ask is answered by the call that's made, and the next time goes on where one stopped."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corsinspect.lessons.course import LESSONS
from tests.lessons.learning import RIGHT, learn, titles, typed

SCRIPTED = ("--browser", "none")


def test_all_lessons_answered_rightly(tmp_path: Path) -> None:
    done = learn(typed(RIGHT), tmp_path, *SCRIPTED)
    assert done.returncode == 0, done.stderr
    assert titles(done.stdout) == ["1", "2", "3", "4", "5", "6"]
    assert done.stdout.count("Right.") == len(LESSONS) and "No:" not in done.stdout
    assert "simulated browser" in done.stdout and "That was all." in done.stdout


def test_a_wrong_answer_is_told_the_right_one_by_the_call(tmp_path: Path) -> None:
    done = learn(typed("aaaaac"), tmp_path, *SCRIPTED)
    for lesson, letter in zip(LESSONS, RIGHT, strict=True):
        assert f"No: {lesson.choices['abc'.index(letter)].text}" in " ".join(done.stdout.split())
    assert "Right." not in done.stdout


def test_whoever_leaves_goes_on_there_the_next_time(tmp_path: Path) -> None:
    left = learn(typed("bc") + "\nq\n", tmp_path, *SCRIPTED)
    assert left.returncode == 0 and titles(left.stdout) == ["1", "2", "3"]
    assert "corsinspect learn" in left.stdout
    assert titles(learn("", tmp_path, *SCRIPTED).stdout) == ["3"]
    assert titles(learn("", tmp_path, "5", *SCRIPTED).stdout) == ["5"]
    finished = learn(typed(RIGHT[5]), tmp_path, "6", *SCRIPTED)
    assert titles(finished.stdout) == ["6"]
    assert titles(learn("", tmp_path, *SCRIPTED).stdout) == ["1"]


@pytest.mark.parametrize("kept", ["", "many", "-3", "99", "\u0663"])
def test_progress_that_cant_be_read_begins_at_the_first(kept: str, tmp_path: Path) -> None:
    (tmp_path / "corsinspect").mkdir()
    (tmp_path / "corsinspect" / "lessons").write_text(kept, "utf-8")
    done = learn("", tmp_path, *SCRIPTED)
    assert done.returncode == 0 and titles(done.stdout) == ["1"], done.stderr


def test_what_is_none_of_the_letters_is_asked_again(tmp_path: Path) -> None:
    done = learn("\nd\nabc\nB\nq\n", tmp_path, *SCRIPTED)
    assert done.stdout.count("a, b or c?") == 4 and done.stdout.count("Right.") == 1


def test_there_is_no_seventh_lesson(tmp_path: Path) -> None:
    done = learn("", tmp_path, "7", *SCRIPTED)
    assert done.returncode == 64 and "7 is not in the range 1<=x<=6" in done.stderr


def test_an_interrupt_ends_it_at_once(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "corsinspect", "learn", *SCRIPTED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"XDG_STATE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert process.stdin is not None and process.stdout is not None
    shown = ""
    while "a, b or c?" not in shown:
        shown += process.stdout.read(1)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 128 + signal.SIGINT
    process.stdin.close()
    process.stdout.close()
