"""The plan knows where everything lies before anything is written."""

import pytest
import yaml

from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.files.memory import MemoryTree
from kure_hooks.layout.plan import plan
from kure_hooks.layout.rules import resolve
from kure_hooks.layout.units import Scheme
from kure_hooks.stack.load import load
from tests.support.generate import application, bundle, generated, leaf, node

CONFIGURED = {
    "name": "settings",
    "namespace": "apps",
    "kind": "Manifests",
    "spec": {"configMaps": [{"name": "settings", "files": ["../files/settings.ini"]}]},
}
ROOT = node(
    "prod",
    leaf("shop", application("till"), CONFIGURED),
    node("base", bundle=bundle("base", children=[bundle("inner", application("dns"))])),
)
LAYOUTS = [
    {},
    {"applicationGrouping": "name"},
    {"applicationGrouping": "name", "applicationFileMode": "single"},
    {"fluxPlacement": "integrated"},
    {"fluxPlacement": "integrated", "applicationGrouping": "name", "bundleGrouping": "name"},
    {"preset": "CentralizedControlPlane"},
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_the_files_of_an_application_lie_in_its_directory(layout):
    stack = {"name": "prod", "gitops": {"type": "flux"}, "layout": layout, "node": ROOT}
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack), "files/settings.ini": "a = 1\n"}
    tree = MemoryTree({path: text.encode() for path, text in texts.items()})
    (cluster,) = load(tree, "stacks/prod.yaml", Settings(), GENERATORS).clusters
    table = plan(cluster, resolve(cluster.layout), "clusters", Scheme("flux-system", "flux-system"))
    directories = {
        (unit.name, each.name): "/".join(table.directory_of(unit, each))
        for unit in table.units
        for each in unit.applications
    }
    fleet = generated(texts)
    written = {
        (origin.bundle, origin.application): path.rpartition("/")[0]
        for path, origin in fleet.origins.items()
        if origin.application
    }
    assert len(written) == 3
    assert written.items() <= directories.items()
