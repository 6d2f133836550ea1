import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect import advice
from corsinspect.advice.reasons import MASKED, REASONS, VARIANTS
from corsinspect.advice.sentences import VALUES
from corsinspect.advice.values import Values
from corsinspect.model import Alternative, Call, EngineVerdict, Exchange, Failure, Hop
from tests.advice.calls import PAGE, call, exchange

NETWORK = ["refused", "dns", "tls", "closed", "aborted-by-page", "network-error", "mixed-content"]


@pytest.mark.parametrize(
    ("made", "parts"),
    [
        pytest.param(
            call("blocked", "origin-missing", header="origin", expected=PAGE, status=200),
            ["localhost:8000 sent no Access-Control-Allow-Origin", "did reach the server", f"Allow-Origin: {PAGE}”"],
            id="no header on a GET",
        ),
        pytest.param(
            call("blocked", "origin-missing", header="origin", expected=PAGE, status=200, method="POST"),
            ["The server did run this POST; only its answer was withheld"],
            id="no header on a POST that ran",
        ),
        pytest.param(
            call("blocked", "origin-missing", header="origin", expected=PAGE, status=403, method="POST"),
            ["Your POST did reach the server, which answered 403"],
            id="a POST that was refused",
        ),
        pytest.param(
            call(
                "blocked",
                "method-not-allowed",
                "preflight",
                header="methods",
                expected="PUT",
                found="GET, POST",
                method="PUT",
            ),
            ["does not allow the method PUT", "never sent your PUT. Your data did not change.", "must list PUT"],
            id="method not listed",
        ),
        pytest.param(
            call(
                "blocked",
                "method-not-allowed",
                "preflight",
                header="methods",
                expected="patch",
                found="PATCH",
                method="patch",
            ),
            ["case-sensitive", "The page must write the method in capitals (PATCH)"],
            id="method in lower case",
        ),
        pytest.param(
            call(
                "blocked",
                "header-not-allowed",
                "preflight",
                header="headers",
                expected="authorization, content-type",
                found="Content-Type",
                method="PUT",
            ),
            ["does not allow the request header authorization (", "must list authorization in"],
            id="only the header that lacks is named",
        ),
        pytest.param(
            call("blocked", "origin-mismatch", header="origin", expected=PAGE, found=PAGE + "/"),
            ["allows “http://localhost:3000/”", "(trailing slash)"],
            id="trailing slash",
        ),
        pytest.param(
            call("blocked", "origin-mismatch", header="origin", expected="null", found=PAGE),
            ["“Origin: null” because the call was redirected"],
            id="tainted by a redirect",
        ),
        pytest.param(
            call("blocked", "origin-mismatch", header="origin", expected="null", found=PAGE, page_origin="null"),
            ["no origin of its own"],
            id="a sandboxed page",
        ),
        pytest.param(
            call("blocked", "preflight-status", "preflight", status=401, method="PUT"),
            ["asked for a login on the preflight", "before it checks who is calling"],
            id="login on the preflight",
        ),
        pytest.param(
            call("blocked", "origin-missing", "preflight", header="origin", expected=PAGE, status=404, method="PUT"),
            ["does not know OPTIONS at this address", "status 404"],
            id="no route for OPTIONS",
        ),
        pytest.param(
            call("blocked", "origin-missing", header="origin", expected=PAGE, status=500, masked="server-error"),
            ["The real problem is an error in the server itself (status 500)"],
            id="a masked server error",
        ),
        pytest.param(
            call("allowed", status=200),
            ["localhost:8000 lets http://localhost:3000 read its answer (status 200)."],
            id="allowed",
        ),
        pytest.param(
            call("allowed", status=403), ["from the server itself, not from CORS"], id="allowed, but an error"
        ),
        pytest.param(call("opaque"), ["may use the answer but not read it"], id="no-cors"),
        pytest.param(call("not-cors", kind="same-origin"), ["its own origin, so CORS never applied"], id="same origin"),
        pytest.param(call("pending", request=exchange(None)), ["has not answered yet"], id="pending"),
        pytest.param(
            call("pending", stage="preflight", method="PUT"), ["granted the preflight; the PUT itself"], id="granted"
        ),
    ],
)
def test_the_sentence_says(made: Call, parts: list[str]) -> None:
    told = advice.sentence(made)
    for part in parts:
        assert part in told


@pytest.mark.parametrize("reason", NETWORK)
def test_a_network_error_is_never_called_cors(reason: str) -> None:
    failed = exchange(None, failure=Failure(kind="other", text="it broke"))
    made = call("network-error", reason, None, request=failed)
    told = advice.sentence(made)
    assert "must add" not in told and "Access-Control" not in told
    assert reason == "aborted-by-page" or "not CORS" in told
    assert "not CORS" in advice.headline(made)


