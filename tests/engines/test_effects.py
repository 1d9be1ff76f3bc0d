"""The marks of changes that make a controller delete something, by what each controller does.

Facts: kustomize-controller 1.9 and helm-controller 1.6 (Flux 2.9), flux-operator 0.58, Argo CD 3.5.
"""

import itertools

import pytest
import yaml

from kure_hooks.drift.result import Risk
from kure_hooks.engines.consequences import consequences
from tests.support.generate import application, bundle, leaf, node
from tests.support.risks import fleet, marks

FLUX = {
    "bootstrap": {
        "enabled": True,
        "fluxMode": "gotk",
        "sourceURL": "https://a.b/c.git",
        "sourceRef": "main",
    }
}
ARGO = {"bootstrap": {"enabled": True}}
ROOT = "Kustomization flux-system/flux-system"
WEB = "Kustomization flux-system/web"

RECREATED = {Risk.RECREATED}
DESTRUCTIVE = {Risk.DESTRUCTIVE}


def web(name="web", *kinds, **fields):
    return leaf(name, application("web", *(kinds or ("v1 ConfigMap", "v1 Service"))), **fields)


BELOW = node("prod", node("infra", web(), bundle=bundle("base", application("base"))))


def placed(placement, root=BELOW, gitops=FLUX):
    return fleet(root, gitops=gitops, layout={"fluxPlacement": placement})


@pytest.mark.parametrize("integrated", ["integrated", "integrated-per-bundle"])
def test_a_kustomization_that_goes_into_the_payload_of_another_may_take_all_with_it(integrated):
    found = marks(placed("separate"), placed(integrated))
    assert found == {
        WEB: (
            RECREATED,
            (
                f"Flux may delete it and the 2 objects that it applied: {ROOT} prunes it unless "
                "Kustomization flux-system/base has applied it first. They are created again."
            ),
        )
    }


def test_a_dependency_on_the_bundle_above_moves_the_kustomization():
    """From then on the cluster's own Kustomization applies and prunes it."""

    def below(**fields):
        return placed(
            "integrated",
            node("prod", node("infra", *fields.pop("web", ()), bundle=bundle("base", wait=True))),
        )

    inside, beside = below(web=[web()]), below(web=[web(dependsOn=["base"])])
    for before, after, old, new in (
        (inside, beside, "Kustomization flux-system/base", ROOT),
        (beside, inside, ROOT, "Kustomization flux-system/base"),
    ):
        risks, text = marks(before, after)[WEB]
        assert risks == RECREATED
        assert f"{old} prunes it unless {new} has applied it first" in text
    assert marks(beside, below())[WEB] == (
        DESTRUCTIVE,
        "Flux deletes it and the 2 objects that it applied.",
    )


def test_the_way_back_is_the_same_race():
    found = marks(placed("integrated"), placed("separate"))
    assert found == {
        WEB: (
            RECREATED,
            (
                "Flux may delete it and the 2 objects that it applied: Kustomization "
                f"flux-system/base prunes it unless {ROOT} has applied it first. They are created "
                "again."
            ),
        )
    }


def test_nothing_is_said_of_kustomizations_that_stay_where_they_are():
    flat = node("prod", web(), leaf("api", application("api")))
    assert marks(placed("separate", flat), placed("integrated-per-bundle", flat)) == {}


CONFIG = {
    "name": "config",
    "kind": "Manifests",
    "spec": {
        "objects": [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "config"}}],
        "configMaps": [{"name": "config", "files": ["a.txt"]}],
    },
}


def test_what_is_split_off_a_bundle_is_pruned_before_its_own_kustomization_applies_it():
    whole = node("prod", leaf("web", CONFIG))
    found = marks(placed("integrated-per-bundle", whole), placed("integrated", whole))
    assert found == {
        WEB: (RECREATED, "Flux deletes Service config, which is created again."),
    }
    assert marks(placed("integrated", whole), placed("integrated-per-bundle", whole)) == {}


