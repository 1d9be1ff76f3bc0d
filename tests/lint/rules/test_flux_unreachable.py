from tests.support.linting import fleet, kustomization, lint

LIST = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n"


def repository(*listed, comment=""):
    files = fleet(kustomization("apps"))
    files["apps/apps/kustomization.yaml"] = LIST + "".join(f"  - {name}\n" for name in listed)
    files["apps/apps/kustomization.yaml"] += comment
    files["apps/apps/manifests.yaml"] = kustomization("one", "./x")
    files["clusters/prod/kustomization.yaml"] = LIST + "  - flux-system\n  - apps.yaml\n" + comment
    files["clusters/prod/flux-system/kustomization.yaml"] = LIST + "  - gotk-sync.yaml\n"
    files["clusters/prod/lost.yaml"] = kustomization("lost", "./x")
    return files


def test_a_file_that_no_kustomization_lists():
    (finding,) = lint(repository("manifests.yaml"), "FX012")
    assert (finding.severity, finding.at.path) == ("error", "clusters/prod/lost.yaml")
    assert finding.problem == "nothing applies Kustomization flux-system/lost"


def test_one_that_is_commented_out():
    assert lint(repository("manifests.yaml", comment="  # - lost.yaml\n"), "FX012") == []


def test_all_that_is_listed():
    files = repository("manifests.yaml")
    files["clusters/prod/kustomization.yaml"] += "  - lost.yaml\n"
    assert lint(files, "FX012") == []
