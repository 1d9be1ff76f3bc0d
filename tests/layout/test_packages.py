"""Packages: parts of a cluster that a source of their own delivers (E12)."""

import pytest
import yaml

from kure_hooks.errors import InputError
from kure_hooks.operations.package import packages
from tests.support.generate import REPOSITORY, application, bundle, generated, leaf, node, objects

GROUP = {"group": "source.toolkit.fluxcd.io", "version": "v1"}
OCI = GROUP | {"kind": "OCIRepository", "url": "oci://registry.example.com/shop"}
GIT = GROUP | {"kind": "GitRepository", "url": "https://example.com/shop.git"}
BUCKET = GROUP | {"kind": "Bucket"}
PREFIXES = {"OCIRepository": "oci", "GitRepository": "git", "Bucket": "bucket"}


def packaged(name, package, *children, **fields):
    """Return a node with a bundle and an object, both of its name, that starts a package."""
    inside = bundle(name, application(name))
    return node(name, *children, bundle=inside, packageRef=package, **fields)


def fleet(root, engine="flux"):
    gitops = {"type": engine, "argocd": {"repoURL": REPOSITORY}}
    return generated(
        {
            "prod.yaml": yaml.safe_dump({"name": "prod", "gitops": gitops, "node": root}),
            ".kure-hooks.yaml": "stacks: [prod.yaml]\n",
        }
    )


def packed(root, **options):
    """Return the paths in each package but those of the default one's control directory."""
    return {
        name: [path for path in sorted(files) if not path.startswith("clusters/prod/flux-system")]
        for name, files in packages(fleet(root, **options)).items()
    }


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_each_package_holds_its_own_nodes_and_no_others(engine):
    """E12.1, E12.3, E12.4: what names no package is in the default one."""
    root = node("prod", packaged("shop", OCI), packaged("docs", GIT), leaf("rest"))
    found = packed(root, engine=engine)
    assert sorted(found) == ["prod", "prod.git-docs", "prod.oci-shop"]
    assert found["prod.oci-shop"] == ["shop/apps-configmap-shop.yaml", "shop/kustomization.yaml"]
    assert found["prod.git-docs"] == ["docs/apps-configmap-docs.yaml", "docs/kustomization.yaml"]
    workloads = [path for path in found["prod"] if "/argocd/" not in path]
    assert workloads == [
        "clusters/prod/kustomization.yaml",
        "clusters/prod/rest/kustomization.yaml",
    ]


def test_children_inherit_the_package_or_start_another_one():
    """E12.2."""
    other = OCI | {"name": "other", "url": "oci://registry.example.com/other"}
    inner = packaged("shop", OCI, leaf("cart"), packaged("blog", other))
    found = packed(node("prod", inner))
    assert found["prod.oci-shop"] == [
        "shop/apps-configmap-shop.yaml",
        "shop/cart/kustomization.yaml",
        "shop/kustomization.yaml",
    ]
    assert found["prod.oci-other"] == ["blog/apps-configmap-blog.yaml", "blog/kustomization.yaml"]


def test_what_a_package_holds_comes_from_its_source():
    """E12.2: in the default package as in one within another one, by kind, name and namespace."""
    shop, blog = OCI | {"namespace": "shops"}, GIT | {"name": "posts"}
    inner = packaged("shop", shop, leaf("cart", application("cart")), packaged("blog", blog))
    found = objects(node("prod", inner, leaf("rest", application("rest"))))
    sources = {
        name: found[f"Kustomization/{name}"]["spec"]["sourceRef"]
        for name in ("shop", "cart", "blog", "rest")
    }
    source = {"kind": "OCIRepository", "name": "shop", "namespace": "shops"}
    assert sources == {
        "shop": source,
        "cart": source,
        "blog": {"kind": "GitRepository", "name": "posts"},
        "rest": {"kind": "GitRepository", "name": "flux-system"},
    }