@pytest.mark.parametrize(
    "safe",
    [{"prune": False}, {"deletionPolicy": "Orphan"}, {"suspend": True}],
    ids=["prune false", "Orphan", "suspend"],
)
def test_a_kustomization_without_cascade_takes_nothing_along(safe):
    root = node("prod", node("infra", web(**safe), bundle=bundle("base", application("base"))))
    ((risks, effect),) = marks(placed("separate", root), placed("integrated", root)).values()
    assert risks == {Risk.OWNER}
    assert effect.startswith("Flux may delete it: ")


def test_a_parent_that_does_not_prune_lets_go_without_harm():
    root = node(
        "prod", node("infra", web(), bundle=bundle("base", application("base"), prune=False))
    )
    assert marks(placed("integrated", root), placed("separate", root)) == {}


@pytest.mark.parametrize(
    ("fields", "effect"),
    [
        (
            {},
            "Flux deletes it and the 2 objects that it applied; what it applied is created again.",
        ),
        ({"prune": False}, ""),
        ({"deletionPolicy": "Orphan"}, ""),
        ({"suspend": True}, ""),
        (
            {"prune": False, "deletionPolicy": "Delete"},
            "Flux deletes it and the 2 objects that it applied; what it applied is created again.",
        ),
        (
            {"deletionPolicy": "WaitForTermination"},
            "Flux deletes it and the 2 objects that it applied; what it applied is created again.",
        ),
    ],
    ids=str,
)
def test_a_renamed_bundle(fields, effect):
    before = fleet(node("prod", web(**fields)), gitops=FLUX)
    found = marks(before, fleet(node("prod", web("site", **fields)), gitops=FLUX))
    assert found.get("Kustomization flux-system/site", (set(), ""))[1] == effect
    together = {name for name in found if name.startswith(("ConfigMap", "Service"))}
    assert bool(together) == bool(effect)


def test_the_objects_of_a_renamed_bundle_say_so_each():
    before = fleet(node("prod", web()), gitops=FLUX)
    found = marks(before, fleet(node("prod", web("site")), gitops=FLUX))
    assert found["Service apps/web"] == (
        {Risk.OWNER},
        f"Flux deletes it together with {WEB}; Kustomization flux-system/site creates it again.",
    )


def shops(*owners, **fields):
    """Return a tree whose bundles have an application `web` where they are named."""
    return node(
        "prod",
        *(
            leaf(
                name,
                *([application("web")] if name in owners else []),
                application(f"own-{name}"),
                **fields.get(name, {}),
            )
            for name in ("a", "b")
        ),
    )


@pytest.mark.parametrize(
    ("fields", "risks", "effect"),
    [
        (
            {},
            {Risk.OWNER},
            (
                "Flux may delete it: Kustomization flux-system/a prunes it unless Kustomization "
                "flux-system/b has applied it first. It is created again."
            ),
        ),
        (
            {"b": {"dependsOn": ["a"]}},
            {Risk.OWNER},
            (
                "Flux deletes it: Kustomization flux-system/a prunes it before Kustomization "
                "flux-system/b applies it. It is created again."
            ),
        ),
        ({"a": {"dependsOn": ["b"]}}, None, None),
        (
            {"a": {"dependsOn": [{"name": "b", "readyExpr": "true"}]}},
            {Risk.OWNER},
            (
                "Flux may delete it: Kustomization flux-system/a prunes it unless Kustomization "
                "flux-system/b has applied it first. It is created again."
            ),
        ),
        ({"a": {"prune": False}}, None, None),
        ({"b": {"prune": False}}, {Risk.OWNER}, "Flux may delete it: "),
    ],
    ids=[
        "a race",
        "the new one waits for the old one",
        "the old one waits for the new one",
        "readyExpr may be true at once",
        "the old one keeps it",
        "the new one doesn't matter",
    ],
)
def test_an_application_that_moves_to_another_bundle(fields, risks, effect):
    before = fleet(shops("a", **fields), gitops=FLUX)
    found = marks(before, fleet(shops("b", **fields), gitops=FLUX))
    assert found.keys() == ({"ConfigMap apps/web"} if risks else set())
    if risks:
        assert found["ConfigMap apps/web"][0] == risks
        assert found["ConfigMap apps/web"][1].startswith(effect)


