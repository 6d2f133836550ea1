"""Recipes as changes to the CORS code that a server's answers show: what is there, what is kept, what is to be done."""

from collections.abc import Mapping

import msgspec
import pytest

from corsinspect.advice import solution as words
from corsinspect.advice.recipes import diff, present_of, recipes
from corsinspect.advice.recipes.fitting import fitted
from corsinspect.advice.recipes.present import spelt
from corsinspect.advice.solution import change, solution
from corsinspect.analysis import judge_all
from corsinspect.model import Exchange
from corsinspect.report.jsonl import row
from tests.analysis.build import API, PAGE, exchange, preflight

SERVER = "https://api.test"
OTHER = "http://localhost:3000"
EXPRESS = {"X-Powered-By": "Express"}
PACKAGE = {**EXPRESS, "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE", "Vary": "Origin"}


def allow(origin: str, **more: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin, **{name.replace("_", "-"): value for name, value in more.items()}}


def fixed(*exchanges: Exchange):
    calls = judge_all([*exchanges])
    blocked = next(call for call in calls if call.verdict.outcome == "blocked")
    return solution(blocked, calls)


def main_edit(*exchanges: Exchange):
    return next(edit for edit in reversed(fixed(*exchanges).edits) if edit.after)


def test_where_nothing_is_there_the_recipe_is_added_whole() -> None:
    found = fixed(preflight(got=EXPRESS))
    assert [edit.do for edit in found.edits] == ["add", "add"]
    assert "const cors = require('cors')" in found.edits[0].after and f"origin: ['{PAGE}']" in found.edits[1].after
    assert all(edit.before == "" and edit.there == "no" for edit in found.edits)
    assert found.edits[0].what == "Add these lines, those alone that aren't there yet."


def test_the_page_is_added_to_the_list_and_the_allowed_origin_kept() -> None:
    edit = main_edit(preflight(got={**PACKAGE, **allow("http://localhost:3000")}))
    assert edit.do == "replace" and edit.before.startswith("app.use(cors(…));")
    assert f"origin: ['{PAGE}', 'http://localhost:3000']" in edit.after


def test_what_was_granted_and_what_is_asked_are_united() -> None:
    got = {**PACKAGE, **allow(PAGE, Access_Control_Allow_Headers="X-A"), "Access-Control-Allow-Methods": "GET,POST"}
    edit = main_edit(
        preflight("DELETE", "x-b", got={**got, "Access-Control-Expose-Headers": "ETag"}, at=1),
        exchange(got={**EXPRESS, **allow(PAGE, Access_Control_Expose_Headers="X-Total-Count")}, at=2),
    )
    assert "methods: ['GET', 'POST', 'DELETE']" in edit.after
    assert "allowedHeaders: ['X-A', 'X-B']" in edit.after
    assert "exposedHeaders: ['Etag', 'X-Total-Count']" in edit.after


def test_credentials_that_are_allowed_stay_allowed() -> None:
    edit = main_edit(exchange(got={**EXPRESS, **allow(OTHER, Access_Control_Allow_Credentials="true")}))
    assert "credentials: true" in edit.after


def test_lists_that_were_not_seen_take_no_method_and_no_header_away() -> None:
    edit = main_edit(exchange(got={**EXPRESS, **allow(OTHER)}))
    assert "methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']" in edit.after
    assert "allowedHeaders" not in edit.after


def test_a_list_that_names_what_is_asked_may_allow_more() -> None:
    got = {"Access-Control-Allow-Origin": OTHER, "Access-Control-Allow-Headers": "x-b", **EXPRESS}
    edit = main_edit(preflight("PUT", "x-b", got={**got, "Access-Control-Allow-Methods": "PUT"}))
    assert "'DELETE'" in edit.after and "allowedHeaders" not in edit.after


@pytest.mark.parametrize(
    ("names", "sent", "stays"),
    [("x-a", {}, True), ("authorization", {}, False), ("x-a", {"Cookie": "a=b"}, False)],
)
def test_a_wildcard_stays_only_where_no_login_is_involved(names: str, sent: Mapping[str, str], stays: bool) -> None:
    got = {**EXPRESS, **allow("*", Access_Control_Allow_Headers="x-c")}
    asked = preflight("GET", names, got=got, at=1)
    found = fixed(asked, exchange(url=f"{API}/y", sent=sent, got=got, at=2))
    code = words.code(found)
    assert ("origin: '*'" in code) is stays
    assert (f"origin: ['{PAGE}']" in code) is not stays
    assert found.rendered is not None and any("`*`" in note for note in found.rendered.notes) is not stays


def test_an_import_that_is_there_is_neither_added_nor_copied() -> None:
    found = fixed(preflight(got={**PACKAGE, **allow(OTHER)}))
    head = found.edits[0]
    assert (head.there, diff(head)[0][0]) == ("likely", " ")
    assert "require" not in words.code(found)
    unclear = fixed(exchange(got={**EXPRESS, **allow(OTHER)}))
    assert [edit.there for edit in unclear.edits] == ["no", "maybe", "no"]
    assert unclear.edits[0].do == "remove" and "require" in words.code(unclear)