def test_a_source_of_the_package_s_name_says_what_it_is():
    """An endpoint has no place in a packageRef, so that a Bucket is defined by its bundles."""
    source = {"kind": "Bucket", "name": "files", "bucketName": "fleet", "interval": "1m"}
    source |= {"endpoint": "s3.example.com", "insecure": True}
    package = BUCKET | {"name": "files"}
    inside = bundle("shop", application("shop"), sourceRef=source)
    cart = leaf("cart", application("cart"))
    found = objects(node("prod", node("shop", cart, bundle=inside, packageRef=package)))
    assert found["Kustomization/cart"]["spec"]["sourceRef"] == {"kind": "Bucket", "name": "files"}
    spec = found["Bucket/files"]["spec"]
    assert (spec["bucketName"], spec["endpoint"], spec["insecure"]) == (
        "fleet",
        "s3.example.com",
        True,
    )


def test_nodes_far_apart_share_a_package_of_one_name():
    """E12.1."""
    package = OCI | {"name": "all"}
    found = packed(node("prod", packaged("a", package), node("b", packaged("c", package))))
    assert {path.split("/")[0] for path in found["prod.oci-all"]} == {"a", "c"}


def test_every_package_is_written_to_a_directory_of_its_own():
    """E12.5, E12.8: one without files isn't written."""
    empty = node("empty", packageRef=BUCKET)
    found = fleet(node("prod", packaged("shop", OCI), packaged("docs", GIT), empty))
    assert sorted(set(found.artifacts.values())) == [
        "clusters/prod/packages/git-docs",
        "clusters/prod/packages/oci-shop",
    ]
    assert sorted(packages(found)) == ["prod", "prod.git-docs", "prod.oci-shop"]


@pytest.mark.parametrize("package", [OCI, GIT, BUCKET], ids=lambda package: package["kind"])
@pytest.mark.parametrize(("name", "key"), [({}, "web"), ({"name": "a-1"}, "a-1")])
def test_the_directory_s_name_is_kind_and_name(package, name, key):
    """E12.6, E12.8: without a name of its own a package bears the node's."""
    found = packed(node("prod", packaged("web", package | name)))
    assert sorted(found) == ["prod", f"prod.{PREFIXES[package['kind']]}-{key}"]


@pytest.mark.parametrize("name", ["Shop", "a_b", "a/b", "-a", "a-", "", "..", "a" * 64])
def test_names_that_would_have_to_be_changed_are_refused(name):
    """E12.6: so a directory never bears another name than the source."""
    with pytest.raises(InputError, match="Write a name of lower-case letters"):
        fleet(node("prod", packaged("web", OCI | {"name": name})))


def test_packages_of_one_name_and_different_kinds_do_not_meet():
    """E12.9."""
    same = {"name": "shop"}
    found = packed(node("prod", packaged("a", OCI | same), packaged("b", GIT | same)))
    assert sorted(found) == ["prod", "prod.git-shop", "prod.oci-shop"]


def test_an_unnamed_package_bears_the_cluster_s_name_wherever_it_is_written():
    stack = {"name": "prod", "node": node(bundle=bundle("top"), packageRef=OCI)}
    settings = "stacks: [prod.yaml]\noutput: a/b/c\n"
    found = generated({"prod.yaml": yaml.safe_dump(stack), ".kure-hooks.yaml": settings})
    assert set(found.artifacts.values()) == {"a/b/c/prod/packages/oci-prod"}


def test_an_unnamed_root_is_the_package_s_root():
    """E10.9, E13.19: no directory stands above what the source delivers."""
    found = fleet(node(bundle=bundle("top", application("web")), packageRef=OCI))
    assert sorted(packages(found)["prod.oci-prod"]) == [
        "apps-configmap-web.yaml",
        "kustomization.yaml",
    ]
    flux = found.files["clusters/prod/flux-system/flux-system-kustomization-top.yaml"]
    assert b"  path: ./\n" in flux


def test_a_node_may_be_called_packages_without_being_one():
    """E12.4: what decides is the unit that a file is applied by, not where it lies."""
    plain = node("packages", node("oci-shop", bundle=bundle("plain", application("plain"))))
    found = packed(node("prod", plain, packaged("shop", OCI)))
    assert found["prod.oci-shop"] == ["shop/apps-configmap-shop.yaml", "shop/kustomization.yaml"]
    assert "clusters/prod/packages/oci-shop/apps-configmap-plain.yaml" in found["prod"]
