"""What a launched browser said, beside its session: written once, redacted, read by whoever looks."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.said import Place, Said, WithheldCookie
from corsinspect.session.errors import SessionError
from corsinspect.session.reader import is_session
from corsinspect.session.redaction.redact import KeptValues, Redactor
from corsinspect.session.redaction.said import redacted_said
from corsinspect.session.sidecar import SaidFollower, SidecarWriter, load_saids, sidecar_of

SECRET = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"


def said(id: str = "b1", **fields) -> Said:
    return Said(
        **{"id": id, "engine": "chromium", "called": 1795253217.25, "url": "http://a.test/", "method": "GET"} | fields
    )


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "s.jsonl"


def test_what_was_put_is_read_again(session: Path) -> None:
    full = said(
        cookies_withheld=(WithheldCookie(name="sid", reasons=("SameSiteLax",)),),
        caller=Place(url="http://a.test/app.js", line=42, column=7, function="save"),
        request_headers=(("Accept", "*/*"),),
        status=200,
        credentials="include",
    )
    writer = SidecarWriter(session)
    writer.put(full)
    writer.put(said("b0", called=1.0))
    writer.close()

    assert load_saids(session) == [said("b0", called=1.0), full]
    assert sidecar_of(session).stat().st_mode & 0o777 == 0o600
    assert json.loads(sidecar_of(session).read_text().splitlines()[0])["redacted"] is True


def test_the_last_state_of_a_leg_wins_and_hops_are_legs_of_their_own(session: Path) -> None:
    writer = SidecarWriter(session)
    writer.put(said())
    writer.flush()
    writer.put(said(status=302))
    writer.put(said(hop=1))
    assert writer.flush() == 2
    writer.close()

    assert [(one.hop, one.status) for one in load_saids(session)] == [(0, 302), (1, None)]


def test_a_follower_gets_each_state_once_and_waits_for_whole_lines(session: Path) -> None:
    follower = SaidFollower(session)
    assert follower.poll() == []
    writer = SidecarWriter(session)
    writer.put(said())
    writer.flush()
    assert follower.poll() == [said()]
    assert follower.poll() == []

    line = msgspec.json.encode(said("b2"))
    with sidecar_of(session).open("ab") as file:
        file.write(line[:20])
        file.flush()
        assert follower.poll() == []
        file.write(line[20:] + b"\n")
    assert follower.poll() == [said("b2")]
    assert follower.skipped == 0
    follower.close()


def test_a_torn_line_costs_itself_only(session: Path) -> None:
    writer = SidecarWriter(session)
    writer.put(said())
    writer.close()
    with sidecar_of(session).open("ab") as file:
        file.write(b'{"id":"torn')
    writer = SidecarWriter(session)  # as a restarted proxy takes it up
    writer.put(said("b2"))
    writer.close()

    follower = SaidFollower(session)
    assert [one.id for one in follower.poll()] == ["b1", "b2"]
    assert follower.skipped == 1
    follower.close()


def test_a_line_larger_than_a_piece_is_read(session: Path) -> None:
    writer = SidecarWriter(session)
    writer.put(said(console="x" * 3_000_000))
    writer.put(said("b2"))
    writer.close()

    assert [one.id for one in load_saids(session)] == ["b1", "b2"]


@given(st.binary(max_size=200))
def test_no_content_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    session = tmp_path_factory.mktemp("any") / "s.jsonl"
    sidecar_of(session).write_bytes(content + b"\n" + msgspec.json.encode(said()) + b"\n")

    assert said() in load_saids(session)


def test_a_folder_of_that_name_is_no_word(session: Path) -> None:
    sidecar_of(session).mkdir()

    assert load_saids(session) == []
    with pytest.raises(SessionError):
        SidecarWriter(session)


def test_another_file_of_that_name_is_left_alone(session: Path) -> None:
    sidecar_of(session).write_text("mine\n")

    with pytest.raises(SessionError, match="isn't what a browser said"):
        SidecarWriter(session)
    assert sidecar_of(session).read_text() == "mine\n"


def test_a_sidecar_is_no_session(session: Path) -> None:
    writer = SidecarWriter(session)
    writer.put(said())
    writer.close()

    assert not is_session(sidecar_of(session))


def test_times_that_no_clock_shows_are_brought_into_its_reach(session: Path) -> None:
    writer = SidecarWriter(session)
    writer.put(said(called=-5.0, answered=1e300))
    writer.close()

    (read,) = load_saids(session)
    assert (read.called, read.answered) == (0.0, 32_503_680_000.0)


PLACES = {
    "url": f"http://a.test/?api_key={SECRET}",
    "page": f"http://u:{SECRET}@a.test/",
    "console": f"Access to fetch at 'http://a.test/?token={SECRET}' has been blocked",
    "parameter": f"http://a.test/?access_token={SECRET}",
    "directive": f"connect-src http://a.test/?token={SECRET}",
    "caller": Place(url=f"http://a.test/app.js?token={SECRET}", line=1),
    "stack": (Place(url=f"data:text/javascript,fetch('{SECRET}')", line=1, function=SECRET),),
    "request_headers": (("Cookie", f"sid={SECRET}"), ("Authorization", f"Bearer {SECRET}"), ("X-Own", SECRET)),
    "response_headers": (("Set-Cookie", f"sid={SECRET}; Path=/"), ("Location", f"/?token={SECRET}")),
}


@pytest.mark.parametrize("place", PLACES)
def test_secrets_are_replaced(place: str) -> None:
    before = said(**{place: PLACES[place]})
    after = redacted_said(before, Redactor())

    assert SECRET not in repr(after)
    assert after != before


def test_tokens_equal_those_of_the_exchanges() -> None:
    redactor = Redactor()
    headers = (("Cookie", f"sid={SECRET}"), ("X-Own", SECRET))
    url = f"http://a.test/?api_key={SECRET}"

    after = redacted_said(said(url=url, request_headers=headers), redactor)

    assert after.url == redactor.url(url)
    assert after.request_headers == redactor.request_headers(headers)


def test_what_was_kept_on_purpose_is_redacted_by_whoever_reads(session: Path) -> None:
    writer = SidecarWriter(session, redacted=False)
    writer.put(redacted_said(said(url=f"http://a.test/?api_key={SECRET}"), KeptValues()))
    writer.close()
    assert SECRET in sidecar_of(session).read_text()
    assert "NOT REDACTED" in sidecar_of(session).read_text()

    redactor = Redactor()
    (read,) = load_saids(session, redactor)

    assert read.url == redactor.url(f"http://a.test/?api_key={SECRET}")
    assert SECRET not in read.url
