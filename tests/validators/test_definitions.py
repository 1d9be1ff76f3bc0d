"""The CRDs that judge custom resources: of the command line, of the settings and of the tree."""

import json
import tarfile
from io import BytesIO

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.validators import Job, validator
from kure_hooks.yamlio import dump

WIDGET = b"apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 1}\n"


def crd(key, kind="Widget", group="example.com"):
    """Return a CRD whose objects may have one key in their spec."""
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {key: {"type": "integer"}}}},
    }
    plural = f"{kind.lower()}s"
    return dump(
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"kind": kind, "plural": plural},
                "versions": [
                    {
                        "name": "v1",
                        "served": True,
                        "storage": True,
                        "schema": {"openAPIV3Schema": schema},
                    }
                ],
            },
        }
    )


RIGHT, WRONG = crd("size"), crd("other")


def verdict(tree, files=("w.yaml",), **more):
    content = {
        path: text if isinstance(text, bytes) else text.encode() for path, text in tree.items()
    }
    content.setdefault("w.yaml", WIDGET)
    job = Job(
        files={path: content[path] for path in files},
        kubernetes="1.34",
        tree=MemoryTree(content),
        **more,
    )
    return validator("embedded").validate(job)


def judge(tree, **more):
    """Return the name of what judged the one widget; it is right by the CRD RIGHT alone."""
    said = verdict(tree, **more)
    (name,) = [name for name in said.judges if "Kubernetes" not in name]
    return name


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        ({"b/crd.yaml": RIGHT, "a/crd.yaml": RIGHT}, "a/crd.yaml"),
        ({"b/crd.yaml": RIGHT, "z/crd.JSON": RIGHT, "a/crd.txt": RIGHT}, "b/crd.yaml"),
        ({"vendor/schemas/x.yaml": RIGHT, "a/crd.yaml": WRONG}, "vendor/schemas/x.yaml"),
    ],
)
def test_crds_of_the_tree_go_by_their_paths_and_recorded_ones_first(tree, path):
    assert judge(tree) == path


def test_a_crd_that_is_judged_itself_goes_before_others():
    tree = {"z.yaml": RIGHT, "vendor/schemas/x.yaml": WRONG, "a.yaml": WRONG}
    assert judge(tree, files=("w.yaml", "z.yaml")) == "z.yaml"


@pytest.mark.parametrize("location", ["crds/widgets.yaml", "crds", "crds/widgets.txt"])
def test_the_locations_of_the_settings_may_be_crds(location):
    path = location if "." in location else "crds/widgets.yaml"
    tree = {path: RIGHT, "a.yaml": WRONG, "vendor/schemas/x.yaml": WRONG}
    said = verdict(tree, locations=(location,))
    assert (said.findings, list(said.judges)) == ((), [path])


def test_a_location_may_hold_crds_and_json_schemas():
    gadget = "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\nspec: 1\n"
    tree = {
        "s/crd.yaml": RIGHT,
        "s/example.com/gadget_v1.json": json.dumps({"properties": {"spec": {"type": "string"}}}),
        "g.yaml": gadget,
    }
    said = verdict(tree, files=("w.yaml", "g.yaml"), locations=("s",))
    assert dict(said.judges) == {"s/crd.yaml": 1, "s/example.com/gadget_v1.json": 1}
    assert [str(finding.at) for finding in said.findings] == ["g.yaml:4:1"]


@pytest.mark.parametrize(
    ("tree", "location", "message"),
    [
        ({"s/a.yaml": "kind: Service\n"}, "s/a.yaml", "holds no CustomResourceDefinition"),
        ({"s/a.yaml": f"{RIGHT}x: [\n"}, "s/a.yaml", "s/a.yaml"),
        ({"s/a.yaml": f"{RIGHT}x: [\n"}, "s", "s/a.yaml"),
    ],
)
def test_a_location_that_can_not_be_used_is_told(tree, location, message):
    with pytest.raises(UsageError, match=r"validate\.schemaLocations: .*" + message):
        verdict(tree, locations=(location,))


def test_a_broken_crd_that_nobody_has_named_is_skipped_by_name_and_the_others_are_used():
    tree = {"a.yaml": f"{WRONG}x: [\n---\n{RIGHT}"}
    said = verdict(tree)
    assert (said.findings, list(said.judges)) == ((), ["a.yaml"])
    assert [(skipped.subject, "can't be read" in skipped.reason) for skipped in said.skipped] == [
        ("a.yaml", True)
    ]


@pytest.mark.parametrize("name", ["widgets.yaml", "widgets.json", "widgets"])
def test_a_trusted_file_of_crds_goes_first(tmp_path, name):
    file = tmp_path / name
    file.write_text(f"kind: Service\n---\n{RIGHT}")
    said = verdict({"a.yaml": WRONG}, schemas=(file,), locations=("a.yaml",))
    assert (said.findings, list(said.judges)) == ((), [str(file)])


