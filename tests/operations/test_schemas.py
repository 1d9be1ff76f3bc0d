"""The printed JSON Schemas, as the tools of others read them."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kure_hooks.decoding.types import whole
from kure_hooks.operations.schema import SCHEMAS
from kure_hooks.reports.json import schema as report_schema
from tests.support.clusters import clusters
from tests.support.language_server import diagnostics
from tests.support.npm import node
from tests.support.scripts import script

ROOT = Path(__file__).parents[2]
FLEET = ROOT / "examples" / "fleet"
REFERENCE = ROOT.parent / "shared" / "data" / "reference-examples"


@pytest.fixture
def schema(tmp_path, kure):
    """Write the schema of a document as the command prints it, and return its path."""

    def run(document):
        code, out, err = kure("schema", document)
        assert (code, err) == (0, "")
        path = tmp_path / f"{document}.schema.json"
        path.write_text(out)
        return path

    return run


@pytest.mark.parametrize("document", ["stack", "application", "settings", "report"])
def test_each_schema_is_valid_under_its_meta_schema(document, schema):
    path = schema(document)
    assert json.loads(path.read_text())["$schema"].endswith("/draft/2020-12/schema")
    command = [script("check-jsonschema"), "--check-metaschema", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# --- Patterns ------------------------------------------------------------------------------------

# Of each pattern something that it takes; what else it takes, node and Python have to agree on.
_TAKEN = r"""
    web web-1 10 1.34 1.34.2 10.1.0 10.1.0-rc.1 www.example.com *.example.com 10m 90s 1h30m 1.5h 2m
    https://github.com/acme/fleet.git git@github.com:acme/fleet.git ssh://git@host/é oci://a/b
    ghcr.io/acme/web:1.4.2 web@sha256:abc / /healthz /var/lib ../../components/monitoring base/web
    cluster_name _a A.B-c PruneLast=true Prune=confirm PrunePropagationPolicy=orphan 50% 500m 1Gi
    1.5 .5 +1 1e3 1E-3 example.com/team app.kubernetes.io/name ingress.hosts[0] a\.b[12]/c a.yaml
    a=b a:b @ http
