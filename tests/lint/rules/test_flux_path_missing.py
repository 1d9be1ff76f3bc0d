from tests.support.linting import SYNC, config_map, fleet, kustomization, lint, told


def test_a_path_that_is_not_there_is_an_error_at_its_line():
    files = fleet(kustomization("web", "./apps/wbe"), web=config_map("web"))
    assert told(files, "FX001") == [
        (
            "error: clusters/prod/web.yaml:8:3: "
            "the path ./apps/wbe is no directory of the repository. "
            'Did you mean "apps/web"? Correct the path, or add the directory.'
        )
    ]


def test_a_path_to_a_file_is_told_apart():
    files = fleet(kustomization("web", "./apps/web/manifests.yaml"), web=config_map("web"))
    (finding,) = lint(files, "FX001")
    assert "is a file" in finding.problem
    assert finding.expected == "Name the directory: ./apps/web."


def test_paths_that_are_there_are_silent():
    assert lint(fleet(kustomization("web"), kustomization("all", "./apps")), "FX001") == []


def test_a_source_elsewhere_may_have_any_path():
    other = SYNC.split("---")[0].replace("name: flux-system", "name: apps").replace("fleet", "apps")
    files = fleet(
        kustomization("web", "./deploy", sourceRef={"kind": "GitRepository", "name": "apps"})
    )
    files["clusters/prod/source.yaml"] = other
    assert lint(files, "FX001") == []


def test_without_a_bootstrap_the_others_tell_whether_the_source_is_this_repository():
    files = fleet(kustomization("web"), kustomization("db", "./apps/dbs"))
    del files["clusters/prod/flux-system/gotk-sync.yaml"]
    assert [finding.at.path for finding in lint(files, "FX001")] == ["clusters/prod/db.yaml"]
    del files["apps/web/manifests.yaml"]
    assert {finding.severity for finding in lint(files, "FX001")} == {"info"}
