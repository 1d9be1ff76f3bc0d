"""The JSON Schemas and the loader agree on documents that have one change in them."""

import copy
from functools import cache
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks import config
from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.operations.schema import SCHEMAS
from kure_hooks.stack.load import load
from tests.operations.test_schemas_in_editors import RIGHT

ROOT = Path(__file__).parents[2]
APPS = ROOT / "examples" / "fleet" / "apps"

# What the documents refer to, so that nothing is wrong with them before they are changed.
FILES = {
    "apps/shop.yaml": """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {name: shop}
spec: {files: [shop/*.yaml]}
""",
    "stacks/nodes/web.yaml": """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Node
metadata: {name: other}
spec: {bundle: {name: ingress, children: [{name: crds}]}}
""",
}
AROUND = """\
name: prod
node: {name: prod, bundle: {name: web, applications: [{path: ../apps/a.yaml}]}}
"""

# Rules that no schema can hold, by the beginning of their identifiers, and why.
CROSS = {
    "AC": "what Argo CD makes of several keys together",
    "AP": "values of an application that depend on each other, or that Kubernetes refuses",
    "CF": "paths and patterns, two of one id, and what the output's directory is for else",
    "FX": "what Flux makes of several keys together, such as a dependency on nothing",
    "ST": "references to other parts and files, and expressions in CEL",
}

VALUES = (None, "", "x", "Web", 1, 0, -1, True, 1.5, [], {}, ["x"], [None], {"x": 1}, [{}], "10m")


@cache
def judge(name):
    return jsonschema_rs.validator_for(SCHEMAS[name]())


@cache
def documents():
    """Return the documents with the name of their schema."""
    texts = [
        *RIGHT.items(),
        *(
            ("application", (APPS / f"{name}.yaml").read_text())
            for name in ("storefront", "postgres", "payments", "grafana", "namespaces")
        ),
    ]
    return [(name, each) for name, text in texts for each in yaml.safe_load_all(text) if each]


NAMING = "name: prod\nprofile: ../profiles/eu.yaml\nnode: {name: prod}\n"


def findings(name, document):
    """Return what the loader finds wrong."""
    text = yaml.safe_dump(document, sort_keys=False)
    try:
        if name == "settings":
            config.load_from(MemoryTree({".kure-hooks.yaml": text.encode()}), ".kure-hooks.yaml")
            return []
        around = {
            "application": {"stacks/prod.yaml": AROUND, "apps/a.yaml": text},
            "profile": {"stacks/prod.yaml": NAMING, "profiles/eu.yaml": text},
            "stack": {"stacks/prod.yaml": text},
        }
        files = FILES | around[name]
        tree = MemoryTree({path: content.encode() for path, content in files.items()})
        load(tree, "stacks/prod.yaml", Settings(), GENERATORS)
    except InputError as error:
        return error.findings
    return []


def places(value, path=()):
    """Yield the path of every value, and of the whole."""
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


@st.composite
def changed(draw):
    """Draw a document with one value removed, replaced or added, and the name of its schema."""
    name, document = draw(st.sampled_from(documents()))
    document = copy.deepcopy(document)
    *above, last = draw(st.sampled_from([path for path in places(document) if path]))
    part = document
    for step in above:
        part = part[step]
    deed = draw(st.sampled_from(("remove", "replace", "replace", "replace", "add", "rename")))
    if deed == "remove":
        del part[last]
    elif deed == "replace":
        part[last] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    elif isinstance(part, dict):
        key = "noSuchKey" if deed == "add" else f"{last}x"
        part[key] = 1 if deed == "add" else part.pop(last)
    return name, document


@pytest.mark.parametrize(("name", "document"), documents())
def test_both_take_what_is_right(name, document):
    assert [str(finding) for finding in findings(name, document)] == []
    assert judge(name).is_valid(document)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("node", "bundle", "applications", 1), "kind"),
        (("node", "bundle", "applications", 1), "name"),
        (("node", "children", 0), "path"),
        (("node", "bundle"), "name"),
    ],
)
def test_a_key_without_a_value_is_a_missing_one(path, key):
    """Once the loader left the whole application out, and said nothing."""
    document = yaml.safe_load(RIGHT["stack"])
    part = document["spec"]
    for step in path:
        part = part[step]
    part[key] = None
    assert [finding.rule for finding in findings("stack", document)][:1] == ["TY004"]
    assert not judge("stack").is_valid(document)


# Each example is a run of the loader.
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(changed())
def test_schema_and_loader_agree(case):
    """The loader takes nothing that the schema refuses; the schema takes no value of a wrong type.

    Beyond types the loader refuses what no schema can know, as listed above.
    """
    name, document = case
    found = findings(name, document)
    if not judge(name).is_valid(document):
        (first, *_) = judge(name).iter_errors(document)
        assert found, first.message
    else:
        unknown = [str(finding) for finding in found if finding.rule[:2] not in CROSS]
        assert unknown == []
