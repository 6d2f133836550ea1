"""The pytest plugin: its fixtures, its assertions and their messages, and that it costs nothing where it isn't used."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import threading, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import pytest

class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        if self.path.startswith("/open"):
            self.send_header("Access-Control-Allow-Origin", "http://app.test")
            self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Content-Length", "0")
        self.end_headers()
    def do_OPTIONS(self):
        self.send_response(204)
        self.send_header("Access-Control-Allow-Origin", "http://app.test")
        self.end_headers()
    def log_message(self, *args): ...

@pytest.fixture(scope="session")
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()

@pytest.fixture
def page(cors):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": cors.proxy_url}))
    def fetch(url, method="GET", **more):
        headers = {"Origin": "http://app.test", "Sec-Fetch-Mode": "cors", "User-Agent": "Mozilla/5.0 Firefox/153.0"}
        opener.open(urllib.request.Request(url, headers=headers | more, method=method)).read()
    return fetch
"""


@pytest.fixture
def project(pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Somebody's project; nothing of the person's own is read or written."""
    for kind in ("DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "home"))
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return pytester


def test_what_is_right_passes(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        def test_allowed(cors, page, api):
            page(f"{api}/open/1?x=1")
            cors.assert_no_blocked()
            call = cors.assert_allowed("GET", f"{api}/open/*", origin="http://app.test")
            assert (call.verdict.outcome, call.url) == ("allowed", f"{api}/open/1?x=1")
            assert cors.wait_for(f"{api}/open/1", outcome="allowed") == call
            assert [each.url for each in cors.calls] == [call.url]

        def test_others_and_ignored_calls_are_not_meant(cors, page, api):
            page(f"{api}/shut")
            cors.assert_no_blocked(f"{api}/open*")
            cors.assert_no_blocked(method="PUT")
            cors.assert_no_blocked(origin="http://other.test")
            cors.assert_no_blocked(ignore=[f"{api}/shut"])
            with pytest.raises(AssertionError, match="CORS blocked 1 call"):
                cors.assert_no_blocked()

        def test_each_test_has_its_own_calls(cors):
            assert cors.calls == []
            assert cors.certificate.read_text().startswith("-----BEGIN")

        def test_the_proxy_stays_the_same(cors, cors_proxy_url):
            assert cors.proxy_url == cors_proxy_url
        """
    )
    project.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=4)


def test_what_is_wrong_fails_with_the_answer_and_its_session_is_kept(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_blocked(cors, page, api):
            page(f"{api}/shut")
            cors.assert_no_blocked()

        def test_must_be_allowed(cors, page, api):
            asked = {"Access-Control-Request-Method": "PUT"}
            page(f"{api}/items", "OPTIONS", **asked)
            cors.assert_allowed("PUT", f"{api}/items")

        def test_never_made(cors, page, api):
            page(f"{api}/open")
            cors.wait_for(f"{api}/other", timeout=0.2)

        def test_nothing_at_all(cors):
            cors.wait_for("*", timeout=0.2)

        def test_no_traffic(cors):
            cors.assert_no_blocked()

        def test_fine(cors, page, api):
            page(f"{api}/open")
            cors.assert_no_blocked()
        """
    )
    result = project.runpytest_subprocess("-p", "no:cacheprovider", "--cors-session", "kept")
    result.assert_outcomes(passed=1, failed=5)
    result.stdout.fnmatch_lines(
        [
            "E * CORS blocked 1 call",
            "E * GET http://localhost:*/shut from http://app.test: Blocked: the page may not read the answer",
            "E * found     (absent)*",
            "E * Access-Control-Allow-Origin: http://app.test",
            "E * The page could not read the answer",
            "E * PUT http://localhost:*/items from http://app.test: Blocked at the preflight",
            "E * Access-Control-Allow-Methods: PUT",
            "E * No such call in 0.2 s: any call to http://localhost:*/other",
            "E * ✓ allowed *http://localhost:*/open*",
            "E * No such call in 0.2 s: any call to *",
            "E * Nothing passed the proxy: does the browser use cors.proxy_url?",
            "E * Nothing passed the proxy: does the browser use cors.proxy_url?",
        ]
    )
    assert "corsinspect/testing" not in result.stdout.str(), "the traceback ends in the test"
    kept = {path.name.partition("py-")[2] for path in (project.path / "kept").iterdir()}
    names = ("blocked", "must_be_allowed", "never_made", "nothing_at_all", "no_traffic")
    assert kept == {f"test_{name}.jsonl" for name in names}


def test_one_session_for_all(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_first(cors, page, api):
            page(f"{api}/open")
            assert len(cors.calls) == 1

        def test_second(cors, page, api):
            page(f"{api}/open")
            assert len(cors.calls) == 2
            assert False
        """
    )
    options = ("-p", "no:cacheprovider", "--cors-scope", "session", "--cors-session", "kept")
    project.runpytest_subprocess(*options).assert_outcomes(passed=1, failed=1)
    assert [path.name for path in (project.path / "kept").iterdir()] == ["session.jsonl"]


def test_a_port_that_is_taken_is_said(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(cors): ...")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = project.runpytest_subprocess("-p", "no:cacheprovider", "--cors-port", str(taken.getsockname()[1]))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*CaptureError: Port * is in use by another program.*"])


def test_it_loads_nothing_where_it_is_not_used() -> None:
    code = (
        "import sys, pytest\n"
        "before = {*sys.modules}\n"
        "import corsinspect.plugin\n"
        "print(*sorted({*sys.modules} - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["corsinspect", "corsinspect.plugin"]


def test_what_it_uses_is_neither_mitmproxy_nor_textual() -> None:
    code = "import sys, corsinspect.testing.cors\nprint(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"mitmproxy", "textual"} & {*done.stdout.split()}
