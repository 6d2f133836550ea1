"""`export`: recorded traffic, judged, in a form for other programs."""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from corsinspect.commands.checking.recorded import Recorded
from corsinspect.errors import CorsinspectError
from corsinspect.model import Call
from corsinspect.terminal import complain

WRITTEN, UNREADABLE = 0, 2


class ExportError(CorsinspectError):
    """What was asked for can't be written."""


class Form(NamedTuple):
    """A form to export to."""

    module: str
    """Has `WRITERS`: by what a row can be, a function that writes calls to a file. Loaded when it's asked for."""
    extra: str
    """The extra of this package that it needs; "" none."""
    purpose: str


FORMS = {
    "parquet": Form("corsinspect.export.parquet", "parquet", "for DuckDB, Spark, pandas, …"),
    "har": Form("corsinspect.export.har", "", "for browsers' developer tools, the verdict as comment"),
    "markdown": Form("corsinspect.export.markdown", "", "for a bug report"),
    "html": Form("corsinspect.export.html_page", "", "one file for people, which opens anywhere"),
    "curl": Form("corsinspect.export.curl_script", "", "a shell script that repeats the calls"),
}
ROWS = ("calls", "exchanges")


def export(files: Sequence[Path], form: str, output: Path, rows: str, jobs: int | None) -> int:
    """Writes the calls of all files, or their exchanges, to one; returns the exit status. What couldn't be read is said
    on stderr. Raises ExportError where it can't be written."""
    write = _writer(form, rows)
    unreadable = False
    with Recorded(files, jobs, shown=True) as recorded:
        for part in recorded.parts():
            for text in part.complaints:
                complain(text)
                unreadable = True
        try:
            write(recorded.calls, output)
        except OSError as error:
            hint = "Name a file in a folder that you can write to."
            raise ExportError(f"{output}: can't be written ({error.strerror or error}).", hint) from error
    return UNREADABLE if unreadable else WRITTEN


def _writer(form: str, rows: str) -> Callable[[Iterable[Call], Path], None]:
    known = FORMS[form]
    try:
        writers = import_module(known.module).WRITERS
    except ModuleNotFoundError as error:
        hint = f"Install it: pip install 'corsinspect[{known.extra}]'."
        raise ExportError(f"--format {form} needs {error.name}, which isn't installed.", hint) from error
    if rows not in writers:
        raise ExportError(f"--format {form} has no rows.", "Leave --rows out.")
    return writers[rows]
