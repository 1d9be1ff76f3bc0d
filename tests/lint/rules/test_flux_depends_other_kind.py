from tests.support.linting import fleet, kustomization, lint, release


def on(*names):
    return [{"name": name} for name in names]


def test_a_kustomization_that_depends_on_a_release():
    files = fleet(
        kustomization("web", dependsOn=on("cert-manager")),
        kustomization("controllers"),
        controllers=release("cert-manager", "cert-manager"),
    )
    (finding,) = lint(files, "FX024")
    assert finding.problem == "cert-manager is a HelmRelease, and dependsOn names Kustomizations"
    assert finding.expected == "Name controllers, the Kustomization that applies it."
    assert lint(files, "FX003") == []


def test_a_release_that_depends_on_a_kustomization():
    files = fleet(
        kustomization("db"),
        kustomization("apps"),
        apps=release("web", dependsOn=on("db")),
    )
    (finding,) = lint(files, "FX024")
    assert finding.expected == "Name a HelmRelease."


def test_a_kustomization_of_the_same_name_as_a_release():
    files = fleet(
        kustomization("web", dependsOn=on("cert-manager")),
        kustomization("cert-manager"),
        cert_manager=release("cert-manager", "cert-manager"),
    )
    assert lint(files, "FX024") == []