@pytest.mark.parametrize(
    ("key", "value"),
    [("prune", "disabled"), ("prune", "Disabled"), ("reconcile", "disabled"), ("ssa", "Ignore")],
)
@pytest.mark.parametrize("part", ["labels", "annotations"])
def test_an_object_can_opt_out_of_being_deleted_by_flux(key, value, part):
    kept = application("web", "v1 Namespace")
    kept["spec"]["objects"][0]["metadata"][part] = {f"kustomize.toolkit.fluxcd.io/{key}": value}
    before = fleet(node("prod", leaf("web", kept)), gitops=FLUX)
    assert marks(before, fleet(node("prod", leaf("web")), gitops=FLUX)) == {}
    assert marks(before, fleet(node("prod"), gitops=FLUX)) == {}


def test_an_object_that_has_not_opted_out_is_deleted_with_what_is_in_it():
    before = fleet(node("prod", leaf("web", application("web", "v1 Namespace"))), gitops=FLUX)
    assert marks(before, fleet(node("prod", leaf("web")), gitops=FLUX)) == {
        "Namespace web": (DESTRUCTIVE, "Flux deletes it and everything in it.")
    }
    assert marks(before, fleet(node("prod"), gitops=FLUX)) == {
        "Namespace web": (
            DESTRUCTIVE,
            f"Flux deletes it and everything in it together with {WEB}.",
        ),
        WEB: (
            DESTRUCTIVE,
            "Flux deletes it and the object that it applied (Namespace web among them).",
        ),
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [("targetNamespace", "shop"), ("namePrefix", "a-"), ("nameSuffix", "-a")],
)
def test_what_a_build_renames_is_deleted_under_its_old_name(key, value):
    before = fleet(node("prod", web()), gitops=FLUX)
    renamed = fleet(node("prod", web(**{key: value})), gitops=FLUX)
    risks, effect = marks(before, renamed)[WEB]
    assert risks == RECREATED
    assert effect == (
        "Flux deletes ConfigMap apps/web and Service apps/web, which are created again "
        "under another name or namespace."
    )
    kept = fleet(node("prod", web(prune=False)), gitops=FLUX)
    assert marks(kept, fleet(node("prod", web(prune=False, **{key: value})), gitops=FLUX)) == {}


def test_pruning_that_is_switched_on_or_off_in_the_same_commit_may_still_happen():
    on, off = web(namePrefix="a-"), web(prune=False)
    assert (
        marks(
            fleet(node("prod", web()), gitops=FLUX),
            fleet(node("prod", web(namePrefix="a-", prune=False)), gitops=FLUX),
        )[WEB][0]
        > RECREATED
    )
    found = marks(fleet(node("prod", off), gitops=FLUX), fleet(node("prod", on), gitops=FLUX))
    assert found[WEB][0] == {Risk.RECREATED, Risk.PRUNE}


@pytest.mark.parametrize(
    ("before", "after", "risks"),
    [
        ({}, {"prune": False}, {Risk.PRUNE}),
        ({}, {"deletionPolicy": "Orphan"}, {Risk.CASCADE}),
        ({"deletionPolicy": "Orphan"}, {"deletionPolicy": "Delete"}, {Risk.CASCADE}),
        ({}, {"suspend": True}, {Risk.SUSPEND}),
        ({}, {"kubeConfig": {"secretRef": {"name": "far"}}}, {Risk.LEFT}),
        ({}, {"interval": "5m"}, None),
        ({}, {"wait": True}, None),
        ({}, {"dependsOn": ["api"]}, None),
        ({}, {"force": True}, None),
    ],
)
def test_fields_of_a_kustomization(before, after, risks):
    others = (leaf("api", application("api")),)
    found = marks(
        fleet(node("prod", web(**before), *others), gitops=FLUX),
        fleet(node("prod", web(**after), *others), gitops=FLUX),
    )
    assert {name: found[name][0] for name in found} == ({WEB: risks} if risks else {})


