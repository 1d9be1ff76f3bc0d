"""The clusters that stacks generate, as their owners apply them."""

from kure_hooks.files.memory import MemoryTree
from kure_hooks.findings import Location
from kure_hooks.gitops import budget
from kure_hooks.gitops.clusters import readers_of
from kure_hooks.manifests import Identity
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.starts import generated_clusters
from kure_hooks.origin import Origin
from tests.support.linting import config_map, kustomization


def test_each_generated_cluster_has_the_whole_budget(monkeypatch):
    files = {"apps/a.yaml": "---\n".join(config_map(f"c{at}") for at in range(50))}
    files |= {f"clusters/{at}/web.yaml": kustomization("web", "./apps") for at in range(4)}
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    origins = {path: Origin(Location("stack.yaml"), "c") for path in files}
    origins["apps/a.yaml"] = Origin(Location("stack.yaml"), "c", application="a")
    directories = {f"clusters/{at}": "stack.yaml" for at in range(4)}
    fleet = Fleet(tree.files, tree.files, origins, {}, directories, {}, {}, complete=True)
    monkeypatch.setattr(budget, "MAX_RESOURCES", 120)
    readers = readers_of(tree)
    readers.budget.renew()
    home = Identity("source.toolkit.fluxcd.io", "GitRepository", "flux-system", "flux-system")
    clusters = generated_clusters(fleet, readers, dict.fromkeys(directories, home))
    assert [len(cluster.owners[0].resources) for cluster in clusters.values()] == [50] * 4
    assert all(cluster.is_whole for cluster in clusters.values())
