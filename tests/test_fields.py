"""The table of fields in docs/fields.md, held against the CRDs and the types of stack files."""

import re
from functools import cache
from itertools import product
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
import yaml

from kure_hooks.apps.helm.spec import Spec
from kure_hooks.stack.documents import BundleDoc
from kure_hooks.stack.gitops import Gitops

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs/fields.md").read_text()
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Where .ci/crds puts CRDs, and where a checkout beside this one may have them.
PLACES = (ROOT / ".tools/crds", ROOT.parent / "shared/data/crds/yaml")
CRDS = {
    "Kustomization": ("flux-v2.9.3", "kustomizations.kustomize.toolkit.fluxcd.io"),
    "GitRepository": ("flux-v2.9.3", "gitrepositories.source.toolkit.fluxcd.io"),
    "OCIRepository": ("flux-v2.9.3", "ocirepositories.source.toolkit.fluxcd.io"),
    "Bucket": ("flux-v2.9.3", "buckets.source.toolkit.fluxcd.io"),
    "HelmRepository": ("flux-v2.9.3", "helmrepositories.source.toolkit.fluxcd.io"),
    "HelmRelease": ("flux-v2.9.3", "helmreleases.helm.toolkit.fluxcd.io"),
    "FluxInstance": ("flux-operator-v0.58.1", "fluxcd.controlplane.io_fluxinstances"),
    "Application": ("argo-cd-v3.5.1", "application-crd"),
    "AppProject": ("argo-cd-v3.5.1", "appproject-crd"),
    "ApplicationSet": ("argo-cd-v3.5.1", "applicationset-crd"),
}


def fetched(name):
    """Return the name that a repository of controllers gives to the CRD of another spelling."""
    plural, _, group = name.partition(".")
    return f"{group}_{plural}" if group and "_" not in name else name


def tables():
    """Return the rows of each kind: the field and what is said of it."""
    found = {}
    for section in TABLE.split("\n## ")[1:]:
        kind, *lines = section.splitlines()
        cells = [line.strip("|").split("|") for line in lines if line.startswith("| `")]
        found[kind] = [(field.strip(" `"), how.strip()) for field, how in cells]
    return found


ROWS = tables()


@cache
def schema(kind):
    """Return the schema of a kind's `spec`; skip where its CRD is absent."""
    release, name = CRDS[kind]
    shared = PLACES[1] / release / f"{name}.yaml"
    paths = (PLACES[0] / f"{fetched(name)}.yaml", shared)
    path = next((each for each in paths if each.is_file()), None)
    if path is None:
        pytest.skip(f"the CRD of {kind} is neither in {' nor in '.join(map(str, PLACES))}")
    (definition,) = (each for each in yaml.load_all(path.read_text(), _LOADER) if each)
    (version,) = (each for each in definition["spec"]["versions"] if each["storage"])
    return version["schema"]["openAPIV3Schema"]["properties"]["spec"]


def fields(part, path=""):
    """Yield the path of every field, lists without brackets: first what is inside of it."""
    while part.get("type") == "array":
        part = part["items"]
    for key, below in part.get("properties", {}).items():
        name = f"{path}.{key}" if path else key
        yield from fields(below, name)
        yield name


@pytest.mark.parametrize("kind", CRDS)
def test_every_field_is_in_the_table(kind):
    rows = {field for field, _ in ROWS[kind]}
    known = list(fields(schema(kind)))

    def is_covered(path):
        steps = path.split(".")
        above = {".".join(steps[:length]) for length in range(1, len(steps) + 1)}
        return above & rows or any(each.startswith(f"{path}.") for each in rows)

    assert [path for path in known if not is_covered(path)] == []
    assert rows - set(known) == set()


@pytest.mark.parametrize("kind", CRDS)
def test_no_field_is_in_the_table_twice(kind):
    names = [field for field, _ in ROWS[kind]]
    assert names == sorted(set(names))
    nested = [(one, other) for one, other in product(names, names) if other.startswith(f"{one}.")]
    assert nested == []


def structs(hint):
    """Return the structs that a type is made of, those in lists too."""
    if get_origin(hint) in (Annotated, Union, UnionType, tuple, list):
        return [found for each in get_args(hint) for found in structs(each)]
    return [hint] if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else []


def has_key(part, steps):
    if not steps:
        return True
    hints: dict[str, Any] = get_type_hints(part, include_extras=True)
    named = {each.encode_name: hints[each.name] for each in msgspec.structs.fields(part)}
    first, *rest = steps
    if first not in named:
        return False
    return not rest or any(has_key(each, rest) for each in structs(named[first]))


TOPS = {"gitops": Gitops, "bundle": BundleDoc, "HelmChart": Spec}


@pytest.mark.parametrize("kind", CRDS)
def test_every_key_in_the_table_is_one_of_stack_files(kind):
    for field, how in ROWS[kind]:
        keys = [each.split(".") for each in re.findall(r"`([A-Za-z.]+)`", how)]
        assert keys or how.startswith(("patch: ", "fixed: ")), field
        for top, *steps in (each for each in keys if each[0] in TOPS):
            assert has_key(TOPS[top], steps), (field, top, steps)
        if not how.startswith(("patch: ", "fixed: ")):
            assert {top for top, *_ in keys} <= TOPS.keys(), field