def test_another_cluster_gets_what_the_old_one_keeps():
    far = {"kubeConfig": {"secretRef": {"name": "far"}}}
    before = fleet(node("prod", web()), gitops=FLUX)
    assert marks(before, fleet(node("prod", web(**far)), gitops=FLUX))[WEB][1] == (
        "Flux applies to far now, and leaves on its own cluster what it applied there."
    )


def chart(name="db", **spec):
    source = {"type": "HelmRepository", "url": "https://charts.example.com"}
    return {
        "name": name,
        "namespace": "apps",
        "kind": "HelmChart",
        "spec": {"chart": {"name": "postgres", "version": "1.0.0"}, "source": source} | spec,
    }


RELEASE = "HelmRelease apps/db"
REINSTALLED = "Flux deletes all that it installed, and installs it under another name."


@pytest.mark.parametrize(
    ("before", "after", "reinstalled"),
    [
        ({}, {"release": {"name": "data"}}, True),
        ({}, {"release": {"name": "db"}}, False),
        ({}, {"release": {"targetNamespace": "data"}}, True),
        ({}, {"release": {"targetNamespace": "apps", "name": "db"}}, False),
        ({}, {"release": {"targetNamespace": "apps"}}, True),
        ({}, {"release": {"storageNamespace": "data"}}, True),
        ({}, {"release": {"storageNamespace": "apps"}}, False),
        ({}, {"chart": {"name": "mysql", "version": "1.0.0"}}, True),
        ({}, {"chart": {"name": "postgres", "version": "2.0.0"}}, False),
        (
            {"upgrade": {"chartNameChangeStrategy": "InPlaceUpdate"}},
            {
                "upgrade": {"chartNameChangeStrategy": "InPlaceUpdate"},
                "chart": {"name": "mysql", "version": "1.0.0"},
            },
            False,
        ),
    ],
)
def test_a_release_with_another_name_is_uninstalled(before, after, reinstalled):
    found = marks(
        fleet(node("prod", leaf("web", chart(**before))), gitops=FLUX),
        fleet(node("prod", leaf("web", chart(**after))), gitops=FLUX),
    )
    assert found == ({RELEASE: (DESTRUCTIVE, REINSTALLED)} if reinstalled else {})


def test_a_release_that_is_renamed_removed_or_moved():
    before = fleet(node("prod", leaf("web", chart()), leaf("api")), gitops=FLUX)
    other = fleet(node("prod", leaf("web", chart("data")), leaf("api")), gitops=FLUX)
    text = "Flux deletes it and all that it installed."
    assert marks(before, other)["HelmRelease apps/data"] == (DESTRUCTIVE, text)
    gone = fleet(node("prod", leaf("web"), leaf("api")), gitops=FLUX)
    assert marks(before, gone)[RELEASE] == (DESTRUCTIVE, text)
    moved = fleet(node("prod", leaf("web"), leaf("api", chart())), gitops=FLUX)
    assert marks(before, moved)[RELEASE] == (
        DESTRUCTIVE,
        (
            f"Flux may delete it and all that it installed: {WEB} prunes it unless Kustomization "
            "flux-system/api has applied it first. It is created again."
        ),
    )


def test_a_suspended_release_is_not_uninstalled():
    before = fleet(node("prod", leaf("web", chart(suspend=True))), gitops=FLUX)
    assert marks(before, fleet(node("prod", leaf("web")), gitops=FLUX)) == {}


def test_another_namespace_of_the_gitops_objects_tears_all_of_them_down():
    elsewhere = FLUX | {"flux": {"namespace": "gitops"}}
    found = marks(fleet(BELOW, gitops=FLUX), fleet(BELOW, gitops=elsewhere))
    assert found["Kustomization gitops/web"] == (
        RECREATED,
        "Flux deletes it and the 2 objects that it applied; what it applied is created again.",
    )
    assert {name for name in found if name.startswith("Kustomization")} == {
        "Kustomization gitops/base",
        "Kustomization gitops/web",
        ROOT,
    }
    assert found[ROOT] == (DESTRUCTIVE, "Flux deletes it and all that it applies.")


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_nodes_and_applications_may_be_renamed_and_directories_moved(engine):
    before = fleet(node("prod", node("infra", web())), engine)
    other = fleet(node("prod", node("apps", web())), engine)
    assert marks(before, other) == {}
    flat = fleet(node("prod", node("infra", web())), engine, layout={"bundleGrouping": "name"})
    assert marks(before, flat) == {}


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_a_directory_that_is_gone_as_a_whole_fails_and_deletes_nothing(engine):
    files = fleet(node("prod", web("web", "v1 Namespace")), engine).files
    found = consequences("clusters/prod", files, {}, files)
    texts = [
        found.of(path, each) for path, data in files.items() for each in yaml.safe_load_all(data)
    ]
    assert {text.risks for text in texts} == {()}


