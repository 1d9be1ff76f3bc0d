from tests.support.linting import fleet, kustomization, lint, told


def repository(**spec):
    web = kustomization("web", dependsOn=[{"name": "db"}], **spec)
    return fleet(web, kustomization("db", suspend=True))


def test_a_suspended_dependency():
    assert told(repository(), "FX014") == [
        (
            "warning: clusters/prod/web.yaml:14:5: web depends on "
            "Kustomization flux-system/db, which is suspended. Resume db, or remove the dependency."
        )
    ]


def test_one_that_is_suspended_itself():
    assert lint(repository(suspend=True), "FX014") == []


def test_one_that_goes_on():
    files = fleet(
        kustomization("web", dependsOn=[{"name": "db"}]), kustomization("db", suspend=False)
    )
    assert lint(files, "FX014") == []
