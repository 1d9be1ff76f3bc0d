"""No expression and no scrubbing takes much more than twice as long for twice as much (D1)."""

import ast
import re
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from kure_hooks.gitops.templating.lexing import parts
from kure_hooks.gitops.templating.rendering import Templates
from kure_hooks.gitops.templating.values import TemplateError, UnknownError
from kure_hooks.safe_text import inert, inert_json, inert_markup, visible
from kure_hooks.secrecy import texts
from tests.support.growth import MOST, attacks, growth, modules, patterns, repeated, seconds
from tests.support.secrets_in_texts import shapes

PACKAGE = Path(__file__).parents[1] / "kure_hooks"
PATTERNS = patterns()
LARGEST = 128 << 10
SCREENED = 16 << 10

# Functions that make an expression of what they are given: of short patterns with `*` and `?`, of
# git's own file about a sparse checkout. Those of `faults` and `refusals` are the patterns of
# types. Those of `targets` are short, have two repetitions at most and are matched with names
# alone. That of `substitution` is a name that stands for itself,
# as those of `bootstrap`, `orphan_manifest` and `variables` are. That of `transformers` is the name
# of an image, in which nothing but the dot has a meaning. Those of `patterns` are texts of at most
# 1,000 characters and classes, without any repetition.
MAKERS = {
    "files/globs.py:_expression",
    "engines/trimming.py:_expression",
    "repository/checkout.py:_rules",
    "decoding/faults.py:within",
    "decoding/refusals.py:__init__",
    "engines/flux/substitution.py:_first_use",
    "kustomize/images.py:pattern",
    "gitops/patterns.py:__init__",
    "gitops/patterns.py:_class",
    "kustomize/targets.py:_matching",
    "kustomize/targets.py:pattern_problem",
    "lint/bootstrap.py:_mention",
    "lint/rules/orphan_manifest.py:_names",
    "lint/variables.py:pattern",
}
# These compile their pattern on every call.
USES = {"match", "search", "sub", "subn", "fullmatch", "findall", "finditer", "split"}


def uses(pattern):
    """Return the ways to search with an expression; those of bytes take bytes."""

    def ready(text):
        return text if isinstance(pattern.pattern, str) else text.encode()

    return (
        lambda text: [None for _ in pattern.finditer(ready(text))],
        lambda text: pattern.fullmatch(ready(text)),
    )


