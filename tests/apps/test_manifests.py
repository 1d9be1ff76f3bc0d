"""The kind Manifests takes what real repositories hold, and kustomize builds the same of it."""

import json
import random
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest
import yaml

from kure_hooks.yamlio import dump, kustomize, read
from tests.support.git import write
from tests.support.tools import tool

FIELD = Path(__file__).parents[2].parent / "shared" / "data" / "field"
PAYLOAD = "clusters/prod/app"


def stack(mode):
    spec = {"files": ["../manifests"]}
    application = {"name": "app", "namespace": "shop", "kind": "Manifests", "spec": spec}
    bundle = {"name": "app", "applications": [application]}
    node = {"name": "prod", "bundle": bundle}
    return yaml.safe_dump({"name": "prod", "layout": {"applicationFileMode": mode}, "node": node})


@pytest.fixture
def built(tmp_path, kure):
    """Generate the manifests, check them, and return what kustomize builds of the payload."""

    def run(manifests, mode="resource"):
        write(tmp_path, {"stacks/prod.yaml": stack(mode)})
        write(tmp_path, {f"manifests/{name}": text for name, text in manifests.items()})
        code, out, err = kure("generate")
        assert (code, err) == (1, ""), out + err
        assert kure("check") == (0, "", "")
        command = [tool("kustomize"), "build", tmp_path / PAYLOAD]
        output = subprocess.run(command, capture_output=True, check=True).stdout
        objects = [each.value for each in read(output, "built.yaml", kustomize, most=64 << 20)]
        return {each["metadata"]["name"]: each for each in objects}

    return run


def config_map(name, data):
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def lines(size):
    """Return about `size` characters of text, the same in every run."""
    chance = random.Random(0)  # noqa: S311 - repeatable on purpose
    return "".join(f"{chance.getrandbits(200):050x}\n" for _ in range(size // 51))


def definition(properties):
    field = {"type": "string", "description": "text " * 15}
    schema = {"type": "object", "properties": {f"p{each}": field for each in range(properties)}}
    version = {"name": "v1", "served": True, "storage": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"kind": "Thing", "plural": "things"},
            "scope": "Namespaced",
            "versions": [version | {"schema": {"openAPIV3Schema": schema}}],
        },
    }


@pytest.mark.parametrize(
    ("manifest", "size"),
    [
        (config_map("dashboard", {"a.json": json.dumps(lines(552_000))}), 552_000),
        (config_map("script", {"a.sh": lines(1_048_000)}), 1_048_000),
        (definition(10_000), 1_400_000),
    ],
    ids=["a dashboard", "a script of a mebibyte", "a definition"],
)
def test_large_objects_are_taken(manifest, size, built):
    text = dump(manifest)
    assert len(text) > size
    assert built({"a.yaml": text}) == {manifest["metadata"]["name"]: manifest}


@pytest.mark.parametrize("mode", ["resource", "single"])
def test_a_bundle_of_4_mb_is_taken(mode, built):
    data = {"a": lines(400_000)}
    objects = {name: config_map(name, data) for name in "abcdefghijk"}
    text = "---\n".join(map(dump, objects.values()))
    assert len(text) > 4_000_000
    assert built({"bundle.yaml": text}, mode) == objects


def test_typed_lists_are_taken_apart(built):
    if not FIELD.is_dir():
        pytest.skip(f"the field cases are not at {FIELD}")
    objects = built({"a.yaml": (FIELD / "04-typed-list/manifests/a.yaml").read_text()})
    assert sorted((each["kind"], name) for name, each in objects.items()) == [
        ("ConfigMap", "one"), ("ConfigMap", "two"), ("Role", "prometheus-k8s"),
    ]  # fmt: skip


BLANK = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: blank
  annotations: {written: null, tilde: ~, blank: , empty: ""}
data: {written: null, blank: , empty: ""}
"""


def test_empty_values_are_the_same_to_kustomize_and_to_the_api_server(built, tmp_path):
    """Who applies the file itself has the annotation "null", because kustomize makes it so."""
    blank = built({"a.yaml": BLANK})["blank"]
    keys = ("written", "tilde", "blank", "empty")
    assert blank["metadata"]["annotations"] == dict.fromkeys(keys, "")
    assert blank["data"] == {"written": None, "blank": None, "empty": ""}
    (file,) = (tmp_path / PAYLOAD).glob("*blank*")
    assert file.read_text().count("null") == len(["data.written", "data.blank"])


def test_windows_line_endings_and_a_byte_order_mark_change_nothing(built):
    text = (
        "\ufeffapiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    b\n    c\n"
    )
    assert built({"a.yaml": text.replace("\n", "\r\n")}) == {"a": config_map("a", {"a": "b\nc\n"})}


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"a\nb \xc2\x9bc\n", "2:3: kustomize can't read the character U+009B"),
        (b"\x7f", "1:1: kustomize can't read the character U+007F"),
        ("a\u0085".encode(), "1:2: kustomize can't read the character U+0085"),
        (b"\xff\x7f", ""),
        ("\ufeffa \n\t\x1b[0m\r\n\0\u2028".encode(), ""),
    ],
)
def test_files_of_config_maps_are_what_kustomize_reads(data, finding, tmp_path, kure):
    spec = {"configMaps": [{"name": "a", "files": ["../a.txt"]}]}
    application = {"name": "app", "namespace": "shop", "kind": "Manifests", "spec": spec}
    node = {"name": "prod", "bundle": {"name": "app", "applications": [application]}}
    write(tmp_path, {"stacks/prod.yaml": yaml.safe_dump({"name": "prod", "node": node})})
    write(tmp_path, {"a.txt": data})
    code, out, err = kure("generate")
    if finding:
        assert (code, err) == (2, "")
        assert out.startswith(
            f"a.txt:{finding}, also where it is escaped. Write a string without it.\n"
        )
        return
    assert (code, err) == (1, "")
    command = [tool("kustomize"), "build", tmp_path / PAYLOAD / "app"]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    ((built,),) = ([each.value for each in read(output, "built.yaml", kustomize)],)
    binary = {key: b64decode(text) for key, text in built.get("binaryData", {}).items()}
    texts = {key: text.encode() for key, text in built.get("data", {}).items()}
    assert binary | texts == {"a.txt": data}
