"""The sentence about an object that is gone from the tree: it is deleted, or it stays, and why.

Facts: kustomize-controller 1.9 (Flux 2.9), Argo CD 3.5.
"""

import pytest
import yaml

from kure_hooks.drift.result import State
from kure_hooks.engines.consequences import consequences
from tests.engines.test_effects import ARGO, FLUX
from tests.support.generate import application, leaf, node
from tests.support.risks import compared, fleet

GITOPS = {"flux": FLUX, "argocd": ARGO}
OWNERS = {"flux": "Kustomization flux-system/web", "argocd": "Application argocd/web"}
TOOLS = {"flux": "Flux", "argocd": "Argo CD"}
BOTH = pytest.mark.parametrize("engine", ["flux", "argocd"])
OTHER = leaf("other", application("other", "v1 ConfigMap", "v1 Service"))


def web(*kinds, marked=None, **fields):
    own = application("web", *kinds)
    for manifest in own["spec"]["objects"]:
        manifest["metadata"]["annotations"] = dict(marked or {})
    return leaf("web", own, **fields)


def told(engine, before, after, **gitops):
    """Return what is said of each object that is only there before, which must be a sentence."""
    options = GITOPS[engine] | gitops
    files = compared(
        fleet(node("prod", *before, OTHER), engine, options),
        fleet(node("prod", *after, OTHER), engine, options),
    )
    gone = [each for file in files for each in file.objects if each.state is State.REMOVED]
    effects = {each.name: each.effect for each in gone}
    assert all(text.endswith(".") for text in effects.values()), effects
    return effects


KINDS = ("v1 ConfigMap", "v1 Service")
SERVICE = "Service apps/web"


@BOTH
@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({}, "deletes Service apps/web."),
        ({"deletionPolicy": "Orphan"}, "deletes Service apps/web."),
        (
            {"prune": False},
            "leaves Service apps/web on the cluster, because {owner} does not prune.",
        ),
    ],
    ids=str,
)
def test_an_object_that_leaves_its_bundle(engine, fields, end):
    found = told(engine, [web(*KINDS, **fields)], [web("v1 ConfigMap", **fields)])
    assert found == {SERVICE: f"{TOOLS[engine]} {end.format(owner=OWNERS[engine])}"}


@BOTH
@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({}, "deletes Service apps/web together with {owner}."),
        ({"prune": False}, "leaves Service apps/web on the cluster when {owner} is deleted."),
        (
            {"deletionPolicy": "Orphan"},
            "leaves Service apps/web on the cluster when {owner} is deleted.",
        ),
        (
            {"prune": False, "deletionPolicy": "Delete"},
            "deletes Service apps/web together with {owner}.",
        ),
    ],
    ids=str,
)
def test_an_object_of_a_bundle_that_is_removed(engine, fields, end):
    found = told(engine, [web(*KINDS, **fields)], [])
    assert found[SERVICE] == f"{TOOLS[engine]} {end.format(owner=OWNERS[engine])}"


@BOTH
@pytest.mark.parametrize("after", [[web("v1 ConfigMap")], []], ids=["object", "bundle"])
def test_an_object_that_opts_out_stays(engine, after):
    marked = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    found = told(engine, [web(*KINDS, marked=marked)], after)
    reason = "because the object opts out of being deleted"
    assert found[SERVICE] == f"{TOOLS[engine]} leaves {SERVICE} on the cluster, {reason}."


def test_the_last_object_of_an_application_stays_without_allow_empty():
    found = told("argocd", [web()], [leaf("web")])
    reason = "because Application argocd/web never prunes all that it has applied"
    assert found == {
        "ConfigMap apps/web": f"Argo CD leaves ConfigMap apps/web on the cluster, {reason}."
    }
    assert told("flux", [web()], [leaf("web")]) == {
        "ConfigMap apps/web": "Flux deletes ConfigMap apps/web."
    }


def test_a_suspended_bundle_prunes_once_it_is_resumed():
    found = told("flux", [web(*KINDS, suspend=True)], [web("v1 ConfigMap", suspend=True)])
    assert found == {
        SERVICE: "Flux deletes Service apps/web once Kustomization flux-system/web is resumed."
    }


@BOTH
def test_an_object_under_another_name_is_deleted_by_the_name_that_it_has_on_the_cluster(engine):
    before, after = ([web(*kinds, namePrefix="a-")] for kinds in (KINDS, ("v1 ConfigMap",)))
    found = told(engine, before, after)
    assert found == {SERVICE: f"{TOOLS[engine]} deletes Service apps/a-web."}


def test_an_object_with_another_name_in_the_same_file_is_named_by_the_old_one():
    def shop(name):
        return leaf("web", {**application("web"), **renamed(name)})

    def renamed(name):
        (manifest,) = application("web")["spec"]["objects"]
        manifest["metadata"]["name"] = name
        return {"spec": {"objects": [manifest]}}

    trees = (fleet(node("prod", shop(name), OTHER), gitops=FLUX) for name in ("old", "new"))
    effects = [each.effect for file in compared(*trees) for each in file.objects if each.effect]
    assert effects == ["Flux deletes ConfigMap apps/old."]


@BOTH
@pytest.mark.parametrize(
    "fields", [{"deletionPolicy": "Orphan"}, {"prune": False}, {}], ids=["Orphan", "prune", "none"]
)
def test_nothing_stays_in_a_namespace_that_goes(engine, fields):
    home = application("apps", "v1 Namespace")
    base = leaf("base", home, application("base", namespace="other"))
    found = told(
        engine, [base, web(**fields)], [leaf("base", application("base", namespace="other"))]
    )
    if fields:
        # Argo CD may leave the Namespace, which the project no longer permits.
        takes = "takes" if engine == "flux" else "may take"
        text = f"Namespace apps {takes} ConfigMap apps/web along when it is deleted."
        assert found["ConfigMap apps/web"] == text
    else:
        assert "deletes ConfigMap apps/web together with" in found["ConfigMap apps/web"]
    assert found["Namespace apps"]


@BOTH
def test_a_tree_that_is_gone_as_a_whole_says_that_all_of_it_stays(engine):
    files = fleet(node("prod", web(*KINDS)), engine, GITOPS[engine]).files
    found = consequences("clusters/prod", files, {}, files)
    texts = {
        f"{each['kind']} {each['metadata']['name']}": found.of_old(path, each).effect
        for path, data in files.items()
        for each in yaml.safe_load_all(data)
        if "metadata" in each
    }
    assert texts
    assert all("on the cluster" in text for text in texts.values()), texts


def test_what_nothing_here_syncs_is_for_whatever_syncs_it():
    """Without a bootstrap somebody else applies the project that the stack no longer asks for."""
    before, after = (
        fleet(
            node("prod", web(*KINDS)),
            "argocd",
            {"argocd": {"project": name} if name else {}, "bootstrap": {"enabled": False}},
        )
        for name in ("", "default")
    )
    effects = {
        each.name: each.effect
        for file in compared(before, after)
        for each in file.objects
        if each.state is State.REMOVED
    }
    text = "What syncs clusters/prod, if it prunes, deletes AppProject argocd/prod."
    assert effects == {"AppProject argocd/prod": text}
