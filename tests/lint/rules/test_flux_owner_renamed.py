import pytest

from tests.support.linting import config_map, document, fleet, kustomization, lint_change, release


def shop(name="shop", **spec):
    files = fleet(kustomization(name, "./apps/shop", **spec))
    files["apps/shop/manifests.yaml"] = config_map("a", "shop")
    files["apps/shop/b.yaml"] = config_map("b", "shop")
    return files


def renamed(before, after):
    return lint_change(before, after, "FX028")


def test_a_kustomization_with_a_new_name():
    (finding,) = renamed(shop(), shop("store"))
    assert finding.severity == "warning"
    assert str(finding.at).startswith("clusters/prod/store.yaml:4")
    assert finding.problem == (
        "this was Kustomization flux-system/shop, which is deleted with the 2 objects that it "
        "applied"
    )
    assert lint_change(shop(), shop("store"), "FX027") == []


def test_a_kustomization_with_a_new_namespace():
    after = shop()
    path = "clusters/prod/shop.yaml"
    after[path] = after[path].replace("namespace: flux-system", "namespace: shop", 1)
    after[path] = after[path].replace(
        "    name: flux-system", "    name: flux-system\n    namespace: flux-system"
    )
    assert len(renamed(shop(), after)) == 1


def test_an_owner_that_deletes_nothing():
    assert renamed(shop(prune=False), shop("store")) == []
    assert renamed(shop(deletionPolicy="Orphan"), shop("store")) == []
    assert renamed(shop(suspend=True), shop("store")) == []


def test_an_owner_that_is_gone_and_one_that_is_new():
    after = fleet(kustomization("store"), store=config_map("other", "store"))
    assert renamed(shop(), after) == []


def test_another_path_for_the_same_objects():
    after = shop("store")
    after = {path.replace("apps/shop", "apps/store"): text for path, text in after.items()}
    after["clusters/prod/store.yaml"] = kustomization("store", "./apps/store")
    assert len(renamed(shop(), after)) == 1


def with_release(name):
    return fleet(
        kustomization("apps"), apps=release("web").replace("name: web", f"name: {name}", 1)
    )


def test_a_release_with_a_new_name():
    (finding,) = renamed(with_release("web"), with_release("site"))
    assert finding.problem.startswith("this was HelmRelease default/web, which is deleted with all")


def test_the_same_owners():
    assert renamed(shop(), shop()) == []
    assert renamed(with_release("web"), with_release("web")) == []


def application(name, path, **fields):
    source = {
        "repoURL": "https://git.example.com/acme/fleet.git",
        "path": path,
        "targetRevision": "main",
    }
    spec = {
        "project": "default",
        "source": source,
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
        "syncPolicy": {"automated": {"prune": True}},
    }
    text = document("argoproj.io/v1alpha1", "Application", name, "argocd", spec=spec)
    return text.replace("metadata:", f"metadata:\n  finalizers: {fields['finalizers']}")


@pytest.mark.parametrize(
    ("finalizers", "count"), [(["resources-finalizer.argocd.argoproj.io"], 1), ([], 0)]
)
def test_an_application_with_a_new_name(finalizers, count):
    def files(name):
        return {
            "root.yaml": application("root", "apps", finalizers=[]),
            f"apps/{name}.yaml": application(name, "shop", finalizers=finalizers),
            "shop/a.yaml": config_map("a", "shop"),
        }

    assert len(renamed(files("shop"), files("store"))) == count


def test_an_application_that_was_applied_by_hand():
    finalizers = ["resources-finalizer.argocd.argoproj.io"]
    before = {"root.yaml": application("shop", "shop", finalizers=finalizers)}
    after = {"root.yaml": application("store", "shop", finalizers=finalizers)}
    objects = {"shop/a.yaml": config_map("a", "shop")}
    assert renamed({**before, **objects}, {**after, **objects}) == []
