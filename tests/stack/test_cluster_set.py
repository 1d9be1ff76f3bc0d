"""Sets as they are read: rows with their places, parameters, and documents that values make."""

import pytest

from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.findings import Location
from kure_hooks.stack import cluster_set as cluster_set_module
from kure_hooks.stack.cluster_set import cluster_set
from kure_hooks.stack.files import Files
from kure_hooks.stack.load import load
from kure_hooks.stack.sets import parameters, table
from kure_hooks.yamlio.place import Place

SET = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterSet
metadata: {name: edge}
spec:
  parameters: [{name: name}, {name: size, type: integer, default: 1}, {name: text, default: x}]
  clusters: CLUSTERS
  template:
    metadata: {name: "edge-${params.name}", annotations: {text: "${params.text}"}}
    spec:
      node:
        name: apps
        bundle: {name: web, argocd: {info: [{name: size, value: "${params.size}"}]}}
        children: [{name: more, bundle: base}]
---
apiVersion: stack.gokure.dev/v1alpha1
kind: Bundle
metadata: {name: base}
spec: {prune: false}
"""


def opened(clusters, **tables):
    texts = {"stacks/a.yaml": SET.replace("CLUSTERS", clusters)}
    texts |= {f"tables/a.{ending}": text for ending, text in tables.items()}
    tree = MemoryTree({path: text.encode() for path, text in texts.items()})
    files = Files(tree)
    return cluster_set(files, "stacks/a.yaml"), files, tree


def test_rows_of_each_form_have_their_values_and_places():
    csv = 'text,name,size\r\n"a, ""b""",x,2\r\n\r\n,b,\r\n'
    forms = {
        "[{name: x, size: 2, text: 'a, \"b\"'}, {name: b, size: null}]": (6, 14),
        "{from: ../tables/a.csv}": (2, 1),
        "{from: ../tables/a.yaml}": (1, 3),
    }
    yaml = "- {name: x, size: 2, text: 'a, \"b\"'}\n- name: b\n"
    for clusters, place in forms.items():
        made, files, _ = opened(clusters, csv=csv, yaml=yaml)
        assert files.findings == []
        assert [dict(member.values) for member in made.members] == [
            {"name": "x", "size": 2, "text": 'a, "b"'},
            {"name": "b", "size": 1, "text": "x"},
        ]
        assert (made.members[0].at.line, made.members[0].at.column) == place
    assert opened("{from: ../tables/a.csv}", csv=csv)[0].members[1].at == Location(
        "tables/a.csv", 4, 1
    )


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    made, files, _ = opened("{from: ../tables/a.csv}", csv="\ufeffname\nx\n")
    assert files.findings == []
    assert [member.name for member in made.members] == ["edge-x"]


def test_places_of_a_member_are_those_of_the_template():
    made, _, tree = opened("[{name: x}, {name: b}]")
    files = made.files(tree, 1)
    document, bundle = files.documents["stacks/a.yaml"]
    place = Place(document, ("spec", "template", "metadata", "name"))
    assert (place.value, str(place.at)) == ("edge-b", "stacks/a.yaml:8:22")
    info = Place(document, ("spec", "template", "spec", "node", "bundle", "argocd", "info", 0))
    assert (info.value["value"], info.at.line) == ("1", 12)
    assert bundle.value["kind"] == "Bundle"


def test_all_clusters_of_a_set_are_loaded():
    _, _, tree = opened("[{name: x}, {name: b}]")
    stack = load(tree, "stacks/a.yaml", Settings(), GENERATORS)
    assert [cluster.name for cluster in stack.clusters] == ["edge-x", "edge-b"]
    assert [cluster.annotations for cluster in stack.clusters] == [{"text": "x"}] * 2


def test_faults_of_the_table_and_of_clusters_come_together():
    _, _, tree = opened("[{name: x}, {name: B}, {nam: z}]")
    with pytest.raises(InputError) as caught:
        load(tree, "stacks/a.yaml", Settings(), GENERATORS)
    assert [str(finding.at) for finding in caught.value.findings] == [
        "stacks/a.yaml:6:36",
        "stacks/a.yaml:6:42",
        "stacks/a.yaml:8:22",
    ]


def test_a_table_has_no_more_than_the_most_rows(monkeypatch):
    monkeypatch.setattr(table, "MAX_ROWS", 2)
    for clusters in ("[{name: x}, {name: b}, {name: z}]", "{from: ../tables/a.csv}"):
        made, files, _ = opened(clusters, csv="name\nx\nb\nz\n")
        assert made.members == ()
        assert "more than" in files.findings[0].problem


@pytest.mark.parametrize("text", ["", "a", "eu-1", "v1.2", "a/b", "a:80", "a@b", "-x", "x-", "é"])
def test_words_may_be_parts_of_texts(text):
    assert parameters.is_word(text)


@pytest.mark.parametrize(
    "text",
    [" ", "a b", "a:", "-", ".", "..", "../a", "a/../b", "{a}", "#", "a,b", '"', "$x", "*", "&a"],
)
def test_what_could_mean_more_in_a_text_is_no_word(text):
    assert not parameters.is_word(text)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r", "\0", "a\u2028b", "\u200b", " a", "a ", "${x}", "x" * 1_025]
)
def test_values_are_one_line_without_what_is_not_seen(text):
    assert parameters.text_problem(text)


def test_a_name_that_only_looks_like_one_with_a_parameter_is_one_name_for_all_rows():
    texts = {"stacks/a.yaml": SET.replace("edge-${params.name}", "$${params.name}")}
    texts["stacks/a.yaml"] = texts["stacks/a.yaml"].replace("CLUSTERS", "[{name: a}, {name: b}]")
    files = Files(MemoryTree({path: text.encode() for path, text in texts.items()}))
    cluster_set(files, "stacks/a.yaml")
    assert [finding.problem for finding in files.findings] == [
        "the template does not use the parameter name",
        "each of the 2 rows makes a cluster of this name",
    ]


@pytest.mark.parametrize(
    ("csv", "hint"),
    [
        ("name,\nx,\n", "Write one of size, text."),
        ("name,size,text,\nx,1,y,\n", "Declare it, or delete it."),
    ],
)
def test_the_hint_for_an_unknown_column_is_none_of_those_that_are_there(csv, hint):
    _, files, _ = opened("{from: ../tables/a.csv}", csv=csv)
    assert [finding.expected for finding in files.findings] == [hint]


def test_a_row_is_not_told_to_give_what_it_gives():
    _, files, _ = opened("[{name: x, size: 1, text: why, nothing: z}]")
    assert [finding.expected for finding in files.findings] == ["Declare it, or delete it."]


def test_columns_and_keys_beyond_the_first_faults_cost_nothing(monkeypatch):
    asked = []
    for module in (cluster_set_module, table):
        monkeypatch.setattr(module, "nearest", lambda name, known: asked.append((name, known)))
    _, files, _ = opened("{from: ../tables/a.csv}", csv="name" + "," * 1_000_000 + "\nx\n")
    assert (len(files.findings), len(asked)) == (100, 1)
    keys = "".join(f", k{number}: 1" for number in range(2_000))
    _, files, _ = opened(f"[{{name: x{keys}}}]")
    assert (len(files.findings), len(asked)) == (100, 101)
