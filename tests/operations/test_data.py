import pytest

from kure_hooks.operations.data import data

GENERATORS = """\
configurations: [names.yaml]
configMapGenerator:
- name: a
  files: [a.yaml, key=b.yaml, ../shared/c.yaml]
  envs: [d.env]
- literals: [x=y]
secretGenerator:
- name: s
  files: [s.yaml]
resources: [objects.yaml]
"""


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_what_generators_read_is_data(name):
    inside = {f"app/{each}" for each in ("names.yaml", "a.yaml", "b.yaml", "d.env", "s.yaml")}
    assert data({f"app/{name}": GENERATORS.encode()}) == inside | {"shared/c.yaml"}


@pytest.mark.parametrize(
    "text",
    [
        "configMapGenerator: {files: [a]}",
        "configMapGenerator: [{files: a}, 1, {files: [1]}]",
        "- a",
        "{",
        "configurations: [../../a.yaml]",
        "",
    ],
)
def test_a_kustomization_that_is_none_names_nothing(text):
    assert data({"kustomization.yaml": text.encode(), "a.yaml": b"a: 1"}) == set()


def test_objects_are_no_data():
    assert data({"a.yaml": GENERATORS.encode()}) == set()
