"""A policy is read whole or not at all: what isn't known in it is said with its line."""

from pathlib import Path

import pytest

from corsinspect.policy.config import Policy, PolicyError, find_policy, parse_policy, read_policy

WHOLE = """
fail-on = "warning"
baseline = "ci/known.json"

[[must-allow]]
url = "https://api.example/*"
origin = "https://app.example"
method = ["GET", "PUT"]
why = "the shop"

[[expect]]
url = "https://ads.example/*"
reason = "origin-missing"
"""


def test_all_keys_are_read() -> None:
    policy = parse_policy(WHOLE, Path("/x/corsinspect.toml"))
    assert policy.fail_on == "warning"
    assert policy.baseline == Path("/x/ci/known.json")
    (rule,) = policy.must_allow
    assert str(rule.calls) == "GET|PUT https://api.example/* from https://app.example" and rule.why == "the shop"
    assert policy.expect[0].calls.reason == "origin-missing"


def test_no_keys_are_a_policy_too() -> None:
    assert parse_policy("", Path("corsinspect.toml")) == Policy()
    assert parse_policy("[project]\nname = 'x'\n", Path("pyproject.toml")) == Policy()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('\nfail_on = "error"', 2, "unknown key 'fail_on'. Did you mean 'fail-on'?"),
        ('fail-on = "eror"', 1, "Did you mean 'error'?"),
        ("nonsense = 1", 1, "Known are: fail-on, baseline, must-allow, expect."),
        ('[[must-alow]]\nurl = "x"', 1, "Did you mean 'must-allow'?"),
        ('[[must-allow]]\nurl = "x"\n\n[[must-allow]]\nurl = "y"\nmethods = "GET"', 6, "Did you mean 'method'?"),
        ('must-allow = [\n  {url = "x"},\n  {url = "y", orign = "z"},\n]', 3, "Did you mean 'origin'?"),
        ('[[expect]]\nurl = "x"\nreason = "origin-misssing"', 3, "Did you mean 'origin-missing'?"),
        ('[[must-allow]]\nurl = "x"\n[[must-allow]]\nmethod = "GET"', 3, "must-allow needs a url"),
        ("must-allow = 3", 1, "must-allow has to be a table"),
        ('must-allow = ["x"]', 1, "must-allow has to be a table"),
        ('[[expect]]\nurl = "x"\nreason = 3', 3, "`corsinspect explain` lists them all"),
        ("baseline = 3", 1, "baseline has to be a text"),
        ('[[must-allow]]\nurl = "x"\nmethod = [1]', 3, "method has to be a text"),
    ],
)
@pytest.mark.parametrize("shared", [False, True])
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str, shared: bool) -> None:
    path = Path("corsinspect.toml")
    if shared:
        path = Path("pyproject.toml")
        line += 3
        text = text.replace("[[", "[[tool.corsinspect.")
        text = f"[other]\nfail-on = 1\n[tool.corsinspect]\n{text}"
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, path)
    assert f"{path}, line {line}: " in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\ncorsinspect = 3"])
def test_a_table_that_is_none_is_said(text: str) -> None:
    with pytest.raises(PolicyError, match="has to be a table"):
        parse_policy(text, Path("pyproject.toml"))


def test_what_is_no_toml_is_said_with_its_place() -> None:
    with pytest.raises(PolicyError, match="line 2"):
        parse_policy("a = 1\nb = = 2", Path("corsinspect.toml"))


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="can't be read"):
        read_policy(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyError, match="UTF-8"):
        read_policy(tmp_path / "binary.toml")


def test_the_nearest_policy_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.corsinspect]\n")
    assert find_policy(inner) == tmp_path / "pyproject.toml"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\n")
    assert find_policy(inner) == tmp_path / "pyproject.toml"
    (inner / "corsinspect.toml").write_text("")
    assert find_policy(inner) == inner / "corsinspect.toml"
