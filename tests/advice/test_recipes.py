"""Recipes: all load, all say what the session needs, and nothing from the network breaks out of its place in code."""

import ast
import json
import re
import tomllib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.advice.recipes import Needs, Recipe, Rendered, framework, needs_of, recipes, render, suggestions
from corsinspect.analysis import judge_all
from corsinspect.fingerprints.names import LAYER_OF
from corsinspect.session import load
from tests.analysis.build import API, GRANT, OPEN, PAGE, exchange, only, preflight
from tests.corpus import NAMES, recording

NEEDS = Needs(
    api="https://api.example.org",
    origins=("http://localhost:3000", "https://app.example.org"),
    methods=("GET", "PUT", "DELETE"),
    headers=("authorization", "content-type", "x-request-id"),
    credentials="include",
    prefix="/v1",
)

WANTED = """express fastify koa hono nestjs nextjs flask fastapi django aiohttp tornado spring aspnet rails laravel php
go
go-chi go-gin rust-tower-http nginx apache caddy traefik envoy aws-api-gateway aws-lambda aws-s3 aws-cloudfront
cloudflare-workers supabase firebase vite-proxy webpack-proxy next-rewrites cra-proxy angular-proxy
backend-route backend-fastapi backend-flask backend-nextjs
haproxy kong litestar h3 nuxt trpc connect apollo socket-io json-server strawberry
ollama keycloak minio sveltekit astro react-router""".split()

ALL = [pytest.param(recipe, id=recipe.id) for recipe in recipes().values()]
SERVERS = [pytest.param(recipe, id=recipe.id) for recipe in recipes().values() if recipe.kind != "alternative"]


def texts(rendered: Rendered) -> str:
    return "\n".join(
        [
            rendered.code,
            rendered.environments,
            rendered.environments_how,
            rendered.file,
            rendered.where,
            rendered.install,
            rendered.restart,
            *rendered.traps,
        ]
    )


def test_there_is_a_recipe_for_each_framework() -> None:
    assert sorted(WANTED) == sorted(recipes())


@pytest.mark.parametrize("recipe", ALL)
def test_a_recipe_says_what_goes_where(recipe: Recipe) -> None:
    rendered = render(recipe, NEEDS)
    assert rendered.title and rendered.file and rendered.where and rendered.restart
    assert len(rendered.traps) >= 3
    assert rendered.left_out == ()
    assert "«" not in texts(rendered) and "»" not in texts(rendered)


@pytest.mark.parametrize("recipe", SERVERS)
def test_the_code_holds_what_the_session_needs(recipe: Recipe) -> None:
    # in regular expressions dots stand behind a backslash
    code = render(recipe, NEEDS).code.replace("\\.", ".").lower()
    wanted = NEEDS.origins if recipe.origins_only else (*NEEDS.origins, *NEEDS.methods, *NEEDS.headers)
    for value in wanted:
        assert value.lower() in code


@pytest.mark.parametrize("recipe", SERVERS)
def test_each_environment_can_have_its_own_list(recipe: Recipe) -> None:
    rendered = render(recipe, NEEDS)
    assert rendered.environments and rendered.environments_how
    assert NEEDS.origins[0] in rendered.environments + rendered.environments_how


@pytest.mark.parametrize("recipe", [param for param in ALL if param not in SERVERS])
def test_an_alternative_names_the_api(recipe: Recipe) -> None:
    assert "https://api.example.org" in render(recipe, NEEDS).code


@pytest.mark.parametrize("recipe", SERVERS)
@pytest.mark.parametrize("mode", ["omit", "unknown"])
def test_credentials_are_granted_only_where_they_are_used(recipe: Recipe, mode) -> None:
    code = render(recipe, Needs(origins=NEEDS.origins, methods=("PUT",), headers=("x-a",), credentials=mode)).code
    granted = re.findall(r"(?i)(?<!unset )(?<!hide_header )\S*credentials\S*[ \":',=(>]+true", code)
    assert granted == []


@pytest.mark.parametrize("recipe", SERVERS)
def test_credentials_are_granted_where_they_are_used(recipe: Recipe) -> None:
    if recipe.id == "aws-s3" or recipe.origins_only:  # grants them or doesn't, and has no switch
        return
    assert re.search(r"(?i)credentials\S*[ \":',=(>]*(true|\$cors)|\.AllowCredentials\(\)", render(recipe, NEEDS).code)


@pytest.mark.parametrize("recipe", ALL)
def test_no_recipe_opens_more_or_goes_around(recipe: Recipe) -> None:
    said = texts(render(recipe, NEEDS))
    for line in said.splitlines():
        if re.search(r"(?i)origin|credential|method|header", line):
            assert not re.search(r"""["'\s:=\[(]\*["'\s,;\])]""", line + " ") or "Request-Method *" in line, line
    assert not re.search(
        r"(?i)no-cors|disable-web-security|browser extension|browser flag|allow_any|AllowAnyOrigin\(\)", said
    )


