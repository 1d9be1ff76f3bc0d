"""The roll-up: what matters of many files, before all of them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from kure_hooks.drift.result import FieldChange, ObjectChange, Risk, State
from kure_hooks.reports import Style, render
from kure_hooks.reports import json as json_report
from kure_hooks.reports.model import Problems
from tests.reports.outcomes import (
    FLEET,
    HOSTILE,
    OUTCOME,
    REGISTRY,
    added,
    clusters,
    fleet,
    image,
)
from tests.support.git import git, make_repository

JOBS = ("job-a", "job-b", "job-c")


def chapters(outcome):
    return {
        title: [(entry.words, entry.where) for entry in entries]
        for title, entries in Problems(outcome).chapters
    }


def with_field(path, before, after, *risks):
    field = FieldChange(path, before, after, risks=risks)
    objects = (ObjectChange("Deployment till/till", State.CHANGED, (field,)),)
    return [image(directory, "1", "2", objects=objects) for directory in clusters(4)]


def test_the_facts_of_a_fleet():
    in_three = "in clusters/shop-1, clusters/shop-2, clusters/shop-3"
    assert chapters(FLEET) == {
        "Images": [
            (f"{REGISTRY}:2.0 -> {REGISTRY}:2.1", "Deployment till/till in 4 clusters"),
            (f"{REGISTRY}:1.9 -> {REGISTRY}:2.1", "Deployment till/till in clusters/shop-5"),
        ],
        "Replicas": [("spec.replicas: 3 -> 0", "Deployment till/till in clusters/shop-4")],
        "Risks": [("scales to zero", "Deployment till/till in clusters/shop-4")],
        "Owners that change": [
            (
                FLEET.drift[-1].objects[0].effect,
                "Deployment till/till in clusters/shop-4",
            )
        ],
        "Objects added": [("Service till", in_three)],
        "Objects removed": [("ConfigMap till/rates", "in clusters/shop-4")],
        "Moved without change": [
            (
                ", ".join(f"web/{name}.yaml <- apps/{name}.yaml" for name in JOBS),
                "in clusters/shop-1, clusters/shop-2",
            )
        ],
    }


@pytest.mark.parametrize(
    ("path", "before", "after", "fact"),
    [
        ("spec.template.spec.initContainers[a].image", "a:1", "a:2", "Images"),
        ("spec.values.image.tag", "1", "2", "Images"),
        ("images[0].newTag", "1", "2", "Images"),
        ("spec.minReplicas", "1", "2", "Replicas"),
        ("spec.values.replicaCount", "1", "2", "Replicas"),
    ],
)
def test_fields_by_their_names(path, before, after, fact):
    (title,) = found = chapters(fleet(*with_field(path, before, after)))
    words = f"{before} -> {after}" if path.endswith(".image") else f"{path}: {before} -> {after}"
    assert title == fact
    assert found[title] == [(words, "Deployment till/till in 4 clusters")]


def test_other_fields_are_no_facts():
    assert chapters(fleet(*with_field("metadata.labels.imageX", "a", "b"))) == {}


def test_what_one_sentence_tells_is_not_told_before_it():
    changes = [structs.replace(change, unstaged=True) for change in FLEET.drift]
    regenerated = structs.replace(FLEET, command="generate", drift=tuple(changes))
    assert chapters(regenerated) == {}
    assert chapters(structs.replace(regenerated, drift=FLEET.drift)) != {}


def test_few_files_are_read_at_a_glance():
    assert chapters(fleet(*(image(each, "1", "2") for each in clusters(3)))) == {}
    assert chapters(fleet(*(image(each, "1", "2") for each in clusters(4))))


def test_a_check_says_what_is_not_checked_in():
    outcome = structs.replace(fleet(*map(added, clusters(4))), command="check")
    assert chapters(outcome) == {"Objects not checked in": [("Service till", "in 4 clusters")]}


def test_programs_get_all_of_it():
    rollup = json.loads(render("json", FLEET, Style()))["rollup"]
    assert rollup["version"] == 1
    assert rollup["images"][0] == {
        "words": f"{REGISTRY}:2.0 -> {REGISTRY}:2.1",
        "where": "Deployment till/till in 4 clusters",
        "objects": 1,
        "clusters": 4,
    }
    group = next(group for group in rollup["groups"] if len(group["clusters"]) == 4)
    assert group["changes"] == [
        {
            "kind": "changed",
            "paths": ["apps/till-deployment-till.yaml"],
            "differ": ["clusters/shop-5"],
            "unchanged": ["clusters/shop-6"],
        }
    ]


def test_reports_of_earlier_versions_have_none_and_are_read():
    stored = json.loads(render("json", FLEET, Style()))
    del stored["rollup"]
    assert json_report.parse(json.dumps(stored)) == FLEET


def test_secrets_stay_hidden():
    assert "s3cr3t" not in json.dumps(json.loads(render("json", OUTCOME, Style()))["rollup"])


def test_hostile_names_do_nothing():
    changes = [
        image(each, "1", "2", objects=(ObjectChange(HOSTILE, State.ADDED, effect=HOSTILE),))
        for each in clusters(4)
    ]
    changes += with_field(f"x.image{HOSTILE}.image", HOSTILE, HOSTILE, Risk.OWNER)
    text = render("markdown", fleet(*changes), Style())
    head = text[: text.index("| cluster")]
    assert "**Images**" in head
    outside = [part for number, part in enumerate(head.split("`````")) if not number % 2]
    assert not any("@team" in part or "<script" in part for part in outside)


@given(st.permutations(FLEET.drift))
@settings(deadline=None, max_examples=20)
def test_the_order_of_the_changes_says_nothing(changes):
    outcome = structs.replace(FLEET, drift=tuple(changes))
    assert Problems(outcome).rollup == Problems(FLEET).rollup


ROOM = 8 << 10


def test_one_image_in_five_hundred_clusters_has_room_in_a_comment():
    names = clusters(500)
    changes = [image(each, "1.9" if each in names[7:9] else "2.0", "2.1") for each in names[:-1]]
    text = render("markdown", fleet(*changes, number=500), Style())
    assert len(text.encode()) <= ROOM
    assert f"`{REGISTRY}:2.0 -> {REGISTRY}:2.1`: `Deployment till/till in 497 clusters`" in text
    assert f"2 differ: {names[7]}, {names[8]}; 1 is unchanged: {names[-1]}" in text


SHOPS = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterSet
metadata: {name: shops}
spec:
  parameters:
  - {name: city}
  - {name: tag, default: "2.0"}
  clusters: {from: ../tables/shops.csv}
  template:
    metadata: {name: "shop-${params.city}"}
    spec:
      node:
        name: apps
        bundle:
          name: till
          applications:
          - name: till
            namespace: till
            kind: AppWorkload
            spec:
              workload: Deployment
              containers: [{name: till, image: "registry.example.com/till:${params.tag}"}]
"""


