"""Cluster sets: each cluster is what a stack file with its values makes, and only it is its row."""

import csv
import io
import json
import re
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks import config
from kure_hooks.cli import main
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.operations import fleet
from kure_hooks.stack.sets.documents import FIELDS
from tests.support.generate import UNJUDGED
from tests.support.git import commit_all, make_repository, write

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden/cluster-set"
STACK, TABLE = "stacks/edge.yaml", "tables/edge.csv"
WEB = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata: {name: web, namespace: web}
spec:
  workload: Deployment
  containers: [{name: main, image: "registry.example.com/web:1.4"}]
"""
TEMPLATE = """\
metadata:
  name: edge-${params.name}
  labels: {region: "${params.region}", size: "${params.size}"}
  annotations: {contact: "${params.contact}"}
spec:
  gitops:
    type: ENGINE
    createNamespaces: true
    flux: {annotations: {literal: "$${params.name} $${x} ${var}"}}
    argocd: {repoURL: "https://git.example.com/${params.region}/fleet.git"}
  node:
    name: apps
    bundle:
      name: web-${params.region}
      prune: ${params.prune}
      postBuild: {substitute: {region: "${params.region}", size: "${params.size}"}}
      applications:
      - path: ../apps/${params.app}.yaml
      - name: signs
        namespace: signs
        kind: AppWorkload
        labels: {shop: "${params.name}"}
        spec:
          workload: Deployment
          replicas: ${params.size}
          containers:
          - name: main
            image: "registry.example.com/signs:${params.region}-1"
            args: ["--prune=${params.prune}", "${params.contact}"]
