from dataclasses import replace

import pytest

from kure_hooks.findings import Severity
from kure_hooks.gitops.repository import Declared
from kure_hooks.lint.rules import flux_depends_unknown
from tests.support.linting import SYNC, fleet, kustomization, lint, model, release, told


def on(*names, **more):
    return [{"name": name, **more} for name in names]


def test_a_misspelled_name():
    files = fleet(kustomization("web", dependsOn=on("cert-manger")), kustomization("cert-manager"))
    assert told(files, "FX003") == [
        (
            "error: clusters/prod/web.yaml:14:5: web depends on Kustomization "
            "flux-system/cert-manger, "
            'which nothing in the cluster provides. Did you mean "cert-manager"?'
        )
    ]


def test_another_namespace():
    files = fleet(kustomization("web", dependsOn=on("db", namespace="data")), kustomization("db"))
    (finding,) = lint(files, "FX003")
    assert finding.expected == "Write namespace: flux-system."


def test_a_release_without_a_namespace_in_a_directory_that_nothing_applies():
    other = release("db").replace("  namespace: default\n", "").replace(", namespace: default", "")
    web = release("web", "shop", dependsOn=on("db", namespace="data"))
    (finding,) = lint({"apps/web.yaml": f"{web}---\n{other}"}, "FX003")
    assert finding.expected == "Give HelmRelease db the namespace data."


def test_a_release_depends_on_releases():
    manifests = "---\n".join([release("web", dependsOn=on("dbb")), release("db")])
    (finding,) = lint(fleet(kustomization("apps"), apps=manifests), "FX003")
    assert finding.object == "HelmRelease default/web"
    assert finding.expected == 'Did you mean "db"?'


def test_what_is_there_is_silent():
    files = fleet(kustomization("web", dependsOn=on("db", "flux-system")), kustomization("db"))
    assert lint(files, "FX003") == []


def test_a_variable_in_the_name_is_not_judged():
    assert lint(fleet(kustomization("web", dependsOn=on("${NAME}"))), "FX003") == []


def test_a_source_elsewhere_may_bring_it():
    other = SYNC.split("---")[0].replace("name: flux-system", "name: apps").replace("fleet", "apps")
    files = fleet(
        kustomization("web", dependsOn=on("db")),
        kustomization("more", "./", sourceRef={"kind": "GitRepository", "name": "apps"}),
    )
    files["clusters/prod/source.yaml"] = other
    (finding,) = lint(files, "FX003")
    assert finding.severity is Severity.INFO


@pytest.mark.parametrize("pattern", ["Kustomization flux-system/db", "Kustomization flux-system/*"])
def test_what_is_declared_is_there(pattern):
    (cluster,) = model(fleet(kustomization("web", dependsOn=on("db")))).clusters
    assert list(flux_depends_unknown.check(cluster))
    declared = replace(Declared(), external=(pattern,))
    cluster.declared = declared
    assert list(flux_depends_unknown.check(cluster)) == []
