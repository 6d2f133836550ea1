"""What browsers say is written without ever failing the capture."""

import asyncio
from pathlib import Path

import pytest

from corsinspect.said import Said
from corsinspect.session.redaction.redact import KeptValues, Redactor
from corsinspect.session.said_recorder import FLUSH_AFTER, SaidRecorder
from corsinspect.session.sidecar import load_saids, sidecar_of

URL = "http://a.test/?access_token=planted-7b3e9a1d5f"


def said(id: str = "b1", **fields) -> Said:
    return Said(**{"id": id, "engine": "chromium", "called": 1.0, "url": URL, "method": "GET"} | fields)


class Owner:
    """Who has a recorder."""

    def __init__(self, session: Path, redactor: Redactor, *, redacted: bool = True) -> None:
        self.flushed = 0
        self.troubles: list[str] = []
        self.recorder = SaidRecorder(
            session,
            redactor,
            redacted=redacted,
            flushed=self._flushed,
            trouble=lambda where, _: self.troubles.append(where),
        )

    def _flushed(self) -> None:
        self.flushed += 1


async def test_states_are_gathered_redacted_and_announced(tmp_path: Path) -> None:
    session, redactor = tmp_path / "s.jsonl", Redactor()
    owner = Owner(session, redactor)
    assert not sidecar_of(session).exists()
    owner.recorder.put(said())
    owner.recorder.put(said(status=200))
    await asyncio.sleep(4 * FLUSH_AFTER)

    assert owner.flushed == 1
    assert load_saids(session) == [said(url=redactor.url(URL), status=200)]
    assert len(sidecar_of(session).read_text().splitlines()) == 2
    owner.recorder.close()


async def test_closing_writes_the_rest(tmp_path: Path) -> None:
    owner = Owner(tmp_path / "s.jsonl", Redactor())
    owner.recorder.put(said())
    owner.recorder.close()
    owner.recorder.put(said("late"))

    assert [one.id for one in load_saids(tmp_path / "s.jsonl")] == ["b1"]


async def test_kept_values_are_kept_and_the_header_says_so(tmp_path: Path) -> None:
    owner = Owner(tmp_path / "s.jsonl", KeptValues(), redacted=False)
    owner.recorder.put(said())
    owner.recorder.close()

    text = sidecar_of(tmp_path / "s.jsonl").read_text()
    assert URL in text and "NOT REDACTED" in text


async def test_a_sidecar_that_cannot_be_written_is_a_trouble_told_once(tmp_path: Path) -> None:
    session = tmp_path / "s.jsonl"
    sidecar_of(session).mkdir()
    owner = Owner(session, Redactor())
    owner.recorder.put(said())
    owner.recorder.put(said("b2"))
    owner.recorder.close()

    assert owner.troubles == ["sidecar"]


async def test_a_fault_of_ours_costs_one_leg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    redactor = Redactor()
    owner = Owner(tmp_path / "s.jsonl", redactor)
    url = redactor.url

    def broken(text: str) -> str:
        if text == "http://odd.test/":
            raise KeyError(text)
        return url(text)

    monkeypatch.setattr(redactor, "url", broken)
    owner.recorder.put(said("odd", url="http://odd.test/"))
    owner.recorder.put(said())
    owner.recorder.close()

    assert owner.troubles == ["said"]
    assert [one.id for one in load_saids(tmp_path / "s.jsonl")] == ["b1"]
