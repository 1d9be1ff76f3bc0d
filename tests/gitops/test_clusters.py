from tests.support.linting import SYNC, config_map, document, fleet, kustomization, model

TENANT = kustomization(
    "dev-team", "./", "tenant", sourceRef={"kind": "GitRepository", "name": "dev-team"}
)


def names(files):
    return [(cluster.name, cluster.is_certain) for cluster in model(files).clusters]


def test_a_kustomization_that_applies_itself():
    assert names(fleet(kustomization("web"))) == [("clusters/prod", True)]


def test_a_kustomization_that_applies_the_root():
    files = {"flux-system/sync.yaml": SYNC.replace("./clusters/prod", "./")}
    assert names(files) == [(".", True)]


def test_a_tenant_that_applies_the_root_of_its_own_repository():
    files = fleet(kustomization("tenants"), tenants=TENANT)
    assert names(files) == [("clusters/prod", True)]
    del files["clusters/prod/flux-system/gotk-sync.yaml"]
    files |= {"clusters/prod/web.yaml": kustomization("web"), "apps/web/a.yaml": config_map("a")}
    assert not any(is_certain for _, is_certain in names(files))
    assert ("clusters/prod", False) in names(files)


def test_an_instance_of_the_operator():
    sync = {"kind": "GitRepository", "url": "https://git.example.com/a.git", "path": "clusters/a"}
    instance = document(
        "fluxcd.controlplane.io/v1", "FluxInstance", "flux", "flux-system", spec={"sync": sync}
    )
    assert names({"clusters/a/flux.yaml": instance}) == [("clusters/a", True)]