def test_an_unknown_failure_is_told_in_the_words_of_who_noticed() -> None:
    failed = exchange(None, failure=Failure(kind="other", text="it broke"))
    assert "(it broke)" in advice.sentence(call("network-error", "network-error", None, request=failed))


@pytest.mark.parametrize("reason", sorted(advice.REASONS))
@pytest.mark.parametrize("stage", ["preflight", "redirect", "actual"])
def test_every_reason_has_words_at_every_stage(reason: str, stage: str) -> None:
    made = call("blocked", reason, stage, method="PUT", status=204)  # type: ignore[arg-type]
    for told in (advice.sentence(made), advice.short_reason(made)):
        assert told and "{" not in told and "}" not in told
    assert len(advice.short_reason(made)) <= 60


def test_an_unheard_of_reason_is_told_as_it_is() -> None:
    assert "from-the-future" in advice.sentence(call("blocked", "from-the-future"))


def test_what_depends_is_said_with_what_decides() -> None:
    other = Alternative(
        condition={"credentials": "include"}, outcome="blocked", reason="origin-wildcard-with-credentials"
    )
    made = call("allowed", status=200, verdict={"certainty": "depends", "alternatives": (other,)})
    assert advice.alternatives(made) == "If the page sent credentials, it was blocked: wildcard * with credentials."
    assert advice.certainty(made) == advice.short_reason(made) == "depends on credentials"


def test_engines_are_named_only_where_they_differ() -> None:
    blocked, allowed = EngineVerdict(outcome="blocked"), EngineVerdict(outcome="allowed")
    same = call("blocked", "origin-missing", verdict={"engines": {"chromium": blocked, "firefox": blocked}})
    other = call("blocked", "origin-missing", verdict={"engines": {"chromium": blocked, "webkit": allowed}})
    assert advice.engines(same) == ""
    assert advice.engines(other) == "Chromium: blocked · Safari: allowed"


def test_the_server_is_the_one_where_the_call_stopped() -> None:
    first, second = exchange(302), exchange(200, url="https://other.test/x", id="2")
    made = call("blocked", "origin-missing", header="origin", expected="null", verdict={"hop": 1})
    made = type(made)(
        **{
            **{name: getattr(made, name) for name in made.__struct_fields__},
            "hops": (Hop(request=first), Hop(request=second)),
        }
    )
    assert advice.sentence(made).startswith("other.test sent no")


def test_a_long_value_is_quoted_in_part() -> None:
    made = call("blocked", "origin-mismatch", header="origin", expected=PAGE, found="https://" + "x" * 1_000_000)
    assert len(advice.sentence(made)) < 1000


def test_values_are_never_read_as_templates() -> None:
    made = call(
        "blocked", "method-not-allowed", "preflight", header="methods", expected="{page}", found="{0}{server!r}"
    )
    assert "{0}{server!r}" in advice.sentence(made)


@given(
    reason=st.sampled_from([*advice.REASONS, None, "?"]),
    outcome=st.sampled_from(["blocked", "network-error", "unknown", "opaque", "allowed", "pending", "not-cors"]),
    stage=st.sampled_from(["preflight", "actual", "redirect", None]),
    expected=st.none() | st.text(),
    found=st.none() | st.text(),
    header=st.sampled_from(["origin", "methods", "headers", "credentials", None]),
    url=st.text(),
    masked=st.none() | st.sampled_from(["server-error", "?"]),
)
def test_whatever_was_captured_has_words(reason, outcome, stage, expected, found, header, url, masked) -> None:
    request: Exchange = exchange(500, url=url)
    made = call(
        outcome,
        reason,
        stage,
        header=header,
        expected=expected,
        found=found,
        request=request,
        masked=masked,
        status=500,
    )
    assert isinstance(advice.sentence(made), str)
    assert isinstance(advice.short_reason(made), str)
    assert advice.headline(made)


def test_the_words_ask_only_for_values_that_exist() -> None:
    known = set(
        "server host page needed method capitals found sent absent difference status to why answer misplaced".split()
    )
    templates = [
        text
        for words in [*advice.REASONS.values(), *VARIANTS.values()]
        for text in (words.short, words.happened, words.change)
    ]
    for text in [*templates, *MASKED.values()]:
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} <= known


def test_a_verdict_that_rests_on_a_person_s_word_says_so() -> None:
    made = msgspec.structs.replace(call("blocked", "credentials-not-true"), credentials_signal="assumed")
    assert advice.certainty(made) == "assumed by you"


def test_every_text_asks_only_for_values_that_there_are() -> None:
    subject = call("blocked", "origin-missing", header="origin", expected=PAGE)
    values = Values(VALUES, subject)
    for words in (*REASONS.values(), *VARIANTS.values()):
        for text in (words.short, words.happened, words.change):
            assert "{" not in text.format_map(values)
    for text in MASKED.values():
        assert "{" not in text.format_map(values)
