"""Feeds one parser with what libFuzzer makes up, which sees what each input makes the parser do.

    python -m tests.long.fuzz NAME -runs=100000

Needs atheris (`pip install -e '.[long]'`). Names are those of `tests.proof.parsers`; libFuzzer's options follow.
"""

import sys
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import atheris  # pyright: ignore - one of the extra `long`

with atheris.instrument_imports(include=["corsinspect"]):  # pyright: ignore - it has no types
    from corsinspect.session.errors import SessionError
    from tests.proof.mutated import FORMATS, mutated
    from tests.proof.parsers import BYTES, PIECES, TEXT


def main() -> None:
    name, *options = sys.argv[1:]

    def one(content: bytes) -> None:
        if name in TEXT:
            TEXT[name](content.decode("utf-8", "surrogateescape"))  # bytes that are none become lone surrogates
            return
        try:
            BYTES[name](content)
        except SessionError:
            assert name in ("har", "mitm", "file")

    with TemporaryDirectory() as folder, NamedTemporaryFile("w") as words:
        words.writelines(f'"{_escaped(piece)}"\n' for piece in PIECES)
        words.flush()
        for format in FORMATS if name in BYTES else ():
            path = mutated(Path(folder), format, 0)
            path.write_bytes(path.read_bytes()[:4_000])
        atheris.Setup([sys.argv[0], f"-dict={words.name}", *options, folder], one)
        atheris.Fuzz()  # ends the process


def _escaped(piece: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in piece.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
