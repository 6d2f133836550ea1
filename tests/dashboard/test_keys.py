"""The key table, and that bindings, help screen, key line and palette say what it says."""

import inspect
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest
from textual.actions import parse
from textual.widget import Widget

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.detail.pane import Body, Text
from corsinspect.dashboard.detail.tabs import DRAWN
from corsinspect.dashboard.filter.filter_line import FilterInput
from corsinspect.dashboard.keys import KEYS, Focus, Key, bindings, help_lines
from corsinspect.dashboard.list.call_list import CallList
from corsinspect.dashboard.state.tab_names import TABS
from corsinspect.dashboard.timeline.timeline import TimeLine
from corsinspect.dashboard.timeline.timeline_events import COMES
from corsinspect.model import Exchange
from tests.dashboard.conftest import capturing, replaying

HOLDERS: dict[Focus, type[Dashboard] | type[Widget]] = {
    "app": Dashboard,
    "list": CallList,
    "tabs": Body,
    "details": Text,
    "filter": FilterInput,
    "time line": TimeLine,
}
BY_ACTION = {f"{row.focus}: {row.key} {row.action}": row for row in KEYS}


@pytest.mark.parametrize("focus", HOLDERS)
def test_the_bindings_are_those_of_the_table(focus: Focus) -> None:
    held = HOLDERS[focus].BINDINGS
    assert held == bindings(focus)
    assert {row.focus for row in KEYS} == HOLDERS.keys()


@pytest.mark.parametrize("row", KEYS, ids=BY_ACTION)
def test_every_action_is_a_method_that_takes_its_parameters_and_says_what_it_does(row: Key) -> None:
    namespace, name, parameters = parse(row.action)
    holder = Dashboard if namespace == "app" else HOLDERS[row.focus]
    method = getattr(holder, f"action_{name}")
    inspect.signature(method).bind(None, *parameters)
    assert inspect.getdoc(method) or not method.__module__.startswith("corsinspect.")


def test_every_key_has_a_line_on_the_help_screen() -> None:
    lines = {(section, words): keys for section, found in help_lines() for keys, words in found}
    for row in KEYS:
        written = lines[row.section, row.help]
        explicit = any(other.written for other in KEYS if (other.section, other.help) == (row.section, row.help))
        assert row.help and written
        assert explicit or row.written == "" or (row.display or row.key) in written
    assert all(len(keys) <= 9 for keys in lines.values()), "keys have a column of nine cells"


def test_rows_of_one_help_line_and_of_one_section_stand_together() -> None:
    sections = [section for section, _ in help_lines()]
    words = [(section, line) for section, found in help_lines() for _, line in found]
    assert len(sections) == len(set(sections)) and len(words) == len(set(words))


def test_the_same_action_has_the_same_condition_wherever_its_key_is() -> None:
    conditions: defaultdict[tuple[str, tuple[object, ...]], set[object]] = defaultdict(set)
    for row in KEYS:
        namespace, name, parameters = parse(row.action)
        if namespace == "app" or row.focus == "app":
            conditions[name, parameters].add(row.when)
    assert all(len(found) == 1 for found in conditions.values())


async def _alone(app: Dashboard) -> None:
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for row in KEYS:
        if row.focus == "app" and row.when(app):
            by_key[row.key].append(row.action)
    assert all(len(actions) == 1 for actions in by_key.values()), by_key


async def test_of_two_rows_with_the_same_key_only_one_is_possible(recorded: Path, tmp_path: Path) -> None:
    async with replaying(recorded) as screen:
        await _alone(screen.app)
        await screen.press("L")
        await screen.until(lambda: screen.app.time_line_opened)
        await _alone(screen.app)
    async with capturing(tmp_path) as screen:
        await _alone(screen.app)
        await screen.press("P")
        await _alone(screen.app)


async def test_the_help_screen_shows_every_line(recorded: Path) -> None:
    async with replaying(recorded, size=(120, 90)) as screen:
        await screen.press("f1")
        await screen.sees("Signs")
        for section, found in help_lines():
            assert section in screen.text
            for keys, words in found:
                assert any(keys in line and words[:40] in line for line in screen.lines), (keys, words)


async def test_the_key_line_has_what_the_table_puts_there_in_its_order(recorded: Path) -> None:
    async with replaying(recorded, size=(200, 40)) as screen:
        await screen.sees("q Quit")
        wanted = [
            row.label
            for focus in ("list", "tabs", "app")
            for row in sorted(KEYS, key=lambda row: row.line)
            if row.focus == focus and row.line and row.when(screen.app)
        ]
        places = [screen.lines[-1].index(f" {label} ") for label in wanted[:-1]]
        assert places == sorted(places) and len(places) > 8


async def test_the_palette_offers_what_the_table_does_now(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        offered = {command.title.rpartition(" (")[0] for command in screen.app.get_system_commands(screen.app.screen)}
        for row in KEYS:
            if row.focus in ("app", "list", "tabs") and row.action not in ("command_palette", "quit"):
                assert (row.label in offered) == row.when(screen.app), row


def test_every_tab_is_drawn() -> None:
    assert [tab.name for tab in TABS] == list(DRAWN)


def test_every_field_of_an_exchange_has_its_stage() -> None:
    assert COMES.keys() == {field.name for field in msgspec.structs.fields(Exchange)}