def test_the_attacks_find_the_expressions_that_are_known_to_be_slow():
    """Each was in the package once, or is of the kind of one that was."""
    slow = {
        r"(?<![\w./-])(?:[-+]?\d+\.0*|[-+.\d]+e[-+]?\d+)(?=\s|\Z)": 4 << 10,
        r"argoproj/argo-cd\b\S*?v([0-9]{1,3})\.([0-9]{1,3})\.[0-9]": 4 << 10,
        r"\A\S*/flux-operator-manifests:v0\.([0-9]{1,3})\.\S*": 24 << 10,
        r"v?[0-9]+(\.[0-9]+)*([-+._].*)?": 4 << 10,
    }
    for source, most in slow.items():
        pattern = re.compile(source)
        is_found = False
        for use in uses(pattern):
            times = {attack: seconds(use, text_of(attack, 1_024), 1) for attack in attacks(pattern)}
            slowest = partial(text_of, max(times, key=times.__getitem__))
            # What else the machine does hides the growth now and then, but not each time.
            sizes = [most // 2, most]
            is_found = is_found or any(growth(use, slowest, sizes) > MOST for _ in range(8))
        assert is_found, source


def calls(module):
    """Yield the calls of functions of `re` in a module with the function that each is in."""
    tree = ast.parse(module.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == "re":
            inside = [
                each for each in functions if each.lineno <= node.lineno <= (each.end_lineno or 0)
            ]
            yield called.attr, inside[-1] if inside else None


def is_cached_value(function):
    return not function.args.args and any("cache" in ast.dump(d) for d in function.decorator_list)


def test_all_expressions_of_the_package_are_known():
    """Those made elsewhere than in modules and classes would miss the tests below."""
    elsewhere = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, function in calls(path):
            where = f"{path.relative_to(PACKAGE)}:{function.name if function else ''}"
            made = name == "compile" and function and not is_cached_value(function)
            if (made or name in USES) and where not in MAKERS:
                elsewhere.append(where)
    assert elsewhere == []
    assert len(PATTERNS) > 90
    assert len(modules()) > 200


def text_of(attack, size):
    head, unit, tail = attack
    return repeated(head, unit, size, tail)


def cost(use, attack):
    """Return how slow an attack is, without waiting for the end of one that explodes."""
    for size in (1_024, SCREENED):
        took = seconds(use, text_of(attack, size), 1)
        if took > 0.02:
            break
    return took / size


@pytest.mark.parametrize("name", PATTERNS)
def test_expressions_are_linear(name):
    pattern = PATTERNS[name]
    sizes = [1_024 << step for step in range(8)]
    assert sizes[-1] == LARGEST
    for use in uses(pattern):
        slowest = max(attacks(pattern), key=partial(cost, use))
        assert growth(use, partial(text_of, slowest), sizes) <= MOST, slowest


UNITS = (
    *("a", "A", "0", " ", "\n", "\\", '"', "'", "`", "-", "=", ":", "[", "{", "]", "<", ">", "/"),
    *("@", ".", "&", "#", ",", "_", "|", "\t", "password", "password:", "password=", "token: {"),
    *("token: [", "secret:\n", "secret:\n  ", '"password":"', "'token': '", "--password ", "-p"),
    *("--password\n", "<password>", "<password", "name: token value: ", "value: x\n", "://", ":/a"),
    *("://a@", "://a:", "ENC[", "eyJ", "eyJaaaa-", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----"),
    *("machine ", "machine a password ", "a:1:", "a:1:b:c:d\n", "bearer ", "basic ", "data:\n"),
    *("kind: Secret\n", "data: {", '\\"', '\\\\"', '"\\', "password: |\n", "- ", "curl -u "),
    *("mysql ", 'define("token", "', 'token = """', "token=\\\n", "token: a\n b\n", "\n ", "aa=="),
    *(
        "aaaaaaaaaaaaaaaaaaaa\n",
        "aaaaaaaaaaaaaaaaaaaa\n:",
        "hooks.slack.com/services/",
        "$1$",
        "x:y@tcp(",
        ":thin:a/",
        "``",
    ),
    *("Private-Lines: 1\naaaa\n", "a-b-", "&amp;token=", "%22", "token: true ", '"token":1,'),
    *("<password><![CDATA[</a>", "name: password\n", "requirepass ", "--from-literal=a=", "# "),
    *(
        "[secrets]\n",
        "[secrets]\na = b\n",
        "a = b\n",
        "a b\n",
        "ENV a ",
        "password 'a",
        "setToken(",
    ),
    *(
        "password is ",
        "password for ",
        "echo a ",
        "echo a | b ",
        "htpasswd -b a ",
        "-U a%",
        "-ua:b ",
    ),
    *(
        "on >a ",
        "stats auth a:",
        "identified with a ",
        "?sig=",
        "a:b@c",
        "%3A%2F%2Fa%3A",
        '"kty"',
        ":\\/",
    ),
    *("a,password\n", "a,b\n", "| password | x1 ", "password|", "<<EOF\n", "passwd <<E\n", "<<< "),
    *(
        "? password\n: ",
        '"[secrets]\\na=b',
        'variable "token" {\n',
        "\\u0061",
        "\u200b",
        "sqlplus ",
    ),
    *("api key: ", "PASSWORD+=", "{password, <<", r"passwd <<E\n", r"\"", r'"\"a\"', "\\", r"\n"),
    *("routing_key: ", "a * b ", "a * b *\n", "# client server secret\n", "hc-ping.com/"),
)


@pytest.mark.parametrize(
    ("unit", "tails"),
    [
        *((unit, ("", "}\n")) for unit in UNITS),
        *((unit, ("!",)) for unit in shapes("x7Kq9mPz2L").values()),
    ],
)
def test_scrubbing_is_linear(unit, tails):
    def work(text):
        texts.spans.cache_clear()
        texts.scrub(text, text[:-1])

    sizes = [2 << 10, 4 << 10]
    for tail in tails:
        assert growth(work, partial(repeated, "", unit, tail=tail), sizes) <= MOST


@pytest.mark.parametrize("function", [visible, inert, inert_json, inert_markup])
@pytest.mark.parametrize("unit", ["::", " ", "\n", "##", "##[", "##a", "\x1b", "\n ", "#"])
def test_making_text_harmless_is_linear(function, unit):
    sizes = [32 << 10, 64 << 10, 128 << 10]
    assert growth(function, lambda size: repeated("", unit, size), sizes) <= MOST


@pytest.mark.parametrize("unit", ["{{", "}}", "{{a}}", "{{/*", "*/", "{{/**/}}", "{{a\n", " "])
@pytest.mark.parametrize("read", [Templates().text, lambda text, _: [*parts(text)]])
def test_reading_templates_is_linear(read, unit):
    def work(text):
        with suppress(TemplateError, UnknownError):
            read(text, {"a": "b"})

    sizes = [32 << 10, 64 << 10, 128 << 10]
    assert growth(work, partial(repeated, "", unit, tail=""), sizes) <= MOST