ORPHAN = {"deletionPolicy": "Orphan"}
PROGRESSIVE = {"argocd": {"ordering": "progressive"}}
KEPT = {Risk.OWNER, Risk.CASCADE, Risk.PRUNE}


def below(**fields):
    base = bundle("base", application("base"))
    return node("prod", node("infra", web(**fields), bundle=base))


def split(**fields):
    return node("prod", leaf("web", CONFIG, **fields))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            lambda **fields: placed("separate", below(**fields)),
            lambda **fields: placed("integrated", below(**fields)),
            id="separate to integrated",
        ),
        pytest.param(
            lambda **fields: placed("integrated", below(**fields)),
            lambda **fields: placed("separate", below(**fields)),
            id="integrated to separate",
        ),
        pytest.param(
            lambda **fields: fleet(node("prod", web(**fields)), gitops=FLUX),
            lambda **fields: fleet(node("prod", web("site", **fields)), gitops=FLUX),
            id="a renamed bundle",
        ),
        pytest.param(
            lambda **fields: fleet(node("prod", web(**fields)), "argocd", ARGO),
            lambda **fields: fleet(node("prod", web("site", **fields)), "argocd", ARGO),
            id="a renamed bundle under Argo CD",
        ),
        pytest.param(
            lambda **fields: fleet(node("prod", web(**fields)), "argocd", ARGO),
            lambda **fields: fleet(node("prod", web(**fields)), "argocd", ARGO | PROGRESSIVE),
            id="waves to progressive",
        ),
        pytest.param(
            lambda **fields: fleet(node("prod", web(**fields)), "argocd", ARGO | PROGRESSIVE),
            lambda **fields: fleet(node("prod", web(**fields)), "argocd", ARGO),
            id="progressive to waves",
        ),
        pytest.param(
            lambda **fields: fleet(node("prod", web(**fields))),
            lambda **fields: fleet(node("prod", web(**fields)), "argocd"),
            id="Flux to Argo CD",
        ),
        pytest.param(
            lambda **fields: fleet(node("prod", web(**fields)), "argocd"),
            lambda **fields: fleet(node("prod", web(**fields))),
            id="Argo CD to Flux",
        ),
    ],
)
def test_with_orphan_first_nothing_is_taken_along(before, after):
    """The order of commits in docs/changes.md."""
    steps = [before(), before(**ORPHAN), after(**ORPHAN), after()]
    assert any(risks - KEPT for risks, _ in marks(steps[0], steps[3]).values())
    for one, other in itertools.pairwise(steps):
        found = marks(one, other)
        assert {name for name, (risks, _) in found.items() if risks - KEPT} <= SETS
        assert not [name for name in found if name.startswith(("ConfigMap", "Service"))]


# An ApplicationSet takes its Applications along, which take nothing along.
SETS = {"ApplicationSet argocd/prod"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            lambda **fields: fleet(shops("a", a=fields), gitops=FLUX),
            lambda **fields: fleet(shops("b", a=fields), gitops=FLUX),
            id="a moved application",
        ),
        pytest.param(
            lambda **fields: placed("integrated-per-bundle", split(**fields)),
            lambda **fields: placed("integrated", split(**fields)),
            id="split off",
        ),
        pytest.param(
            lambda **fields: fleet(node("prod", web(**fields)), gitops=FLUX),
            lambda **fields: fleet(node("prod", web(namePrefix="a-", **fields)), gitops=FLUX),
            id="other names",
        ),
    ],
)
def test_without_pruning_first_nothing_is_deleted(before, after):
    """The order of commits in docs/changes.md."""
    off = {"prune": False}
    steps = [before(), before(**off), after(**off), after()]
    assert marks(steps[0], steps[3])
    for one, other in itertools.pairwise(steps):
        assert {risk for risks, _ in marks(one, other).values() for risk in risks} <= {Risk.PRUNE}


