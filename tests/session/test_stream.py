"""What browsers said comes in pieces from disk, and is what would have been read at once."""

import random
from itertools import chain
from pathlib import Path

import msgspec
import pytest

from corsinspect.analysis.word.speech import AT_ONCE, told_at
from corsinspect.model import Exchange
from corsinspect.said import Place, Said
from corsinspect.session import lines as lines_of
from corsinspect.session import load
from corsinspect.session.packed.spool import Spool
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.sidecar import SidecarWriter, load_saids, sidecar_of
from corsinspect.session.stream import said_in_pieces, stream
from tests.session.test_sidecar import SECRET, said


@pytest.fixture(autouse=True)
def hardly_any_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each file were a large one."""
    monkeypatch.setattr("corsinspect.session.sidecar._PIECE", 5_000)
    monkeypatch.setattr("corsinspect.session.packed.spool._PIECE", 3_000)


def pieces(session: Path, redactor: Redactor | None = None) -> list[list[Said]]:
    read = said_in_pieces(session, Spool(session.with_name("spool"), Said), redactor or Redactor())
    return [list(piece) for piece in iter(read, [])]


@pytest.mark.parametrize("seed", range(60))
def test_exchanges_come_in_the_order_that_load_gives_whatever_the_clock_does(seed: int, tmp_path: Path) -> None:
    draw, session, now = random.Random(seed), tmp_path / "s.jsonl", 1_000.0
    lines = [lines_of.encode_header(lines_of.Header(corsinspect=lines_of.FORMAT_VERSION))]
    for number in range(40):
        now += draw.choice([0.0, 0.1, 0.4] if seed % 2 else [0.0, 0.3, 2.0, -0.5, -1.5, -60.0])
        answered, ended = (draw.choice([None, now + draw.uniform(-1.1, 3.0)]) for _ in range(2))
        sent = Exchange(
            id=f"{draw.random()}",
            url="http://a.test/",
            started=now,
            method="OPTIONS",
            status=200 if number % 2 else None,
        )
        lines.append(lines_of.encode(msgspec.structs.replace(sent, answered=answered, ended=ended), None))
    session.write_bytes(b"".join(lines))

    with stream(session) as streamed:
        assert [each.id for each in streamed.exchanges] == [each.id for each in load(session).exchanges]


def test_all_that_was_said_comes_in_pieces_in_the_order_in_which_it_was_told(tmp_path: Path) -> None:
    draw = random.Random(1)
    session, states = tmp_path / "s.jsonl", []
    for number in range(1_000):
        begun = said(f"1:{number % 400}", hop=number // 400, called=float(draw.randrange(50)))
        states += [begun, msgspec.structs.replace(begun, ended=begun.called + draw.randrange(50), status=number)]
    draw.shuffle(states)
    writer = SidecarWriter(session)
    for state in states:
        writer.put(state)
        if draw.random() < 0.1:
            writer.flush()
    writer.close()
    with sidecar_of(session).open("ab") as file:
        file.write(b'\xff\n{"id":\n\n{"id":"torn')

    found = pieces(session)

    assert list(chain(*found)) == sorted(load_saids(session), key=told_at)
    assert len(list(chain(*found))) == 1_000 and max(map(len, found)) <= AT_ONCE


def test_it_is_redacted_with_the_session_s_own_tokens(tmp_path: Path) -> None:
    session, redactor = tmp_path / "s.jsonl", Redactor()
    writer = SidecarWriter(session, redacted=False)
    writer.put(said(url=f"http://a.test/?api_key={SECRET}", request_headers=(("Cookie", f"sid={SECRET}"),)))
    writer.close()

    assert pieces(session, redactor) == [load_saids(session, redactor)]
    assert SECRET.encode() not in (tmp_path / "spool").read_bytes()
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0


def test_without_a_sidecar_nothing_was_said(tmp_path: Path) -> None:
    assert pieces(tmp_path / "s.jsonl") == []


@pytest.mark.parametrize("odd", [{"hop": 10**30}, {"status": -(10**30)}, {"caller": Place(url="x", line=10**30)}])
def test_a_number_that_cannot_be_written_again_costs_its_line_only(odd: dict, tmp_path: Path) -> None:
    lines = [msgspec.json.encode(each) + b"\n" for each in (said("1:odd", **odd), said("1:plain"))]
    sidecar_of(tmp_path / "s.jsonl").write_bytes(b"".join(lines))

    assert pieces(tmp_path / "s.jsonl") == [[said("1:plain")]] == [load_saids(tmp_path / "s.jsonl")]
