from tests.support.linting import fleet, kustomization, lint, release, told

OLD = release("web").replace("helm.toolkit.fluxcd.io/v2", "helm.toolkit.fluxcd.io/v2beta2")
VERSION = """\
apiVersion: v1
kind: Namespace
metadata:
  name: flux-system
  labels:
    app.kubernetes.io/part-of: flux
    app.kubernetes.io/version: {}
"""


def test_a_version_that_is_gone():
    assert told(fleet(kustomization("web"), web=OLD), "FX018") == [
        (
            "error: apps/web/manifests.yaml:1:1: Flux 2.7 was the last to serve "
            "helm.toolkit.fluxcd.io/v2beta2. Write helm.toolkit.fluxcd.io/v2."
        )
    ]


def test_a_cluster_whose_flux_still_serves_it():
    files = fleet(kustomization("web"), web=OLD)
    files["clusters/prod/flux-system/gotk-components.yaml"] = VERSION.format("v2.6.1")
    (finding,) = lint(files, "FX018")
    assert finding.severity == "warning"
    files["clusters/prod/flux-system/gotk-components.yaml"] = VERSION.format("v2.8.0")
    (finding,) = lint(files, "FX018")
    assert finding.severity == "error"


def test_the_versions_of_today():
    assert lint(fleet(kustomization("web"), web=release("web")), "FX018") == []