def test_a_suspended_kustomization_prunes_later():
    def claims(*kinds):
        return fleet(node("prod", web("web", "v1 ConfigMap", *kinds, suspend=True)), gitops=FLUX)

    assert marks(claims("v1 PersistentVolumeClaim"), claims()) == {
        "PersistentVolumeClaim apps/web": (
            DESTRUCTIVE,
            f"Flux deletes it and its data once {WEB} is resumed.",
        )
    }


def test_a_dependency_from_another_source_may_be_ready_with_an_older_revision():
    """kustomize-controller compares revisions only where both have the same source."""
    other = {"kind": "GitRepository", "name": "other", "url": "ssh://git@a.b/c"}
    fields = {"a": {"dependsOn": ["b"]}, "b": {"sourceRef": other}}
    before, after = (fleet(shops(name, **fields), gitops=FLUX) for name in "ab")
    assert marks(before, after)["ConfigMap apps/web"][1].startswith("Flux may delete it: ")
    fields = {"a": {"sourceRef": other}, "b": {"dependsOn": ["a"]}}
    before, after = (fleet(shops(name, **fields), gitops=FLUX) for name in "ab")
    assert marks(before, after)["ConfigMap apps/web"][1].startswith("Flux may delete it: ")


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_dependencies_count_at_any_distance(first, second):
    chain = {"c": {"dependsOn": ["a"]}, "b": {"dependsOn": ["c"]}}

    def placed_in(owner):
        return node(
            "prod",
            *(
                leaf(
                    name,
                    application(f"own-{name}"),
                    *([application("web")] if name == owner else []),
                    **chain.get(name, {}),
                )
                for name in "abc"
            ),
        )

    found = marks(fleet(placed_in(first), gitops=FLUX), fleet(placed_in(second), gitops=FLUX)).get(
        "ConfigMap apps/web"
    )
    if first == "b":
        assert found is None
    else:
        assert found[1].startswith("Flux deletes it: ")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_dependency_must_be_there_before_and_after(when):
    waits = {"a": {"dependsOn": ["b"]}}
    before = fleet(shops("a", **(waits if when == "before" else {})), gitops=FLUX)
    after = fleet(shops("b", **(waits if when == "after" else {})), gitops=FLUX)
    assert marks(before, after)["ConfigMap apps/web"][0] == {Risk.OWNER}


def test_what_syncs_from_outside_takes_part_in_the_race():
    risks, effect = marks(placed("separate", gitops={}), placed("integrated", gitops={}))[WEB]
    assert risks == RECREATED
    assert effect == (
        "What syncs clusters/prod, if it prunes, may delete it and the 2 objects that it applied: "
        "what syncs clusters/prod prunes it unless Kustomization flux-system/base has applied it "
        "first. They are created again."
    )


def test_a_release_that_is_suspended_keeps_its_name():
    before, after = (
        fleet(node("prod", leaf("web", chart(**fields))), gitops=FLUX)
        for fields in ({}, {"suspend": True})
    )
    assert marks(before, after) == {RELEASE: ({Risk.SUSPEND}, "")}


def test_the_dependency_of_a_new_owner_counts_as_it_is_afterwards():
    waits = {"b": {"dependsOn": ["a"]}}
    before, after = fleet(shops("a"), gitops=FLUX), fleet(shops("b", **waits), gitops=FLUX)
    assert marks(before, after)["ConfigMap apps/web"][1].startswith("Flux deletes it: ")
    before, after = fleet(shops("a", **waits), gitops=FLUX), fleet(shops("b"), gitops=FLUX)
    assert marks(before, after)["ConfigMap apps/web"][1].startswith("Flux may delete it: ")
