"""Packed recordings: read as what is in them, never more than is sane."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
import zstandard

from corsinspect.session import SessionError, load
from corsinspect.session.formats import unpack
from tests.session.build import exchange
from tests.session.test_har import entry, har

TWO = har(entry("https://api.test/a"), entry("https://api.test/b"))


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


def urls(path: Path, data: bytes) -> list[str]:
    path.write_bytes(data)
    loaded = load(path)
    assert loaded.problems == []
    return sorted(each.url for each in loaded.exchanges)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(gzip.compress(TWO), id="gzip"),
        pytest.param(gzip.compress(TWO[:100]) + gzip.compress(TWO[100:]), id="gzip in two members"),
        pytest.param(zstandard.compress(TWO), id="zstd"),
        pytest.param(zstandard.compress(TWO[:100]) + zstandard.compress(TWO[100:]), id="zstd in two frames"),
        pytest.param(zipped(har__har=TWO, abc__json=b"{}", def__png=b"x"), id="Playwright's zip"),
        pytest.param(zipped(recording=TWO), id="zip of one file"),
        pytest.param(zipped(x__har__gz=gzip.compress(TWO)), id="gzip in a zip"),
        pytest.param(TWO.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xfe\xff" + TWO.decode().encode("utf-16-be"), id="UTF-16, the other way round"),
        pytest.param(gzip.compress(b"\xef\xbb\xbf" + TWO), id="a mark of UTF-8 in gzip"),
    ],
)
def test_a_packed_file_is_read_as_what_is_in_it(tmp_path: Path, data: bytes) -> None:
    assert urls(tmp_path / "x", data) == ["https://api.test/a", "https://api.test/b"]


def test_any_format_may_be_packed(tmp_path: Path) -> None:
    line = json.dumps({"id": "1", "url": "http://a.test/", "started": 1.0, "method": "GET"}).encode() + b"\n"
    assert urls(tmp_path / "s.jsonl.gz", gzip.compress(line)) == ["http://a.test/"]
    assert exchange().id  # the builder's own exchanges are made of the same fields


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_a_packed_file_that_is_cut_off_gives_what_came_before(tmp_path: Path, pack) -> None:
    many = har(*(entry(f"https://api.test/{number:032x}{number}") for number in range(2000)))
    packed = pack(many)
    (tmp_path / "x.har.gz").write_bytes(packed[: len(packed) * 2 // 3])
    loaded = load(tmp_path / "x.har.gz")
    assert len(loaded.exchanges) > 500
    assert "damaged or cut off" in loaded.problems[0].text and "is lost" in loaded.problems[0].text


def test_a_bomb_is_refused_before_it_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = []
    monkeypatch.setattr(unpack, "FREE", 1 << 20)
    real = unpack._gunzipped

    def watched(*arguments):
        for piece in real(*arguments):
            held.append(len(piece))
            yield piece

    monkeypatch.setattr(unpack, "_gunzipped", watched)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(1 << 26)))
    with pytest.raises(SessionError, match=r"unpacks to more than \d+ MB from [\d,]+ bytes"):
        load(tmp_path / "bomb.gz")
    assert sum(held) <= (1 << 26) // 4 + (1 << 20)


@pytest.mark.parametrize("pack", [zstandard.compress, lambda data: zipped(x__har=data)], ids=["zstd", "zip"])
def test_a_bomb_of_another_kind_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack) -> None:
    monkeypatch.setattr(unpack, "FREE", 1 << 20)
    (tmp_path / "bomb").write_bytes(pack(bytes(1 << 26)))
    with pytest.raises(SessionError, match="unpacks to more than"):
        load(tmp_path / "bomb")


def test_a_zip_without_a_recording_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped(a__txt=b"x", b__txt=b"y"))
    with pytest.raises(SessionError, match="a zip of 2 files, none of them a HAR"):
        load(tmp_path / "x.zip")


def test_a_zip_of_several_recordings_says_which_was_read(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped(a__har=TWO, b__har=TWO, c__har=TWO))
    loaded = load(tmp_path / "x.zip")
    assert len(loaded.exchanges) == 2
    assert "only a.har was read; 2 more HARs are in it: b.har, c.har" in loaded.problems[0].text


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x05\x06"])
def test_a_packed_file_that_is_damaged_is_a_clear_error(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "x").write_bytes(start + b"garbage" * 20)
    with pytest.raises(SessionError, match="damaged or cut off"):
        load(tmp_path / "x")