def test_a_trusted_directory_may_hold_crds_at_any_depth(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/widgets.yaml").write_text(RIGHT)
    (tmp_path / "deep/values.yaml").write_text("{{ no YAML")
    said = verdict({"a.yaml": WRONG}, schemas=(tmp_path,))
    assert (said.findings, dict(said.judges)) == ((), {f"{tmp_path}/deep/widgets.yaml": 1})


def test_of_several_trusted_places_the_first_goes_first(tmp_path):
    one, other = tmp_path / "one.yaml", tmp_path / "other"
    one.write_text(crd("size", "Gadget"))
    (other / "example.com").mkdir(parents=True)
    (other / "example.com/widget_v1.json").write_text("{}")
    last = tmp_path / "last.yaml"
    last.write_text(WRONG)
    assert judge({}, schemas=(one, other, last)) == str(other)


def test_trusted_crds_judge_what_the_packed_schemas_know_too(tmp_path):
    file = tmp_path / "crd.yaml"
    file.write_text(crd("size", "Kustomization", "kustomize.toolkit.fluxcd.io"))
    head = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n"
    flux = f"{head}spec: {{size: 1}}\n"
    said = verdict({"k.yaml": flux}, files=("k.yaml",), schemas=(file,))
    assert (said.findings, list(said.judges)) == ((), [str(file)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: Service\n", "holds no CustomResourceDefinition"),
        ("", "holds no CustomResourceDefinition"),
        (RIGHT.replace("apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"), "holds no"),
        (f"{RIGHT}x: [\n", "widgets.yaml"),
    ],
)
def test_a_trusted_file_that_can_not_be_used_is_told(tmp_path, text, message):
    file = tmp_path / "widgets.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=message):
        verdict({}, schemas=(file,))


def test_objects_of_no_custom_kind_read_no_crds():
    tree = {
        "s.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        "a.yaml": f"{RIGHT}x: [\n",
    }
    assert verdict(tree, files=("s.yaml",)).skipped == ()


def packed_chart(files):
    """Return a chart as `helm package` makes it."""
    made = BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, text in {"Chart.yaml": "name: widgets", **files}.items():
            entry = tarfile.TarInfo(f"widgets/{name}")
            entry.size = len(text)
            archive.addfile(entry, BytesIO(text.encode()))
    return made.getvalue()


@pytest.mark.parametrize("name", ["crds/a/widgets.yaml", "charts/inner/crds/widgets.yml"])
def test_crds_of_a_packed_chart_are_found(name):
    archive = packed_chart({name: WRONG, "templates/x.yaml": RIGHT})
    found = verdict({"charts/widgets-1.0.0.tgz": archive})
    assert [finding.rule for finding in found.findings] == ["VA010"]
    assert found.judges == {f"charts/widgets-1.0.0.tgz/widgets/{name}": 1}


def test_crds_of_an_unpacked_chart_are_found():
    found = verdict({"charts/widgets/Chart.yaml": "name: w", "charts/widgets/crds/w.yaml": RIGHT})
    assert found.findings == ()
    assert found.judges == {"charts/widgets/crds/w.yaml": 1}


def test_an_archive_that_can_not_be_read_is_passed_over():
    found = verdict({"a.tgz": b"no archive", "crds.yaml": RIGHT})
    assert found.judges == {"crds.yaml": 1}


@pytest.mark.usefixtures("kubeconform")
@pytest.mark.parametrize("place", ["named", "in the tree", "in a chart"])
def test_kubeconform_judges_by_the_same_crds(tmp_path, place):
    (tmp_path / "crds.yaml").write_text(WRONG)
    chart = packed_chart({"crds/w.yaml": WRONG})
    tree = {
        "named": {},
        "in the tree": {"deep/crds/w.yaml": WRONG.encode()},
        "in a chart": {"w.tgz": chart},
    }[place]
    job = Job(
        files={"w.yaml": WIDGET},
        kubernetes="1.34",
        tree=MemoryTree(tree | {"w.yaml": WIDGET}),
        schemas=(tmp_path / "crds.yaml",) if place == "named" else (),
    )
    (finding,) = validator("kubeconform").validate(job).findings
    assert finding.pointer == "/spec/size"


@pytest.mark.usefixtures("kubeconform")
def test_kubeconform_takes_a_file_of_crds_from_the_command_line(tmp_path, kure):
    (tmp_path / "w.yaml").write_bytes(WIDGET)
    (tmp_path / "crds.txt").write_text(WRONG)
    arguments = ("--backend", "kubeconform", "--schemas", "crds.txt", "w.yaml")
    code, out, err = kure("validate", *arguments)
    assert (code, err) == (1, "")
    assert "w.yaml:4:8: Widget w: spec.size: unknown key" in out
