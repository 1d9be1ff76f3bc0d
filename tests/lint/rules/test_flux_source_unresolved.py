from kure_hooks.findings import Severity
from tests.support.linting import SYNC, document, fleet, kustomization, lint, release, told

CHARTS = document(
    "source.toolkit.fluxcd.io/v1",
    "HelmRepository",
    "charts",
    "default",
    spec={"url": "https://charts.example.com"},
)


def test_a_misspelled_source():
    files = fleet(kustomization("web", sourceRef={"kind": "GitRepository", "name": "flux-sytem"}))
    assert told(files, "FX005") == [
        (
            "error: clusters/prod/web.yaml:12:5: web has the source GitRepository "
            "flux-system/flux-sytem, "
            'which nothing in the cluster provides. Did you mean "flux-system"?'
        )
    ]


def test_another_kind_under_the_name():
    reference = {"kind": "HelmRepository", "name": "charts"}
    chart = {"spec": {"chart": "web", "sourceRef": reference | {"kind": "Bucket"}}}
    manifests = f"{CHARTS}---\n{release('web', chart=chart)}"
    (finding,) = lint(fleet(kustomization("web"), web=manifests), "FX005")
    assert finding.expected == "Write kind: HelmRepository."
    assert finding.pointer == "/spec/chart/spec/sourceRef/kind"


def test_another_namespace():
    manifests = f"{CHARTS}---\n{release('web', 'shop')}"
    (finding,) = lint(fleet(kustomization("web"), web=manifests), "FX005")
    assert finding.expected == "Write namespace: default."


def test_a_source_without_a_namespace_in_a_directory_that_nothing_applies():
    source = CHARTS.replace("  namespace: default\n", "").replace(", namespace: default", "")
    (finding,) = lint({"apps/web.yaml": f"{source}---\n{release('web', 'shop')}"}, "FX005")
    assert finding.expected == "Give HelmRepository charts the namespace shop."
    assert finding.severity is Severity.INFO


def test_sources_that_are_there():
    manifests = f"{CHARTS}---\n{release('web')}"
    assert lint(fleet(kustomization("web"), web=manifests), "FX005") == []


def test_a_source_that_a_foreign_repository_may_bring():
    other = SYNC.split("---")[0].replace("name: flux-system", "name: apps").replace("fleet", "apps")
    files = fleet(
        kustomization("more", "./", sourceRef={"kind": "GitRepository", "name": "apps"}),
        kustomization("web"),
        web=release("web"),
    )
    files["clusters/prod/source.yaml"] = other
    (finding,) = lint(files, "FX005")
    assert finding.severity is Severity.INFO