"""
PARAMETERS = [
    {"name": "name", "pattern": "[a-z0-9]([-a-z0-9]*[a-z0-9])?"},
    {"name": "region", "enum": ["eu", "us"]},
    {"name": "size", "type": "integer", "default": 2},
    {"name": "prune", "type": "boolean", "default": True},
    {"name": "app", "default": "web"},
    {"name": "contact", "required": False},
]
NAMES = [parameter["name"] for parameter in PARAMETERS]
DEFAULTS = {"size": 2, "prune": True, "app": "web", "contact": ""}


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_csv(rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(NAMES)
    for row in rows:
        writer.writerow([as_text(row.get(name, "")) for name in NAMES])
    return text.getvalue()


def cluster_set(clusters, template=TEMPLATE, parameters=PARAMETERS, engine="flux"):
    """Return a stack file with a set, as a person would write the template."""
    head = {
        "apiVersion": "stack.gokure.dev/v1alpha1",
        "kind": "ClusterSet",
        "metadata": {"name": "edge"},
    }
    spec = f"parameters: {json.dumps(parameters)}\nclusters: {json.dumps(clusters)}\n"
    body = f"{spec}template:\n{indented(template.replace('ENGINE', engine))}"
    return f"{yaml.safe_dump(head, sort_keys=False)}spec:\n{indented(body)}"


def indented(text):
    return "".join(f"  {line}\n" for line in text.splitlines())


def by_hand(row, engine="flux"):
    """Return the stack file of one row; values are written in as text, by their YAML."""
    values = DEFAULTS | row

    def written(match):
        quote, before, name, after = match.groups()
        value = values[name]
        whole = not before and not after
        if whole and not quote and not isinstance(value, str):
            return as_text(value)
        return json.dumps(f"{before}{as_text(value)}{after}")

    reference = r"(\"?)([\w./:=-]*)(?<!\$)\$\{params\.(\w+)\}([\w./:=-]*)\1"
    text = re.sub(reference, written, TEMPLATE.replace("ENGINE", engine))
    text = text.replace("$${params.", "${params.")
    return f"apiVersion: stack.gokure.dev/v1alpha1\nkind: Cluster\n{text}"


def generated(texts, jobs=1, **options):
    files = {config.FILE_NAME: UNJUDGED, "apps/web.yaml": WEB, "apps/till.yaml": WEB, **texts}
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return fleet.generate(tree, config.load(tree), (), jobs, **options)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.from_regex(r"[a-z]([-a-z0-9]{0,10}[a-z0-9])?", fullmatch=True),
            "region": st.sampled_from(["eu", "us"]),
        },
        optional={
            "size": st.integers(0, 9),
            "prune": st.booleans(),
            "app": st.sampled_from(["web", "till"]),
            "contact": st.sampled_from(["Team A, shop", "a@b.example", '"quoted"', "é: {x} # y"]),
        },
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row["name"],
)
SLOWLY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@SLOWLY
@given(ROWS, st.sampled_from(["flux", "argocd"]), st.sampled_from(["csv", "yaml", "in place"]))
def test_each_cluster_is_what_a_stack_with_its_values_makes(rows, engine, form):
    """Of the same path, since the header of every file names it."""
    clusters = {"from": f"../tables/edge.{form}"} if form != "in place" else rows
    tables = {TABLE: in_csv(rows), "tables/edge.yaml": json.dumps(rows)}
    made = generated({**tables, STACK: cluster_set(clusters, engine=engine)})
    plain = generated({STACK: "---\n".join(by_hand(row, engine) for row in rows)})
    assert made.files == plain.files
    assert [*made.rows] == [f"clusters/edge-{row['name']}" for row in rows]


def test_processes_share_the_clusters_of_one_file():
    rows = [{"name": f"n{number}", "region": "eu"} for number in range(20)]
    texts = {TABLE: in_csv(rows), STACK: cluster_set({"from": f"../{TABLE}"})}
    told = []
    alone = generated(texts)
    both = generated(texts, jobs=2, progress=lambda *counts: told.append(counts))
    assert both == alone
    assert told[-1] == (20, 20)


def test_only_the_chosen_clusters_of_a_set_are_generated():
    rows = [{"name": name, "region": "eu"} for name in "abc"]
    made = generated({STACK: cluster_set(rows)}, only={STACK: ["edge-b"]})
    assert [*made.directories] == ["clusters/edge-b"]
    assert not made.complete
    assert made.arguments == ["clusters/edge-b"]


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_golden_tree(engine, update_golden):
    rows = [
        {"name": "paris", "region": "eu", "size": 3, "contact": "Team A, shop"},
        {"name": "boston", "region": "us", "prune": False},
    ]
    made = generated(
        {TABLE: in_csv(rows), STACK: cluster_set({"from": f"../{TABLE}"}, engine=engine)}
    )
    golden = GOLDEN / engine
    if update_golden:
        write(golden, {path: data.decode() for path, data in made.files.items()})
    paths = [path for path in golden.rglob("*") if path.is_file()]
    assert made.files == {path.relative_to(golden).as_posix(): path.read_bytes() for path in paths}


# --- Commands ------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path):
    rows = [{"name": "paris", "region": "eu"}, {"name": "boston", "region": "us"}]
    files = {
        "apps/web.yaml": WEB,
        TABLE: in_csv(rows),
        STACK: cluster_set({"from": f"../{TABLE}"}),
        "stacks/prod.yaml": "name: prod\nnode: {name: apps}\n",
    }
    make_repository(tmp_path)
    write(tmp_path, files)
    assert run("generate", "--root", str(tmp_path))[0] == 1
    commit_all(tmp_path, "A fleet")
    return tmp_path


def run(*arguments):
    result = CliRunner().invoke(main, [*map(str, arguments)])
    return result.exit_code, result.stdout


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_row_is_an_input_of_its_cluster_alone(root):
    edit(root / TABLE, "paris,eu,", "paris,eu,5")
    code, out = run("check", "--root", root)
    assert code == 1
    assert f"stale: {TABLE}:2 changed" in out
    assert "clusters/edge-boston" not in out
    assert run("check", "--root", root, "edge-boston")[0] == 0
    code, out = run("check", "--root", root, "edge-paris")
    assert code == 1
    assert "kure-hooks generate clusters/edge-paris" in out
    assert run("diff", "--root", root, "HEAD")[1].count("spec.replicas") == 1


def test_a_changed_template_is_the_reason_for_every_cluster(root):
    edit(root / STACK, "replicas: ${params.size}", "replicas: 9")
    code, out = run("check", "--root", root)
    assert code == 1
    assert f"2 clusters: clusters/edge-boston, clusters/edge-paris  ({STACK})\n" in out
    assert out.count(f"stale: {STACK} changed") == 1


def test_explain_names_the_row_and_the_clusters_of_a_table(root):
    _, out = run("explain", "--root", root, "clusters/edge-boston/kustomization.yaml")
    assert f"row         {TABLE}:3:1" in out
    _, out = run("explain", "--root", root, TABLE)
    assert "note" not in out
    assert f"edge-boston ({STACK})" in out
    assert f"edge-paris ({STACK})" in out
    assert "prod" not in out


def test_a_payload_with_a_parameter_is_not_adopted(tmp_path):
    bundle = 'bundle: {name: web, payload: {path: "base/${params.name}"}}'
    template = SMALL.replace("{name: apps}", f"{{name: apps, {bundle}}}")
    kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    make_repository(tmp_path)
    write(
        tmp_path,
        {
            STACK: cluster_set([{"name": "a"}, {"name": "b"}], template, NAME),
            **{
                f"base/{name}/kustomization.yaml": f"{kustomization}resources: []\n"
                for name in "ab"
            },
        },
    )
    result = CliRunner().invoke(main, ["adopt", "--root", str(tmp_path), "a/web"])
    assert result.exit_code == 2
    assert "is base/a for one cluster and base/b for another" in result.stderr


# --- Attacks -------------------------------------------------------------------------------------

SMALL = """\
metadata: {name: "${params.name}"}
spec: {node: {name: apps}}
"""
NAME = [{"name": "name"}]


def refused(texts):
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        generated(texts)
    assert time.process_time() - start < 20
    return [str(finding) for finding in caught.value.findings]


def test_ten_megabytes_of_csv_are_refused(tmp_path):
    files = {
        TABLE: "name\n" + "a\n" * (5 << 20),
        STACK: cluster_set({"from": f"../{TABLE}"}, SMALL, NAME),
    }
    write(tmp_path, files)
    code, out = run("generate", "--root", tmp_path)
    assert code == 2
    place = f"{STACK}:7:22: spec.clusters.from"
    assert out == f"{place}: {TABLE} is 10485765 bytes long, and the limit is 4194304. Split it.\n"
    assert not (tmp_path / "clusters").exists()


def test_a_hundred_thousand_rows_are_refused():
    rows = "".join(f"a{number}\n" for number in range(100_000))
    texts = {TABLE: f"name\n{rows}", STACK: cluster_set({"from": f"../{TABLE}"}, SMALL, NAME)}
    (finding,) = refused(texts)
    assert finding.endswith("the table has more than 10,000 rows. Split it among several sets.")


def test_a_quoted_value_without_an_end_is_refused():
    texts = {
        TABLE: 'name\n"' + "a\n" * 500_000,
        STACK: cluster_set({"from": f"../{TABLE}"}, SMALL, NAME),
    }
    assert refused(texts) == [
        f"{TABLE}:2:1: a value of this row is too long. Write a shorter value."
    ]


def test_a_template_that_aliases_blow_up_is_refused():
    """Four levels of nine aliases are no more than a file may have, and too much for each row."""
    levels = ["  a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"  a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 5)]
    template = (
        SMALL.partition("spec:")[0] + "spec:\n" + "\n".join(levels) + "\n  node: {name: apps}\n"
    )
    rows = "".join(f"a{number}\n" for number in range(9_000))
    texts = {TABLE: f"name\n{rows}", STACK: cluster_set({"from": f"../{TABLE}"}, template, NAME)}
    (finding,) = refused(texts)
    assert "values each are too many. Write at most 10,000,000 values together" in finding


def test_values_that_add_megabytes_to_a_cluster_are_refused():
    text = "${params.name}" * 5_000
    template = SMALL.replace("{node", f'{{description: "{text}", node')
    texts = {
        TABLE: f"name\n{'a' * 1_000}\n",
        STACK: cluster_set({"from": f"../{TABLE}"}, template, NAME),
    }
    (finding,) = refused(texts)
    assert "the values of this row add more than 1,048,576 characters" in finding


@pytest.mark.parametrize("seed", range(150))
def test_random_edits_are_findings_or_clusters(seed):
    chance = Random(seed)  # noqa: S311 - not for secrets
    rows = [{"name": f"n{number}", "region": "eu", "size": 3} for number in range(3)]
    texts = {TABLE: in_csv(rows), STACK: cluster_set({"from": f"../{TABLE}"})}
    path = chance.choice([TABLE, STACK, STACK])
    text = list(texts[path])
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text))
        text[at : at + chance.randint(0, 9)] = chance.choice(
            [
                *',"\n\r\0{}$#:- ',
                "${params.",
                "${params.size}",
                "\u2028",
                "x",
                "../",
                "true",
                "[",
                "&a *a",
            ]
        )
    with suppress(InputError):
        generated({**texts, path: "".join(text)})


# --- Documentation -------------------------------------------------------------------------------

PARTS = {
    "`metadata`": "Metadata",
    "`spec`": "ClusterBody",
    "`gitops`": "Gitops",
    "`gitops.bootstrap`": "Bootstrap",
    "`gitops.flux`": "FluxSpec",
    "`gitops.argocd`": "ArgocdSpec",
    "nodes": "NodeDoc",
    "`packageRef`": "PackageRef",
    "bundles": "BundleDoc",
    "an entry of `dependsOn`": "DependencyDoc",
    "`postBuild`": "PostBuild",
    "`flux` of a bundle": "BundleFlux",
    "`argocd` of a bundle": "BundleArgocd",
    "applications": "ApplicationRef",
}


def test_the_page_lists_the_keys_that_take_references():
    page = (ROOT / "docs/cluster-sets.md").read_text()
    lines = re.findall(r"^\| ([^|]+) \| (`[^|]+`) \|$", page, re.MULTILINE)
    told = {
        PARTS[part]: frozenset(re.findall(r"`(\w+)`", keys))
        for part, keys in lines
        if part in PARTS
    }
    assert told == FIELDS
