from tests.support.linting import document, fleet, kustomization, lint, release


def test_a_kustomization_reads_no_charts():
    files = fleet(kustomization("web", sourceRef={"kind": "HelmRepository", "name": "charts"}))
    (finding,) = lint(files, "FX006")
    assert finding.problem == "a Kustomization reads no HelmRepository here"
    assert "OCIRepository" in finding.expected


def test_a_release_reads_no_charts_from_artifacts_of_oci_by_source_ref():
    chart = {"spec": {"chart": "web", "sourceRef": {"kind": "OCIRepository", "name": "web"}}}
    (finding,) = lint(fleet(kustomization("web"), web=release("web", chart=chart)), "FX006")
    assert finding.pointer == "/spec/chart/spec/sourceRef/kind"


def test_a_chart_ref_names_an_oci_repository():
    text = release("web", chart=None, chartRef={"kind": "OCIRepository", "name": "web"})
    assert lint(fleet(kustomization("web"), web=text), "FX006") == []


def controller(*args):
    containers = [{"name": "manager", "image": "ghcr.io/fluxcd/x:v1", "args": list(args)}]
    return document(
        "apps/v1",
        "Deployment",
        "kustomize-controller",
        "flux-system",
        spec={"template": {"spec": {"containers": containers}}},
    )


def test_an_external_artifact_needs_a_feature_gate():
    reference = {"kind": "ExternalArtifact", "name": "web"}
    files = fleet(kustomization("web", sourceRef=reference))
    assert lint(files, "FX006") == []
    files["clusters/prod/controller.yaml"] = controller("--concurrent=4")
    (finding,) = lint(files, "FX006")
    assert finding.expected == "Give it the argument --feature-gates=ExternalArtifact=true."
    files["clusters/prod/controller.yaml"] = controller("--feature-gates=ExternalArtifact=true")
    assert lint(files, "FX006") == []