"""
TAKEN = [
    f"sha256:{'0a' * 32}",
    *_TAKEN.split(),
    "",
    "0" * 64,
    "ACME001",
    "MY VAR",
    "a b",
    "0 22 * * 1-5",
    "C:\\dir",
    "git::x",
    "github.com/a",
    "..",
    ".",
    "a/../b",
    "edge-${params.name}",
]
BLANKS = [
    "\n", "\r", "\t", " ", "\x0b", "\x0c", "\x1c", "\x1f", "\x7f", "\x85", "\xa0", "\u1680",
    "\u2028", "\u2029", "\u3000", "\ufeff", "\0", "é", "ß", "\u017f", "\u212a", "\u0663", "中",
    "😀", "Z", "$", "\\Z",
]  # fmt: skip
POOL = [
    *TAKEN,
    *BLANKS,
    *(f"{text}{blank}" for text in TAKEN for blank in BLANKS),
    *(f"{blank}{text}" for text in TAKEN for blank in BLANKS),
    *(f"{text[:1]}{blank}{text[1:]}" for text in TAKEN for blank in BLANKS),
]

# JSON Schema: patterns are regular expressions of ECMA-262 with the flag u, and match anywhere.
MATCH = """
const { patterns, pool } = JSON.parse(await new Response(process.stdin).text());
const judge = rule => pool.map(text => rule.test(text));
console.log(JSON.stringify(patterns.map(pattern => judge(new RegExp(pattern, "u")))));
"""


def patterns(value: Any) -> set[str]:
    """Return every pattern of a schema."""
    if isinstance(value, list):
        return {pattern for each in value for pattern in patterns(each)}
    if not isinstance(value, dict):
        return set()
    found = {value["pattern"]} if isinstance(value.get("pattern"), str) else set()
    return found | set(value.get("patternProperties", ())) | patterns(list(value.values()))


@cache
def every_pattern() -> list[str]:
    return sorted(patterns([*(make() for make in SCHEMAS.values()), report_schema()]))


@cache
def by_node() -> dict[str, list[bool]]:
    """Return what an engine of ECMA-262 says of each pattern and each text of the pool."""
    asked = json.dumps({"patterns": every_pattern(), "pool": POOL})
    answers = json.loads(node("--input-type=module", "--eval", MATCH, stdin=asked))
    return dict(zip(every_pattern(), answers, strict=True))


def test_there_are_patterns():
    assert len(every_pattern()) > 20


def test_no_pattern_has_what_only_python_reads():
    r"""Also where node is missing: `\Z` is a letter to ECMA-262, and `(?i)` and `(?P<` no group."""
    foreign = re.compile(r"\\[AZ]|\(\?[#(A-Za-z]")
    assert [pattern for pattern in every_pattern() if foreign.search(pattern)] == []
    assert foreign.search(r"a\Z")


@pytest.mark.parametrize("pattern", every_pattern())
def test_a_pattern_means_the_same_to_editors_and_to_the_decoder(pattern):
    taken = [text for text, yes in zip(POOL, by_node()[pattern], strict=True) if yes]
    assert [text for text in POOL if is_decoded(text, pattern)] == taken
    assert taken, "nothing in the pool is what this pattern is for"
    assert len(taken) < len(POOL)


def is_decoded(text, pattern):
    try:
        msgspec.convert(text, Annotated[str, msgspec.Meta(pattern=pattern)])
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("pattern", [each for each in every_pattern() if each.endswith(r"$(?!\n)")])
def test_a_pattern_of_a_whole_string_takes_no_more_than_that(pattern):
    kept = pattern.removeprefix("^(?:").removesuffix(r")$(?!\n)")
    assert whole(kept) == pattern
    for text in POOL:
        assert bool(re.search(pattern, text)) == bool(re.fullmatch(kept, text))


# --- Editors -------------------------------------------------------------------------------------


def examples():
    """The stack and application files of the example, and those of the reference."""
    files = [*(FLEET / "stacks").glob("*.yaml"), *(FLEET / "apps").glob("*.yaml")]
    files += REFERENCE.rglob("*.yaml") if REFERENCE.is_dir() else []
    return {f"file-{number}": path.read_text() for number, path in enumerate(sorted(files))}


DEPRECATED = "Both modes write the same: delete this key."


def drawn():
    """The stack files of random clusters, with every option that they have."""
    texts = {}

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(("flux", "argocd")).flatmap(clusters))
    def draw(case):
        stacks = {path: text for path, text in case.texts().items() if path.startswith("stacks/")}
        texts.update({f"{len(texts)}-{path}": text for path, text in stacks.items()})

    draw()
    return texts


@pytest.mark.parametrize("texts", [examples, drawn], ids=lambda each: each.__name__)
def test_editors_find_nothing_in_files_that_are_right(texts, schema):
    """With a key too many in the last document they find it, so that they do read the schema."""
    right = texts()
    wrong = {f"wrong-{name}": f"{text.rstrip()}\nno-such-key: 1\n" for name, text in right.items()}
    answers = diagnostics(right | wrong, schema("stack"))
    # `kustomizationMode` is deprecated, which editors tell of a file that is right as well.
    problems = {name: [one for one in answers[name] if DEPRECATED not in one] for name in right}
    assert {name: told for name, told in problems.items() if told} == {}
    assert [name for name in wrong if not any("no-such-key" in one for one in answers[name])] == []
    assert len(right) > 25


def shown(page):
    """Return the YAML that a page of the docs shows."""
    return re.findall(r"```yaml\n(.+?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)


def test_editors_find_nothing_in_the_pages(schema):
    stacks = {f"stack-{number}": text for number, text in enumerate(shown("stacks.md"))}
    stacks = {name: text for name, text in stacks.items() if "apiVersion: " in text}
    assert list(diagnostics(stacks, schema("stack")).values()) == [[], []]
    (text,) = shown("settings.md")
    wrong = text.replace("mode: exact", "mode: exactly").replace('"1.34"', '"1.34\\n"')
    answers = diagnostics({"settings": text, "wrong": wrong}, schema("settings"))
    assert answers["settings"] == []
    assert [each.partition(": ")[2] for each in answers["wrong"]] == [
        'Value is not accepted. Valid values: "exact", "semantic".',
        *['Expected a Kubernetes version such as "1.34".'] * 2,  # of validate and of helm
    ]


STACK = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {name: prod}
spec:
  gitops: {type: flux}
  node:
    name: prod
    bundle:
      name: web
      interval: 10m
      prune: true
      sourceRef: {kind: GitRepository, name: fleet}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line", "message"),
    [
        ("interval: 10m", "intervall: 10m", 10, "Property intervall is not allowed."),
        ("interval: 10m", "interval: 10 minutes", 10, "Expected a duration above zero such as 10m"),
        ("interval: 10m", 'interval: "10m\\n"', 10, "Expected a duration above zero such as 10m"),
        ("interval: 10m", "interval: 10mZ", 10, "Expected a duration above zero such as 10m"),
        ("name: web", "name: Web", 9, "Expected a name of lower-case letters"),
        ("prune: true", "prune: sometimes", 11, 'Incorrect type. Expected "boolean".'),
        ("GitRepository", "GitRepo", 12, "Value is not accepted. Valid values:"),
        ("type: flux", "type: fluxx", 5, "Value is not accepted. Valid values:"),
        ("metadata: {name: prod}", "metadata: {}", 3, 'Missing property "name".'),
    ],
)
def test_editors_find_typos_in_their_lines(right, wrong, line, message, schema):
    texts = {"right": STACK, "wrong": STACK.replace(right, wrong)}
    answers = diagnostics(texts, schema("stack"))
    assert answers["right"] == []
    assert any(each.startswith(f"{line}: {message}") for each in answers["wrong"]), answers["wrong"]