@pytest.mark.parametrize("recipe", ALL)
def test_without_any_needs_an_example_stands_in_and_says_so(recipe: Recipe) -> None:
    rendered = render(recipe, Needs())
    assert any("https://app.example.com" in note for note in rendered.notes)
    assert rendered.code


HOSTILE = [
    "https://a.test'",
    'https://a.test"',
    "https://a.test`",
    "https://a.test\nevil",
    "https://a.test\r\n",
    "https://${HOME}.test",
    "https://$(id).test",
    "https://{{7*7}}.test",
    "https://#{1}.test",
    "https://<%= 1 %>.test",
    "https://a.test/",
    "https://a.test\\",
    "https://a.test; return 200",
    "https://a.test|.*",
    "https://*.test",
    "https://A.test",
    "https://a.test\u202e",
    "https://аррӏе.test",
    "*",
    "null",
    "",
]


@pytest.mark.parametrize("recipe", ALL)
def test_what_is_not_well_formed_is_left_out_and_listed(recipe: Recipe) -> None:
    bad = tuple(value for value in HOSTILE if value not in ("null", "*", ""))
    names = (*bad, "x'y", "x`y", "x$y", "x-a;", "x\n", "-x", "x a", "*", "")
    needs = Needs(
        api="https://evil.test'+x+'",
        origins=(*HOSTILE, "https://good.test"),
        methods=("PUT", *names),
        headers=("x-good", *names),
        credentials="include",
        prefix="/a'b",
    )
    rendered = render(recipe, needs)
    clean = Needs(origins=("https://good.test",), methods=("PUT",), headers=("x-good",), credentials="include")
    assert texts(rendered) == texts(render(recipe, clean))
    assert set(rendered.left_out) == {*HOSTILE, *names, "https://evil.test'+x+'"}


ANY = st.text(max_size=30) | st.text("abc'\"`\\${}#%<>|;\n*«».:/-_", max_size=30).map("https://".__add__)


@settings(max_examples=60)
@given(st.lists(ANY, max_size=4), st.lists(ANY, max_size=4), st.lists(ANY, max_size=4), ANY, ANY)
def test_no_value_can_end_a_literal(origins, methods, headers, api, prefix) -> None:
    needs = Needs(api=api, origins=tuple(origins), methods=tuple(methods), headers=tuple(headers), prefix=prefix)
    for recipe in recipes().values():
        rendered = render(recipe, needs)
        plain = render(recipe, Needs(origins=("https://x.test",), headers=("x",) if _has_headers(needs) else ()))
        assert _signs(rendered.code) <= _signs(plain.code) | set(",.:-/[]'\" \\|_~+\n\t")


def _signs(code: str) -> set[str]:
    return {character for character in code if not character.isascii() or not character.isalnum()}


def _has_headers(needs: Needs) -> bool:
    return any(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name) for name in needs.headers)


