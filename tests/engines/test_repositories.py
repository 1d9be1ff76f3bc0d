"""A bundle's files are written here, so its source is this repository or is made of it."""

import pytest

from kure_hooks.errors import InputError
from kure_hooks.stack.source_rules import repository
from tests.support.generate import REPOSITORY, bundle, leaf, node, objects, tree

OTHER = "https://example.com/apps.git"
OWN = {"bootstrap": {"sourceURL": REPOSITORY, "sourceRef": "main"}}


def git(url, name="apps"):
    return {"kind": "GitRepository", "name": name, "url": url, "branch": "main"}


def oci(url, name="release"):
    return {"kind": "OCIRepository", "name": name, "url": url, "semver": "1.x"}


def refused(*nodes, **options):
    with pytest.raises(InputError) as caught:
        tree(node("prod", *nodes), **options)
    return [f"{each.key}: {each.problem}" for each in caught.value.findings]


@pytest.mark.parametrize(
    "url",
    [
        "git@example.com:fleet.git",
        "ssh://git@example.com/fleet",
        "ssh://git@EXAMPLE.com:22/Fleet.git/",
        "https://user@example.com:443/fleet",
        "http://ssh.example.com/fleet.git",
        "git@altssh.example.com:fleet",
    ],
)
def test_a_repository_has_many_urls(url):
    assert repository(url) == repository(REPOSITORY) == "example.com/fleet"


def test_azure_devops_has_two_paths_for_one_repository():
    ssh = "git@ssh.dev.azure.com:v3/acme/platform/fleet"
    assert repository(ssh) == repository("https://acme@dev.azure.com/acme/platform/_git/fleet")


@pytest.mark.parametrize("url", [OTHER, "https://example.org/fleet.git", "https://example.com/f"])
def test_other_repositories_are_told_apart(url):
    assert repository(url) != repository(REPOSITORY)


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_another_repository_is_refused_with_the_path_that_it_lacks(engine):
    (said,) = refused(
        leaf("web", sourceRef=git("https://me:pw@example.com/apps.git")), engine=engine, gitops=OWN
    )
    assert said == (
        "node.children[0].bundle.sourceRef.url: bundle web comes from "
        "https://example.com/apps.git, not from https://example.com/fleet.git, "
        "but its files are written to clusters/prod/web here"
    )


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_another_branch_of_this_repository_is_fine(engine):
    root = node("prod", leaf("web", sourceRef=git("git@example.com:fleet.git")))
    if engine == "flux":
        root = node("prod", leaf("web", sourceRef=git("ssh://git@example.com/fleet.git")))
    assert tree(root, engine=engine, gitops=OWN)


def test_what_inherits_a_source_is_complained_of_once():
    umbrella = bundle("all", sourceRef=git(OTHER), children=[bundle("one"), bundle("two")])
    (said,) = refused(node("apps", leaf("below"), bundle=umbrella), gitops=OWN)
    assert said.startswith("node.children[0].bundle.sourceRef.url: bundle all comes from")


def test_a_repository_that_nobody_names_is_that_of_the_first_bundle():
    assert tree(node("prod", leaf("a", sourceRef=git(OTHER)), leaf("b")))
    (said,) = refused(leaf("a", sourceRef=git(OTHER)), leaf("b", sourceRef=git(REPOSITORY, "b")))
    assert said.startswith(
        "node.children[1].bundle.sourceRef.url: bundle b comes from https://example.com/fleet.git, "
        "not from https://example.com/apps.git"
    )


def test_an_artifact_made_of_this_repository_is_fine():
    """Its URL is another one than that of the repository, but one for all bundles."""
    release = oci("oci://registry.example.com/acme/fleet")
    assert tree(node("prod", leaf("a", sourceRef=release), leaf("b")), gitops=OWN)
    other = oci("oci://registry.example.com/acme/apps", "apps")
    (said,) = refused(leaf("a", sourceRef=release), leaf("b", sourceRef=other), gitops=OWN)
    assert said.startswith("node.children[1].bundle.sourceRef.url: bundle b comes from oci://")


def test_another_artifact_than_the_cluster_s_own_is_refused():
    own = {"bootstrap": {"sourceURL": "oci://registry.example.com/fleet", "sourceRef": "v1"}}
    same, other = oci("oci://registry.example.com/fleet"), oci("oci://registry.example.com/apps")
    assert tree(node("prod", leaf("web", sourceRef=same)), gitops=own)
    (said,) = refused(leaf("web", sourceRef=other), gitops=own)
    assert "not from oci://registry.example.com/fleet" in said


def test_what_an_external_artifact_holds_is_not_what_is_written_here():
    artifact = {"kind": "ExternalArtifact", "name": "web"}
    (said,) = refused(leaf("web", sourceRef=artifact))
    assert said == (
        "node.children[0].bundle.sourceRef.kind: bundle web comes from ExternalArtifact web, "
        "but its files are written to clusters/prod/web here"
    )


def test_a_bucket_is_the_cluster_s_own_one():
    own = {"sourceKind": "Bucket", "sourceURL": "https://s3.example.com", "sourceRef": "fleet"}
    gitops = {"bootstrap": own}
    known = {"kind": "Bucket", "name": "flux-system"}
    defined = {"kind": "Bucket", "name": "b", "bucketName": "fleet", "endpoint": "s3.example.com"}
    found = objects(
        node("prod", leaf("a"), leaf("b", sourceRef=known), leaf("c", sourceRef=defined)),
        gitops=gitops,
    )
    assert found["Kustomization/a"]["spec"]["sourceRef"] == known
    for foreign in (
        {"kind": "Bucket", "name": "other"},
        defined | {"name": "other", "bucketName": "other"},
    ):
        for options in ({"gitops": gitops}, {}):
            (said,) = refused(leaf("web", sourceRef=foreign), **options)
            assert "bundle web comes from Bucket other" in said


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_a_package_is_not_this_repository(engine):
    """The path of its unit begins at its own root, which the repository doesn't have."""
    package = {"group": "g", "version": "v1", "kind": "GitRepository", "name": "shop"}
    own = leaf("web") | {"packageRef": package | {"url": "ssh://git@example.com/fleet"}}
    (said,) = refused(own, engine=engine, gitops=OWN)
    assert said == (
        "node.children[0].packageRef.url: package git-shop is this repository, which has no ./web"
    )
    other = leaf("web") | {"packageRef": package | {"url": OTHER}}
    assert tree(node("prod", other), engine=engine, gitops=OWN)
