from tests.support.linting import config_map, fleet, kustomization, lint


def test_a_directory_that_takes_in_another_one():
    files = fleet(kustomization("all", "./apps"), kustomization("web"), web=config_map("web"))
    (finding,) = lint(files, "FX011")
    assert finding.severity == "warning"  # both write the same
    assert finding.problem.startswith("ConfigMap default/web is applied by Kustomization")


def test_two_that_write_it_differently():
    files = fleet(
        kustomization("web"),
        kustomization("db"),
        web=config_map("shared"),
        db=config_map("shared").replace("value", "other"),
    )
    (finding,) = lint(files, "FX011")
    assert finding.severity == "error"
    assert finding.at.path == "apps/web/manifests.yaml"


def test_one_name_in_two_namespaces():
    files = fleet(
        kustomization("web"),
        kustomization("db"),
        web=config_map("shared", "web"),
        db=config_map("shared", "db"),
    )
    assert lint(files, "FX011") == []


def test_objects_of_two_clusters():
    remote = {"secretRef": {"name": "edge"}}
    files = fleet(
        kustomization("web", "./apps/web", kubeConfig=remote),
        kustomization("db", "./apps/web"),
        web=config_map("shared"),
    )
    assert lint(files, "FX011") == []


def test_objects_that_are_merged():
    annotated = config_map("shared").replace(
        "data:", "  annotations:\n    kustomize.toolkit.fluxcd.io/ssa: Merge\ndata:"
    )
    files = fleet(kustomization("web"), kustomization("db"), web=annotated, db=config_map("shared"))
    assert lint(files, "FX011") == []