def test_a_pull_request_of_one_image_in_five_hundred_clusters(kure, tmp_path, monkeypatch):
    """Through the command and git: one cluster keeps an old image, one comes from it."""
    rows = [f"c{number:03},{'1.9' if number in (3, 4) else ''}" for number in range(500)]
    stack, table = tmp_path / "stacks/shops.yaml", tmp_path / "tables/shops.csv"
    for file, text in ((stack, SHOPS), (table, "\n".join(["city,tag", *rows, ""]))):
        file.parent.mkdir()
        file.write_text(text)
    make_repository(tmp_path)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "fleet")
    stack.write_text(SHOPS.replace("2.0", "2.1"))
    table.write_text(table.read_text().replace("c004,1.9", "c004,2.1"))
    monkeypatch.chdir(tmp_path)
    code, text, _ = kure("diff", "--format", "markdown")
    assert code == 1
    assert len(text.encode()) <= ROOM
    assert f"`{REGISTRY}:2.0 -> {REGISTRY}:2.1`: `Deployment till/till in 498 clusters`" in text
    assert "1 differs: clusters/shop-c004; 1 is unchanged: clusters/shop-c003" in text


def test_the_rest_of_a_chapter_is_shown_by_what_the_reader_can_run():
    tags = (str(number) for number in range(36))
    outcome = fleet(
        *(image(each, tag, "new") for each, tag in zip(clusters(36), tags, strict=True))
    )
    whole = "KURE_HOOKS_LINES=0 pre-commit run --hook-stage manual kure-check --all-files"
    hook = render("text", outcome, Style(lines=60, whole=whole)).split("\n\n")[0]
    assert hook.endswith(f"  and 33 more; {whole} shows all")
    terminal = render("text", outcome, Style()).split("\n\n")[0]
    assert terminal.endswith("  and 24 more; --verbose shows all")
    assert "shows all" not in render("text", outcome, Style(verbose=True)).split("\n\n")[0]
