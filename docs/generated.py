"""Pages of the site that aren't files in docs/pages: those made of the code's own tables, and documents from elsewhere.

They are made when the site is built, so they can't be out of date.
"""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import typer
from mkdocs.structure.files import File, Files

from corsinspect.advice.hypothetical import Known, brief, explain_reason
from corsinspect.advice.messages.lookup import codes, console_words
from corsinspect.advice.reasons import REASON_WORDS
from corsinspect.advice.topics import TOPICS
from corsinspect.cli import app
from corsinspect.fetch.engines import ENGINES, Engine, EngineName

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {
    **{path.name: path for path in (ROOT / "docs").glob("*.md")},
    "contributing.md": ROOT / "CONTRIBUTING.md",
}
"""Pages that are documents of the repository."""
SHOWN = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit (Safari)"}


def on_files(files: Files, config: Any) -> Files:
    """mkdocs asks which pages there are."""
    for name, path in DOCUMENTS.items():
        files.append(File.generated(config, name, content=path.read_text("utf-8")))
    files.append(File.generated(config, "pictures/dashboard.svg", abs_src_path=str(ROOT / "docs" / "dashboard.svg")))
    for name, page in (("commands.md", commands), ("reasons.md", reasons), ("engines.md", engines)):
        files.append(File.generated(config, name, content="\n".join(page())))
    return files


def commands() -> Iterator[str]:
    """What `--help` says of each command."""
    yield "# Commands\n\nWhat `corsinspect COMMAND --help` says of each.\n"
    for name, command, context in _commands(typer.main.get_command(app), "corsinspect"):
        if not getattr(command, "commands", None):
            yield f"## {name.removeprefix('corsinspect ')}\n\n```text\n{command.get_help(context)}\n```\n"


def _commands(command: Any, name: str, parent: Any = None) -> Iterator[tuple[str, Any, Any]]:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, max_content_width=100)
    yield context.command_path, command, context
    for inner, each in sorted(getattr(command, "commands", {}).items()):
        yield from _commands(each, inner, context)


def reasons() -> Iterator[str]:
    """Each reason with what happens, what the browser wants, a wrong and a right exchange, and the change."""
    yield "# Reasons\n\nEvery reason that a verdict can have: what `corsinspect explain REASON` says.\n"
    for slug in REASON_WORDS:
        topic = TOPICS.get(slug)
        example = topic.example if topic is not None else Known()
        said = explain_reason(slug, example)
        yield f"## {slug}\n\n*{_text(brief(slug, example))}*\n\n{_text(said.happened)} {_text(said.consequence)}\n"
        if topic is not None:
            yield f"**The browser wants:** {_text(topic.wanted)}\n"
            for label, lines in (("Wrong", topic.wrong), ("Right", topic.right)):
                if lines:
                    yield f"{label}:\n\n```http\n{chr(10).join(lines)}\n```\n"
        if said.change:
            yield f"**To change:** {_text(said.change)}\n"
        for browser, own in codes(slug).items():
            yield f"{browser}'s code: {', '.join(f'`{code}`' for code in own)}\n"
        for browser, words in console_words(slug).items():
            yield f"{browser}'s console: “… {_text(words)} …”\n"


def engines() -> Iterator[str]:
    """Where the engines differ, with the source of each value."""
    names: tuple[EngineName, ...] = get_args(EngineName)
    yield "# Where the engines differ\n\nEach row is a rule that isn't the same everywhere, with where it comes from.\n"
    yield f"| rule | {' | '.join(SHOWN[name] for name in names)} |\n|---|{'---|' * len(names)}"
    for field in dataclasses.fields(Engine):
        if field.name != "name":
            values = (_value(getattr(ENGINES[name], field.name)) for name in names)
            yield f"| {field.name.replace('_', ' ')} | {' | '.join(values)} |"
    yield "\n## What the rules mean\n"
    source = (ROOT / "corsinspect" / "fetch" / "engines.py").read_text("utf-8")
    for name, words in re.findall(r'^    (\w+): [^\n]+\n    """(.*?)"""', source, re.M | re.S):
        yield f"`{name.replace('_', ' ')}`\n:   {_text(' '.join(words.split()))}\n"


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "<br>".join(f"{number}. {each}" for number, each in enumerate(value, 1))
    if isinstance(value, frozenset):
        return ", ".join(f"`{each}`" for each in sorted(value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value is None else f"`{value}`"


def _text(text: str) -> str:
    """Words in which nothing is markup."""
    return re.sub(r"([\\`*_<>\[\]|{}])", r"\\\1", text)
