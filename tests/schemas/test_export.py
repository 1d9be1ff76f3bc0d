"""The schemas that are written for kubeconform, held against the program itself."""

import json
import re
import subprocess
from random import Random

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.operations.schemas import export
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.schemas.conversion import Conversion, expanded
from kure_hooks.schemas.packed import Catalogue
from kure_hooks.validators.judges import packed
from kure_hooks.validators.schemas import Resource
from kure_hooks.yamlio import dump
from tests.support.schema_mutations import mutate
from tests.support.schema_values import Sampler
from tests.support.tools import tool

VERSION = "1.34"
EACH = 15
"""Documents of each kind."""

# The schema of a CRD has a part that holds itself, which the maker of random values can't follow.
ENDLESS = {"CustomResourceDefinition", "CustomResourceDefinitionList"}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    directory = tmp_path_factory.mktemp("schemas")
    export(open_workspace(tmp_path_factory.mktemp("repository")), directory, VERSION)
    return directory


def kubeconform(exported, files, *flags):
    locations = (
        str(exported),
        f"{exported}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json",
    )
    done = subprocess.run(
        [
            tool("kubeconform"),
            *("-output", "json", "-verbose", "-n", "1", "-kubernetes-version", f"{VERSION}.0"),
            *(part for location in locations for part in ("-schema-location", location)),
            *flags,
            *map(str, files),
        ],
        capture_output=True,
        check=False,
    )
    return json.loads(done.stdout)["resources"]