@pytest.mark.parametrize("recipe", [param for param in SERVERS if recipes()[str(param.id)].language == "python"])
@pytest.mark.parametrize("more", [False, True], ids=["plain", "with what refused preflights and errors need"])
def test_python_code_parses_and_holds_the_very_values(recipe: Recipe, more: bool) -> None:
    rendered = render(recipe, msgspec.structs.replace(NEEDS, refused=more, errors=more))
    strings = {
        node.value
        for node in ast.walk(ast.parse(rendered.code))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert strings.issuperset(NEEDS.origins)
    ast.parse(rendered.environments)


@pytest.mark.parametrize("recipe", [param for param in ALL if recipes()[str(param.id)].language == "json"])
def test_json_parses(recipe: Recipe) -> None:
    for needs in (NEEDS, Needs()):
        assert json.loads(render(recipe, needs).code)


def test_every_fingerprint_that_a_recipe_names_exists() -> None:
    named = {name for recipe in recipes().values() if recipe.kind != "alternative" for name in recipe.frameworks}
    assert named - set(LAYER_OF) == {
        "go-chi",
        "rust-tower-http",
        "traefik",
        "cloudflare-workers",
        "haproxy",
        "litestar",
        "json-server",
        "strawberry",
        "ollama",
        "keycloak",
        "astro",
        "react-router",
    }
    apps = {name for name, layer in LAYER_OF.items() if layer == "app"}
    assert apps <= named


def test_needs_are_the_union_of_what_calls_asked_for() -> None:
    other = "http://localhost:3000"
    calls = judge_all(
        [
            preflight("PUT", "x-a,authorization", url="https://api.test/v1/x", got={}, at=1),
            exchange("GET", url="https://api.test/v1/y", got=OPEN, at=2, sent={"Cookie": "a=b"}),
            exchange("POST", url="https://api.test/v1/z", at=3, sent={"Origin": other, "Content-Type": "a/b"}),
            exchange("GET", url="https://other.test/", at=4),
            exchange("GET", url=f"{PAGE}/own", at=5, sent={"Sec-Fetch-Site": "same-origin"}),
        ]
    )
    needs = needs_of(calls)
    assert list(needs) == ["https://api.test", "https://other.test"]
    assert needs["https://api.test"] == Needs(
        api="https://api.test",
        origins=(PAGE, other),
        methods=("GET", "POST", "PUT"),
        headers=("authorization", "content-type", "x-a"),
        credentials="include",
        prefix="/v1",
    )
    assert needs["https://other.test"].credentials == "unknown"


def test_refused_preflights_and_errors_are_needs_too() -> None:
    (quiet,) = needs_of([only(preflight(got={}))]).values()
    assert (quiet.refused, quiet.errors) == (False, False)
    (refused,) = needs_of([only(preflight(got={}, status=401))]).values()
    assert (refused.refused, refused.errors) == (True, False)
    (failing,) = needs_of(judge_all([exchange(at=1, got={}, status=500), exchange(at=2, got=OPEN)])).values()
    assert (failing.refused, failing.errors) == (False, True)


@pytest.mark.parametrize("name", NAMES)
def test_no_recipe_for_the_corpus_opens_more(name: str) -> None:
    for needs in needs_of(judge_all(load(recording(name)).exchanges)).values():
        for recipe in recipes().values():
            if recipe.kind != "alternative":
                code = render(recipe, needs).code
                assert not re.search(r"""(?i)origin[^\n]*["'\s]\*["'\s;]""", code)
                assert "'null'" not in code and '"null"' not in code


def test_a_framework_is_named_by_the_answer_that_stopped_the_call() -> None:
    got = {"X-Powered-By": "Express", "Server": "nginx"}
    assert framework(only(preflight(got=got, status=404))) == "express"
    assert framework(only(exchange(got={"Server": "nginx"}))) == "nginx"
    assert framework(only(exchange(got={}))) is None
    assert framework(only(exchange(failed="refused"))) is None


def test_the_app_is_known_by_its_other_answers_too() -> None:
    call = only(
        preflight(at=1, got={**GRANT, "Server": "nginx"}, id="p"),
        exchange("PUT", at=1.1, got={"Server": "nginx", "X-Powered-By": "Express"}),
    )
    assert framework(call) == "express"


def test_recipes_are_suggested_for_both_layers() -> None:
    answers = [exchange(got={"Server": "nginx"}), exchange(got={"Server": "nginx", "X-Powered-By": "Express"})]
    assert [(recipe.id, match.confidence) for recipe, match in suggestions(answers)] == [
        ("express", "certain"),
        ("nginx", "certain"),
    ]
    assert suggestions([exchange(url=API, got={})]) == []


@pytest.mark.parametrize(
    ("url", "got", "status", "wanted"),
    [
        # Ollama is written with Gin, and answers an unknown path as any app of that
        ("http://gpu.test:11434/nope", {"Content-Type": "text/plain"}, 404, "ollama"),
        ("http://gpu.test:11434/api/tags", {"Content-Length": "0"}, 403, "ollama"),
        ("https://login.test/realms/shop/protocol/openid-connect/token", {}, 200, "keycloak"),
        ("https://files.test/bucket/a.png", {"Server": "MinIO", "X-Amz-Id-2": "a"}, 403, "minio"),
        ("https://files.test/bucket/a.png", {"Server": "AmazonS3", "X-Amz-Id-2": "a"}, 403, "aws-s3"),
        ("https://shop.test/realms/shop", {"X-Powered-By": "Express"}, 200, "express"),
        ("http://shop.test:114340/", {"X-Powered-By": "Express"}, 200, "express"),
    ],
)
def test_a_product_gets_its_own_recipe(url: str, got: dict[str, str], status: int, wanted: str) -> None:
    page = {("ollama", 404): "go-gin", ("minio", 403): "aws-s3"}.get((wanted, status))
    answer = msgspec.structs.replace(exchange(url=url, got=got, status=status), error_page=page)
    assert suggestions([answer])[0][0].id == wanted


def test_what_has_no_switch_is_said() -> None:
    for recipe in recipes().values():
        said = any(note.startswith("Only origins can be set") for note in render(recipe, NEEDS).notes)
        assert said == recipe.origins_only


def test_data_files_are_toml_with_known_keys_alone() -> None:
    assert all(recipe.language and recipe.kind for recipe in recipes().values())
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads("title = ")
