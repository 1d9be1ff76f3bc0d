"""CRDs that are taken into the repository, and what is said when they change there."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.git import commit_all, git, make_repository, write
from tests.validators.test_definitions import crd

WIDGETS = "vendor/schemas/widgets.example.com.yaml"
GADGETS = "vendor/schemas/gadgets.example.com.yaml"
LOCK = "vendor/kure-hooks.lock.yaml"
WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 1, sise: 2}\n"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
INSTALL = Path(__file__).parents[3] / "shared/data/install"


@pytest.fixture
def repository(tmp_path):
    return make_repository(tmp_path)


def locked(repository):
    entries = yaml.safe_load((repository / LOCK).read_text())["vendored"]
    return {entry["path"]: entry["sha256"] for entry in entries}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_crds_are_taken_out_of_a_file_and_judge(repository, kure):
    write(
        repository,
        {"all.txt": f"{SERVICE}---\n{crd('size')}status: {{}}\n---\n{crd('a', 'Gadget')}"},
    )
    code, out, err = kure("schemas", "add", "all.txt")
    sums = {path: digest(repository / path) for path in (GADGETS, WIDGETS)}
    assert (code, err) == (0, "")
    assert out == (
        f"{GADGETS}: example.com/v1 Gadget; sha256 {sums[GADGETS]}\n"
        f"{WIDGETS}: example.com/v1 Widget; sha256 {sums[WIDGETS]}\n"
    )
    assert locked(repository) == sums
    assert (repository / WIDGETS).read_text() == crd("size")
    write(repository, {"w.yaml": WIDGET})
    code, out, _ = kure("validate", "w.yaml", "-v")
    assert code == 1
    assert "w.yaml:4:17: Widget w: spec.sise: unknown key" in out
    assert f"judged by {WIDGETS}: 1 object" in out


def test_directories_and_standard_input_hold_crds_too(repository):
    write(
        repository,
        {
            "chart/crds/a.yaml": crd("size"),
            "chart/templates/b.yaml": "{{ no YAML }}: [\n",
            "chart/values.yaml": "a: 1\n",
        },
    )
    done = subprocess.run(
        [sys.executable, "-m", "kure_hooks", "schemas", "add", "chart", "-"],
        cwd=repository,
        input=f'{{"apiVersion": "v1", "kind": "List", "items": [{_json(crd("a", "Gadget"))}]}}',
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(locked(repository)) == [GADGETS, WIDGETS]


def _json(text):
    return json.dumps(yaml.safe_load(text))


def test_a_newer_crd_replaces_the_recorded_one_and_other_records_stay(repository, kure):
    write(repository, {"a.yaml": crd("size"), "b.yaml": crd("sise"), "install.yaml": SERVICE})
    kure("vendor", "install.yaml")
    assert kure("schemas", "add", "a.yaml")[0] == 0
    assert kure("schemas", "add", "b.yaml")[0] == 0
    assert sorted(locked(repository)) == ["vendor/install.yaml", WIDGETS]
    assert (repository / WIDGETS).read_text() == crd("sise")


def test_adding_twice_changes_nothing(repository, kure):
    write(repository, {"a.yaml": crd("size"), "b.yaml": f"# the same\n{crd('size')}"})
    assert kure("schemas", "add", "a.yaml", "b.yaml")[0] == 0
    before = (repository / LOCK).read_bytes()
    assert kure("schemas", "add", WIDGETS)[0] == 0
    assert (repository / LOCK).read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.write_text(crd("other")), "its sha256 is "),
        (lambda file: file.unlink(), f"{LOCK} records this, but it is not there"),
        (lambda file: (file.unlink(), file.symlink_to("x")), "it is a symbolic link"),
        (lambda file: file.with_name("more.yaml").write_text(crd("a", "Gadget")), "this is not in"),
    ],
    ids=["edited", "gone", "link", "unrecorded"],
)
@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_crd_that_is_not_what_was_recorded_is_an_error(repository, kure, change, said, format_):
    write(repository, {"a.yaml": crd("size"), "s.yaml": SERVICE})
    kure("schemas", "add", "a.yaml")
    assert kure("validate", "s.yaml")[0] == 1  # the Service lacks its spec
    write(repository, {"s.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"})
    assert kure("validate", "s.yaml")[:2] == (0, "")
    change(repository / WIDGETS)
    code, out, _ = kure("validate", "s.yaml", "--format", format_)
    assert code == 1
    assert said in out
    assert "VA019" in out if format_ == "json" else "vendor/schemas/" in out


def test_an_edited_crd_is_not_lost(repository, kure):
    write(repository, {"a.yaml": crd("size")})
    kure("schemas", "add", "a.yaml")
    commit_all(repository, "added")
    write(repository, {WIDGETS: crd("mine")})
    code, _, err = kure("schemas", "add", "a.yaml")
    assert code == 2
    assert "is not what" in err
    assert (repository / WIDGETS).read_text() == crd("mine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SERVICE, "a.yaml holds no CustomResourceDefinition"),
        ("kind: ConfigMap\napiVersion: v1\ndata: {a: CustomResourceDefinition}\n", "holds no Cust"),
        (crd("size").replace("name: widgets.", "name: gadgets."), "a.yaml:4:3: "),
        (crd("size").replace("plural: widgets", "plural: ../../x"), "a.yaml:4:3: "),
        (crd("size").replace("group: example.com", "group: /etc"), "the name of a CRD is"),
        (crd("size").replace("schema:", "skema:"), "this CRD has no version with a schema"),
        (crd("size").replace("served: true", "served: sure"), "this is a text"),
        (crd("size").replace("/v1\n", "/v1beta1\n"), "this CRD has no version with a schema"),
        (f"{crd('size')}---\n{crd('other')}", "a.yaml:4:3 has another version of this CRD"),
        (f"{crd('size')}---\na: [\n", "a.yaml:"),
    ],
    ids=range(10),
)
def test_what_is_no_crd_is_told_and_nothing_is_written(repository, kure, text, said):
    write(repository, {"a.yaml": text})
    code, out, err = kure("schemas", "add", "a.yaml")
    assert (code, out) == (2, "")
    assert said in err
    assert not (repository / "vendor").exists()


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_what_is_not_there_is_told(repository, kure, name):
    (repository / "empty").mkdir()
    code, _, err = kure("schemas", "add", name)
    assert code == 2
    assert err.startswith(f"error: {name} ")


@pytest.mark.skipif(not INSTALL.is_dir(), reason="there is no ../shared/data/install")
def test_releases_can_be_added(repository, kure):
    code, out, err = kure("schemas", "add", str(INSTALL / "argocd/install-v3.5.1.yaml"))
    assert (code, err) == (0, "")
    assert [line.partition(":")[0] for line in out.splitlines()] == [
        "vendor/schemas/applications.argoproj.io.yaml",
        "vendor/schemas/applicationsets.argoproj.io.yaml",
        "vendor/schemas/appprojects.argoproj.io.yaml",
    ]


def test_a_vendor_directory_that_is_another_repository_is_left_alone(repository, kure):
    write(repository, {"a.yaml": crd("size"), "w.yaml": WIDGET.replace(", sise: 2", "")})
    commit_all(make_repository(repository / "vendor"), "empty")
    write(repository / "vendor", {"schemas/x.yaml": crd("other")})
    commit_all(repository / "vendor", "one")
    git(repository, "add", "--all")
    for source in ("worktree", "index"):
        assert kure("validate", "--source", source, "w.yaml") == (0, "", "")
    assert kure("schemas", "list")[0] == 0
