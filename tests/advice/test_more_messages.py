"""Messages of service workers, integrity checks, older browsers and Safari: which reason, and of which address."""

import pytest

from corsinspect.advice.messages.console import decode_all, known
from corsinspect.advice.messages.lookup import names
from corsinspect.advice.messages.questions import QUESTIONS
from corsinspect.session import SessionWriter
from tests.analysis.build import exchange, preflight
from tests.test_explain import explain, flat

API = "https://api.example/x"
OWN = "https://app.example"


@pytest.mark.parametrize(
    ("text", "slug", "url", "value"),
    [
        ('Refused to get unsafe header "x-total-count"', "hidden-header", None, "x-total-count"),
        (
            f"Failed to load ‘{API}’. A ServiceWorker passed an opaque Response to FetchEvent.respondWith() while "
            "handling a ‘cors’ FetchEvent. Opaque Response objects are only valid when the RequestMode is ‘no-cors’.",
            "service-worker",
            API,
            None,
        ),
        (
            f'The FetchEvent for "{API}" resulted in a network error response: an "opaque" response was used for a '
            "request whose type is not no-cors",
            "service-worker",
            API,
            None,
        ),
        (
            f"XMLHttpRequest cannot load {API}. A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' "
            f"header when the credentials flag is true. Origin '{OWN}' is therefore not allowed access.",
            "origin-wildcard-with-credentials",
            API,
            None,
        ),
        (
            f"XMLHttpRequest cannot load {API}. Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' "
            f"header is ''. It must be 'true' to allow credentials. Origin '{OWN}' is therefore not allowed access.",
            "credentials-not-true",
            API,
            "",
        ),
        (
            f"XMLHttpRequest cannot load {API}. Response for preflight is invalid (redirect)",
            "preflight-redirect",
            API,
            None,
        ),
        (
            f"[Error] Beacon API cannot load {API}. Preflight response is not successful. Status code: 404",
            "preflight-status",
            API,
            None,
        ),
        (
            "[Error] Header Access-Control-Allow-Headers has an invalid value: a b; c",
            "allow-headers-invalid",
            None,
            "a b; c",
        ),
        (
            "[blocked] The page at https://app.example/ requested insecure content from http://api.example/x. This "
            "content was blocked and must be served over HTTPS.",
            "mixed-content",
            "http://api.example/x",
            None,
        ),
        (
            "[Error] Failed integrity metadata check. https://cdn.example/a.js. Failed integrity metadata check. "
            "Content length: 10, Expected content length: 10",
            "integrity",
            "https://cdn.example/a.js",
            None,
        ),
        (
            "[Error] Cannot load script https://cdn.example/a.js. Failed integrity metadata check. Content length: 3",
            "integrity",
            "https://cdn.example/a.js",
            None,
        ),
        (
            "Failed to find a valid digest in the 'integrity' attribute for resource 'https://cdn.example/a.js' with "
            "computed SHA-384 integrity 'x'. The resource has been blocked.",
            "integrity",
            "https://cdn.example/a.js",
            None,
        ),
        (
            '[Error] Refused to execute https://cdn.example/a.js as script because "X-Content-Type-Options: nosniff" '
            "was given and its Content-Type is not a script MIME type.",
            "mime",
            "https://cdn.example/a.js",
            None,
        ),
        (
            "Refused to execute script from 'https://cdn.example/a.js' because its MIME type ('text/html') is not "
            "executable, and strict MIME type checking is enabled.",
            "mime",
            "https://cdn.example/a.js",
            None,
        ),
        ("[Error] Cross origin requests are only supported for HTTP.", "scheme-not-cors", None, None),
    ],
)
def test_a_message_names_its_reason_and_address(text: str, slug: str, url: str | None, value: str | None) -> None:
    (found,) = decode_all(text)
    assert (found.candidates, found.url, found.value) == ((slug,), url, value)


def test_safari_blames_the_answer_that_redirects() -> None:
    text = (
        "[Error] Cross-origin redirection to https://login.example/auth denied by Cross-Origin Resource Sharing "
        f"policy: Origin {OWN} is not allowed by Access-Control-Allow-Origin. Status code: 302\n"
        f"[Error] Fetch API cannot load {API} due to access control checks.\n"
    )
    (found,) = decode_all(text)
    assert (found.url, found.target, found.origin, found.stage) == (
        API,
        "https://login.example/auth",
        OWN,
        "redirect",
    )
    assert (known(found).url, known(found).location) == (API, "https://login.example/auth")


@pytest.mark.parametrize(
    "last",
    [
        "[Error] Cannot load image https://img.example/a.png due to access control checks.",
        "[Error] Cross-origin script load denied by Cross-Origin Resource Sharing policy.",
        "[Error] Not allowed to request resource",
    ],
)
def test_two_lines_of_safari_are_one_message(last: str) -> None:
    (found,) = decode_all(
        f"[Error] Origin {OWN} is not allowed by Access-Control-Allow-Origin. Status code: 200\n{last}"
    )
    assert "origin-missing" in found.candidates and len(found.candidates) == 3
    assert found.url == ("https://img.example/a.png" if "image" in last else None)


def test_the_line_that_exposes_a_header_is_said() -> None:
    said = explain('Refused to get unsafe header "x-total-count"').stdout
    assert "Access-Control-Expose-Headers: x-total-count" in said


@pytest.mark.parametrize(
    "text",
    [
        "TypeError: Failed to fetch",
        "TypeError: Load failed",
        "TypeError: NetworkError when attempting to fetch resource.",
        "AxiosError: Network Error",
    ],
)
def test_what_says_nothing_is_answered_with_few_questions(text: str) -> None:
    said = explain(text).stdout
    assert "It can be:" not in said and "Its code" not in said
    assert len(QUESTIONS) <= 7
    for question in QUESTIONS:
        assert question.ask.split()[0] in said and set(question.topics) <= {*names()}
    assert said.index("another red line") < said.index("network panel") < said.index("tab of its own")


def test_a_session_says_what_failed_there(tmp_path) -> None:
    session = tmp_path / "s.jsonl"
    writer = SessionWriter(session)
    writer.put(exchange(got={}))
    writer.put(preflight("PUT", url="https://api.test/y", at=101, status=404, got={}))
    writer.flush()
    writer.close()
    said = flat(explain("TypeError: Failed to fetch", "--session", session).stdout)
    assert said.index("PUT https://api.test/y") < said.index("GET https://api.test/x")
