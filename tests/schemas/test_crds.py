"""CRDs in the text of files, and that the cache never changes what they define."""

import json
from pathlib import Path

import pytest

from kure_hooks.errors import InputError
from kure_hooks.files.cache import Cache
from kure_hooks.schemas import crds
from kure_hooks.schemas.definitions import definitions
from kure_hooks.yamlio import dump

RELEASED = Path(__file__).parents[3] / "shared/data/crds/yaml"
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Cluster",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "description": "words",
                        "properties": {
                            "description": {"type": "string", "description": "words"},
                            "title": {"type": "string", "enum": ["a"], "default": "a"},
                        },
                    }
                },
            }
        ],
    },
}
SHORT = dump(CRD).encode()
TEXT = SHORT + b"#" * 5_000 + b"\n"


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "kept"


@pytest.fixture
def parsed(monkeypatch):
    """The paths of what is parsed."""
    paths = []
    read = crds.read
    monkeypatch.setattr(
        crds, "read", lambda part, path, **more: (paths.append(path), read(part, path, **more))[1]
    )
    return paths


def test_the_same_text_is_parsed_once(kept, parsed):
    first = crds.defined(TEXT, "a.yaml", Cache(kept))
    assert crds.defined(TEXT, "b.yaml", Cache(kept)) == first
    assert parsed == ["a.yaml"]
    assert crds.defined(TEXT + b"# more\n", "c.yaml", Cache(kept)) == first
    assert parsed == ["a.yaml", "c.yaml"]


def test_another_version_of_kure_hooks_parses_anew(kept, parsed, monkeypatch):
    crds.defined(TEXT, "a.yaml", Cache(kept))
    monkeypatch.setattr(crds, "_FORM", b"kure-hooks 99 definitions 1\n")
    crds.defined(TEXT, "b.yaml", Cache(kept))
    assert parsed == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '[{"kind": "Widget"}]', '{"a": 1}', "[" * 100_000]
)
def test_an_entry_that_is_broken_is_made_anew(kept, text):
    first = crds.defined(TEXT, "a.yaml", Cache(kept))
    (entry,) = kept.iterdir()
    entry.write_text(text)
    assert crds.defined(TEXT, "a.yaml", Cache(kept)) == first
    assert json.loads(entry.read_text())


def test_without_a_cache_it_is_the_same(kept):
    assert crds.defined(TEXT, "a.yaml", Cache(None)) == crds.defined(TEXT, "a.yaml", Cache(kept))


def test_words_for_people_go_and_keys_of_their_names_stay(kept):
    (definition,) = crds.defined(TEXT, "a.yaml", Cache(kept))
    assert definition.schema == {
        "type": "object",
        "properties": {
            "description": {"type": "string"},
            "title": {"type": "string", "enum": ["a"], "default": "a"},
        },
    }


@pytest.mark.parametrize("schema", [None, 1, [], {"properties": []}, {"allOf": {}}, {"items": [1]}])
def test_schemas_of_any_shape_can_be_stripped(schema):
    assert crds.without_words(schema) == schema


def test_lists_hold_crds_and_other_documents_are_left_alone():
    text = dump({"apiVersion": "v1", "kind": "List", "items": [CRD, {"kind": "Service"}]})
    assert list(crds.crds(text.encode(), "a.yaml")) == [CRD]
    names = "CustomResourceDefinition"
    assert list(crds.crds(f"kind: ConfigMap\ndata: {{a: {names}}}\n".encode(), "a.yaml")) == []


def test_only_documents_that_name_a_group_are_looked_at():
    files = TEXT + b"---\nkind: CustomResourceDefinition\ngroup: other.io\n---\nkind: Service\n"
    assert len(list(crds.parts(files))) == 2
    assert list(crds.parts(files, ["example.com"])) == [TEXT]


def test_what_can_not_be_read_is_never_kept(kept):
    for _ in range(2):
        with pytest.raises(InputError):
            crds.defined(
                b"kind: CustomResourceDefinition\na: [\n" + b"#" * 5_000, "a.yaml", Cache(kept)
            )
    assert not kept.exists()


@pytest.mark.skipif(not RELEASED.is_dir(), reason="there is no ../shared/data/crds/yaml")
def test_released_crds_come_back_as_they_are(kept):
    for path in sorted(RELEASED.rglob("*.yaml")):
        for part in crds.parts(path.read_bytes()):
            plain = [
                (made.api_version, made.kind, crds.without_words(made.schema), made.warning)
                for crd in crds.crds(part, path.name)
                for made in definitions(crd)
            ]
            for _ in range(2):
                made = crds.defined(part, path.name, Cache(kept))
                values = [(one.api_version, one.kind, one.schema, one.warning) for one in made]
                assert values == plain
    assert len(list(kept.iterdir())) > 20


def test_short_documents_are_not_kept(kept):
    assert crds.defined(SHORT, "a.yaml", Cache(kept)) == crds.defined(TEXT, "a.yaml", Cache(None))
    assert not kept.exists()


def test_what_json_lacks_is_not_kept(kept, monkeypatch):
    """No reader gives such values; if one ever did, they must not come back as others."""
    broken = {**CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"], "default": float("nan")}
    version = {**CRD["spec"]["versions"][0], "schema": {"openAPIV3Schema": broken}}
    manifest = {**CRD, "spec": {**CRD["spec"], "versions": [version]}}
    monkeypatch.setattr(crds, "crds", lambda *_: [manifest])
    (made,) = crds.defined(TEXT, "a.yaml", Cache(kept))
    assert repr(made.schema["default"]) == "nan"
    assert not kept.exists()