@pytest.mark.parametrize(
    ("exchanges", "says"),
    [
        ([preflight(got=EXPRESS, status=401, at=1), exchange(got=allow(PAGE), at=2)], "above your authentication"),
        (
            [preflight(got={**PACKAGE, **allow(PAGE)}, at=1), exchange("PUT", got=EXPRESS, at=1.1)],
            "above your routes",
        ),
        (
            [exchange(got=EXPRESS, status=413, at=1), exchange(got={**EXPRESS, **allow(PAGE)}, at=2)],
            "outside of what answers them",
        ),
    ],
    ids=["login", "routes", "errors"],
)
def test_code_that_comes_too_late_is_moved(exchanges: list[Exchange], says: str) -> None:
    edit = main_edit(*exchanges, exchange(got=EXPRESS, status=404, url=f"{API}/z", at=9))
    assert edit.do == "move" and says in edit.what
    assert edit.before and "origin:" in edit.after


def test_a_route_of_its_own_gives_way_to_all() -> None:
    found = fixed(preflight(got=EXPRESS, status=404, at=1), exchange(got={**EXPRESS, **allow(PAGE)}, at=2))
    assert ("remove", "cors(…), ") in [(edit.do, edit.before) for edit in found.edits]
    assert found.edits[-1].do == "replace"


def twice(**headers: str) -> Exchange:
    it = exchange(got={**EXPRESS, **headers})
    lines = (*it.response_headers, ("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Origin", PAGE))
    return msgspec.structs.replace(it, response_headers=lines)


def test_of_two_places_one_is_removed() -> None:
    (first, *_) = fixed(twice(Server="nginx")).edits
    assert first.do == "remove" and "add_header Access-Control-Allow-…" in first.before and "nginx" in first.what
    (first, *_) = fixed(twice()).edits
    assert first.do == "remove" and "response.set(" in first.before and "Two places in the app" in first.what


def test_where_there_is_no_package_both_of_two_places_give_way() -> None:
    tornado = {"X-Powered-By": "", "Server": "TornadoServer/6.4"}
    (first, *_) = fixed(twice(**tornado)).edits
    assert first.do == "remove" and "self.set_header(" in first.before and "Remove both" in first.what


def test_a_slash_after_the_origin_and_a_joined_list_are_named() -> None:
    edit = main_edit(exchange(got={**EXPRESS, **allow(f"{PAGE}/")}))
    assert f"“{PAGE}/” ends with a slash" in edit.what and f"['{PAGE}']" in edit.after
    edit = main_edit(exchange(got={**EXPRESS, **allow(f"{PAGE}, {OTHER}")}))
    assert "names several origins" in edit.what and f"['{PAGE}', '{OTHER}']" in edit.after


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("HTTPS://App.Test", "https://app.test"),
        ("https://app.test/path", "https://app.test"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("*", None),
        ("null", None),
        ("app.test", None),
        ("https://a.test'+x", None),
    ],
)
def test_an_origin_is_spelt_as_browsers_do(text: str, origin: str | None) -> None:
    assert spelt(text) == origin


def test_a_server_without_cors_headers_has_no_cors_code() -> None:
    assert present_of(judge_all([preflight(got=EXPRESS)]), SERVER).runs is False
    assert present_of(judge_all([preflight(got={**EXPRESS, "Vary": "Origin"})]), SERVER).runs is True
    assert present_of(judge_all([exchange(got=allow(PAGE))]), "https://another.test").runs is False


def test_vite_s_proxy_goes_into_the_server_that_is_there() -> None:
    calls = judge_all([exchange(got={})])
    made = change(recipes()["vite-proxy"], SERVER, calls)
    assert made is not None
    rendered, (edit,) = made
    assert edit.inside == ("server: {", "proxy: {")
    assert diff(edit)[0] == (" ", "server: {") and diff(edit)[-1] == (" ", "},")
    assert rendered.code.startswith("server: {\n  proxy: {\n    '/api': {") and "server" not in edit.after


def test_what_machines_read_is_what_people_see() -> None:
    calls = judge_all([preflight(got={**PACKAGE, **allow(OTHER)})])
    recipe = row(calls[0])["recipe"]
    assert (recipe["id"], recipe["framework"], recipe["confidence"]) == ("express", "express", "certain")
    found = solution(calls[0], calls)
    assert [step["after"] for step in recipe["steps"]] == [edit.after for edit in found.edits]
    assert all(step["what"] in words.text(found) for step in recipe["steps"])


def test_only_what_is_blocked_has_a_recipe() -> None:
    calls = judge_all([exchange(got={**EXPRESS, **allow(PAGE)})])
    assert row(calls[0])["recipe"] is None


def test_a_wrapped_comment_stays_a_comment() -> None:
    line = "    allow(origins) # one two three four five six seven eight nine ten"
    assert fitted(line, "python", 40) == [
        "    # one two three four five six seven",
        "    # eight nine ten",
        "    allow(origins)",
    ]
    assert fitted("// a b c d e f g h i j k l m", "js", 22) == ["// a b c d e f g h i j", "// k l m"]
    assert fitted("const url = 'http://a.test/aaaaaaaaaaaaaaaaaaa';", "js", 20)[0].startswith("const")
    assert fitted(line, "json", 40) == [line]


@pytest.mark.parametrize("recipe", recipes().values(), ids=lambda recipe: recipe.id)
def test_no_line_of_a_recipe_loses_anything_to_a_narrow_screen(recipe) -> None:
    for line in recipe.code.splitlines():
        drawn = fitted(line, recipe.language, 40)
        assert "".join("".join(drawn).split()).replace("#", "").replace("/", "") != "" or not line.strip()
        assert len(drawn) == 1 or all(part.lstrip().startswith(("#", "//")) for part in drawn[:-1])