def without_list_types(schema):
    """Leave out which lists are sets and maps: a JSON Schema can't say it."""
    if isinstance(schema, list):
        return [without_list_types(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    hidden = "x-kubernetes-list-type"
    return {key: without_list_types(part) for key, part in schema.items() if key != hidden}


def random_documents():
    """Yield documents of all built-in kinds, most with one place changed."""
    catalogue = Catalogue()
    chance = Random(20_261_127)  # noqa: S311 - it makes test values
    for api_version, kind in catalogue.kinds(VERSION):
        source = catalogue.source(api_version, kind, VERSION)
        if source.name != "Kubernetes" or kind in ENDLESS:
            continue
        schema = catalogue.structural(api_version, kind, VERSION)
        schema = without_list_types(expanded(schema, schema.get("definitions") or {}))
        for _ in range(EACH):
            value = Sampler(chance, chance.choice([0.1, 0.3])).value(schema)
            holder = {"": {**value, "apiVersion": api_version, "kind": kind}}
            for _ in range(chance.choice([0, 1, 2])):
                if isinstance(holder.get(""), dict):
                    mutate(holder, "", schema, chance)
            value = holder.get("")
            if isinstance(value, dict):
                yield {**value, "apiVersion": api_version, "kind": kind}


NO_TIME = "this is no time"


def is_excused(value):
    """Tell whether kubeconform can't come to our verdict on a document, which is right.

    - It reads whole numbers by way of a float, so that 2^63 - 1, which is allowed, is 2^63 to it.
    """
    if isinstance(value, dict):
        return any(map(is_excused, value.values()))
    if isinstance(value, list):
        return any(map(is_excused, value))
    return isinstance(value, int) and value == 2**63 - 1


def test_kubeconform_comes_to_our_verdict_on_mutated_objects(exported, tmp_path):
    documents = list(random_documents())
    assert len(documents) >= 2_000
    files = [tmp_path / f"{number:05}.yaml" for number in range(len(documents))]
    for file, document in zip(files, documents, strict=True):
        file.write_text(dump(document))
    answers = {}
    for start in range(0, len(files), 500):
        for answer in kubeconform(exported, files[start : start + 500], "-strict"):
            answers[answer["filename"]] = answer
    judges = packed(VERSION)
    differing = []
    valid = 0
    for file, document in zip(files, documents, strict=True):
        answer = answers[str(file)]
        judge = judges.of(Resource(document["apiVersion"], document["kind"]))
        complaints = [
            complaint
            for complaint in judge.complaints(document)
            if complaint.problem != NO_TIME  # exported schemas have no formats
        ]
        valid += not complaints
        if (answer["status"] == "statusValid") is bool(complaints) and not is_excused(document):
            differing.append((answer["status"], answer["msg"], complaints, document))
    assert differing == []
    assert 500 < valid < len(documents) - 500
    assert sum(map(is_excused, documents)) < 30


def test_schemas_are_where_kubeconform_looks_for_them(exported):
    for directory in ("v1.34.0-standalone-strict", "v1.34.0-standalone"):
        for name in ("configmap-v1", "deployment-apps-v1", "ingress-networking-v1"):
            assert (exported / directory / f"{name}.json").is_file()
    for name in ("argoproj.io/application_v1alpha1", "helm.toolkit.fluxcd.io/helmrelease_v2"):
        assert (exported / f"{name}.json").is_file()
        assert (exported / "relaxed" / f"{name}.json").is_file()


FLUX = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: a}
spec: {interval: 1m, url: https://example.com/a.git, timeout: null, urll: x}
"""


@pytest.mark.parametrize(
    ("flags", "statuses"), [(["-strict"], ["Invalid"] * 2), ([], ["Valid", "Invalid"])]
)
def test_custom_resources_are_judged_by_the_catalogs_names(exported, tmp_path, flags, statuses):
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: 1\n")
    (tmp_path / "b.yaml").write_text(FLUX)
    answers = kubeconform(exported, sorted(tmp_path.glob("*.yaml")), *flags)
    assert [answer["status"] for answer in answers] == [f"status{status}" for status in statuses]
    assert "'urll' not allowed" in answers[1]["msg"]
    assert "timeout" not in answers[1]["msg"]


def test_keys_with_a_default_are_not_required(exported):
    """The API server adds them before it looks for what is required."""
    schema = json.loads((exported / "argoproj.io/application_v1alpha1.json").read_text())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    converted = Conversion(alone=True).document(
        {
            "type": "object",
            "properties": {
                "a": {"type": "string", "default": "x", "enum": ["x"]},
                "b": {"type": "string"},
                "c": {"$ref": "#/definitions/1"},
            },
            "required": ["a", "b", "c"],
            "definitions": {"1": {"type": "object", "default": {}}},
        }
    )
    assert converted["required"] == ["apiVersion", "b", "kind"]
    assert converted["properties"]["a"] == {"type": ["string", "null"], "enum": ["x", None]}


def test_an_export_writes_over_its_own_files_only(tmp_path):
    workspace = open_workspace(tmp_path)
    target = tmp_path / "out"
    first = export(workspace, target, VERSION)
    assert (first.kubernetes, first.count) == ("1.34.0", export(workspace, target, VERSION).count)
    mine = target / "v1.34.0-standalone/configmap-v1.json"
    mine.write_text("{}")
    with pytest.raises(UsageError, match="is not from an earlier export"):
        export(workspace, target, VERSION)
    assert mine.read_text() == "{}"


def test_other_versions_and_places_are_refused(tmp_path):
    workspace = open_workspace(tmp_path)
    with pytest.raises(UsageError, match="is no Kubernetes version"):
        export(workspace, tmp_path / "out", "2.0")
    for version in ("1.9", "1.99"):
        with pytest.raises(UsageError, match="are not packed"):
            export(workspace, tmp_path / "out", version)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is no directory"):
        export(workspace, tmp_path / "file", VERSION)


def test_the_command_says_what_it_wrote(kure, tmp_path):
    code, out, err = kure("schemas", "export", "out", "--kubernetes", "1.36.1")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"out: \d+ schemas for Kubernetes 1\.36\.1\n", out)
    assert (tmp_path / "out/v1.36.1-standalone-strict/deployment-apps-v1.json").is_file()
