"""Content Security Policy: which redirects a page's source lists forbid. CSP 3, 6.7.2."""

import pytest

from corsinspect.fetch.csp import forbidding, parse_policies, upgrades_insecure
from corsinspect.fetch.url import parse_url

PAGE = "https://app.test"


def forbidden(policy: str, url: str, dest: str | None = "empty", page: str = PAGE) -> str | None:
    target = parse_url(url)
    assert target is not None
    directive = forbidding((policy,), dest, page, target)
    return None if directive is None else str(directive)


@pytest.mark.parametrize(
    ("sources", "url", "allowed"),
    [
        ("*", "https://api.test/", True),
        ("'none'", "https://app.test/", False),
        ("", "https://app.test/", False),
        ("'self'", "https://app.test/x", True),
        ("'self'", "https://app.test:8443/x", False),
        ("'self'", "https://api.test/", False),
        ("https:", "https://api.test/", True),
        ("https:", "http://api.test/", False),
        ("http:", "https://api.test/", True),
        ("wss:", "https://api.test/", True),
        ("https://api.test", "https://api.test/", True),
        ("https://api.test", "https://api.test:8443/", False),
        ("https://api.test:*", "https://api.test:8443/", True),
        ("https://api.test:8443", "https://api.test:8443/", True),
        ("http://api.test", "https://api.test/", True),
        ("http://api.test:80", "https://api.test/", True),
        ("https://api.test", "http://api.test/", False),
        ("api.test", "https://api.test/", True),
        ("api.test", "http://api.test/", False),
        ("API.test", "https://api.test/", True),
        ("*.test", "https://api.test/", True),
        ("*.api.test", "https://api.test/", False),
        ("https://*:8443", "https://api.test:8443/", True),
        ("https://[::1]:8443", "https://[::1]:8443/", True),
        ("'self' https://api.test", "https://api.test/", True),
    ],
)
def test_a_source_list_allows_what_it_matches(sources: str, url: str, allowed: bool) -> None:
    assert (forbidden(f"connect-src {sources}", url) is None) is allowed


def test_paths_do_not_count_after_a_redirect() -> None:
    assert forbidden("connect-src https://api.test/v1/", "https://api.test/v2/") is None


def test_a_page_on_http_may_go_to_its_own_host_by_https() -> None:
    assert forbidden("connect-src 'self'", "https://app.test/", page="http://app.test") is None
    assert forbidden("connect-src 'self'", "http://app.test/") == "connect-src 'self'"


@pytest.mark.parametrize(
    ("dest", "policy", "by"),
    [
        ("empty", "default-src 'none'", "default-src 'none'"),
        ("empty", "connect-src *; default-src 'none'", None),
        ("image", "img-src 'self'; connect-src *", "img-src 'self'"),
        ("image", "connect-src 'none'", None),
        ("script", "script-src 'self'; script-src-elem *", None),
        ("iframe", "child-src 'self'", "child-src 'self'"),
        (None, "default-src 'none'", None),
        ("document", "default-src 'none'", None),
    ],
)
def test_the_directive_for_the_destination_decides(dest: str | None, policy: str, by: str | None) -> None:
    assert forbidden(policy, "https://api.test/", dest) == by


@pytest.mark.parametrize("secret", ["'nonce-abc'", "'sha256-abc='", "'strict-dynamic'"])
def test_a_list_with_a_secret_of_the_page_forbids_nothing_for_sure(secret: str) -> None:
    assert forbidden(f"script-src 'self' {secret}", "https://api.test/", "script") is None


def test_every_policy_must_allow() -> None:
    target = parse_url("https://api.test/")
    assert target is not None
    for lines in (("connect-src *, connect-src 'self'",), ("connect-src *", "connect-src 'self'")):
        assert str(forbidding(lines, "empty", PAGE, target)) == "connect-src 'self'"


def test_the_first_directive_of_a_name_counts() -> None:
    (policy,) = parse_policies("Connect-Src 'self' ; connect-src *;; ,")
    assert {name: str(directive) for name, directive in policy.items()} == {"connect-src": "connect-src 'self'"}


def test_upgrades_insecure() -> None:
    assert upgrades_insecure(["default-src *", "Upgrade-Insecure-Requests; img-src *"])
    assert not upgrades_insecure(["default-src upgrade-insecure-requests"])
