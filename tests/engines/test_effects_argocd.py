"""The marks of changes by what Argo CD 3.5 does, also with ApplicationSets and several sources."""

import pytest

from kure_hooks.drift.result import Risk
from tests.support.generate import REPOSITORY, application, bundle, leaf, node
from tests.support.risks import compared, fleet, marks

BOOTSTRAP = {"bootstrap": {"enabled": True}}
ROOT = "Application argocd/prod-root"
SET = "ApplicationSet argocd/prod"
WEB = "Application argocd/web"
TWO = ("v1 ConfigMap", "v1 Service")


def prod(*children, ordering="waves", bootstrap=True, **argocd):
    options = {"argocd": {"repoURL": REPOSITORY, "ordering": ordering, **argocd}}
    gitops = options | (BOOTSTRAP if bootstrap else {})
    return fleet(node("prod", *children), "argocd", gitops)


def web(name="web", *kinds, **fields):
    return leaf(name, application("web", *(kinds or TWO)), **fields)


API = leaf("api", application("api"))
ANY_KIND = {"clusterResourceWhitelist": [{"group": "*", "kind": "*"}]}


def told(before, after):
    """Return the marks; those of fields by object and path."""
    fields = {
        (change.name, field.path): set(field.risks)
        for file in compared(before, after)
        for change in file.objects
        for field in change.fields
        if field.risks
    }
    return marks(before, after), fields


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
@pytest.mark.parametrize(
    ("fields", "cascades"),
    [
        ({}, True),
        ({"deletionPolicy": "Orphan"}, False),
        ({"prune": False}, False),
        ({"argocd": {"finalizers": []}}, False),
        ({"argocd": {"finalizers": ["resources-finalizer.argocd.argoproj.io/background"]}}, True),
        ({"argocd": {"syncPolicy": {"syncOptions": ["Delete=false"]}}}, False),
        ({"argocd": {"syncPolicy": {"syncOptions": ["Delete=confirm"]}}}, False),
        ({"argocd": {"sources": [{"repoURL": "https://a.b/c", "path": "d"}]}}, True),
    ],
    ids=str,
)
def test_a_removed_application(ordering, fields, cascades):
    found = marks(prod(web(**fields), API, ordering=ordering), prod(API, ordering=ordering))
    if ordering == "waves":
        more = " and all that it applied from elsewhere" if "'sources'" in str(fields) else ""
        text = f"Argo CD deletes it and the 2 objects that it applied{more}."
        assert found == ({WEB: ({Risk.DESTRUCTIVE}, text)} if cascades else {})
    else:
        text = f"Argo CD deletes {WEB} and the 2 objects that it applied."
        assert found == ({SET: ({Risk.DESTRUCTIVE}, text)} if cascades else {})


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
def test_a_renamed_bundle(ordering):
    found = marks(prod(web(), API, ordering=ordering), prod(web("site"), API, ordering=ordering))
    assert found["Service apps/web"] == (
        {Risk.OWNER},
        f"Argo CD deletes it together with {WEB}; Application argocd/site creates it again.",
    )
    name, what = (SET, WEB) if ordering == "progressive" else ("Application argocd/site", "it")
    assert found[name] == (
        {Risk.RECREATED},
        (
            f"Argo CD deletes {what} and the 2 objects that it applied; what it applied is created "
            "again."
        ),
    )


def test_from_waves_to_an_application_set():
    before, after = prod(web()), prod(web(), ordering="progressive")
    assert marks(before, after) == {
        WEB: (
            {Risk.RECREATED},
            (
                f"Argo CD deletes it and the 2 objects that it applied: {ROOT} prunes it before "
                f"{SET} applies it. They are created again."
            ),
        )
    }
    assert marks(after, before) == {
        SET: (
            {Risk.RECREATED},
            (
                "Argo CD deletes it and the 3 objects that it applied; what it applied is created "
                "again."
            ),
        )
    }


def test_an_application_set_may_adopt_what_is_pruned_after_it_is_there():
    """What is pruned goes in the reverse order of its waves; the set is made in the first one."""
    late = leaf("late", application("late"), dependsOn=["web"])
    found = marks(prod(web(), late), prod(web(), late, ordering="progressive"))
    assert found["Application argocd/late"][1].startswith("Argo CD deletes it and")
    assert found[WEB][1] == (
        f"Argo CD may delete it and the 2 objects that it applied: {ROOT} prunes it unless {SET} "
        "has applied it first. They are created again."
    )


def test_into_the_application_of_a_node():
    umbrella = leaf("all", application("all"), children=[bundle("web", application("web", *TWO))])
    found = marks(prod(umbrella), prod(umbrella, ordering="resource-waves"))
    assert found[WEB][0] == {Risk.RECREATED}
    assert found["Service apps/web"] == (
        {Risk.OWNER},
        f"Argo CD may delete it together with {WEB}; Application argocd/all creates it again.",
    )


def shops(owner, first=(), **argocd):
    parts = {name: [application(f"own-{name}")] for name in "ab"}
    parts[owner].append(application("web", *first))
    return prod(*(leaf(name, *parts[name], argocd=argocd) for name in "ab"))


def test_an_application_that_moves_to_another_bundle():
    assert marks(shops("a"), shops("b")) == {
        "ConfigMap apps/web": (
            {Risk.OWNER},
            (
                "Argo CD may delete it: Application argocd/a prunes it unless Application argocd/b "
                "has applied it first. It is created again."
            ),
        )
    }


@pytest.mark.parametrize(
    "policy",
    [
        {"automated": {"prune": False}},
        {"automated": {"enabled": False}},
        {"syncOptions": ["Prune=false"]},
        {"syncOptions": ["Prune=confirm"]},
    ],
    ids=str,
)
def test_what_does_not_prune_keeps_what_moves(policy):
    assert marks(shops("a", syncPolicy=policy), shops("b", syncPolicy=policy)) == {}


def test_the_last_object_of_an_application_is_not_pruned_without_allow_empty():
    before, after = prod(web("web", "v1 Namespace")), prod(leaf("web"))
    assert marks(before, after) == {}
    allowed = {"argocd": {"syncPolicy": {"automated": {"allowEmpty": True}}}}
    before, after = (
        prod(each, projectSpec=ANY_KIND)
        for each in (web("web", "v1 Namespace", **allowed), leaf("web", **allowed))
    )
    assert marks(before, after) == {
        "Namespace web": ({Risk.DESTRUCTIVE}, "Argo CD deletes it and everything in it.")
    }


@pytest.mark.parametrize(
    ("annotations", "pruned", "cascaded"),
    [
        ({}, True, True),
        ({"argocd.argoproj.io/sync-options": "Prune=false"}, False, True),
        ({"argocd.argoproj.io/sync-options": "Validate=false, Delete=false"}, True, False),
        ({"argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm"}, False, False),
        ({"helm.sh/resource-policy": "keep"}, True, False),
    ],
)
def test_an_object_can_opt_out(annotations, pruned, cascaded):
    kept = application("web", "v1 Namespace")
    kept["spec"]["objects"][0]["metadata"]["annotations"] = annotations
    before = prod(leaf("web", kept, application("b")), API, projectSpec=ANY_KIND)
    pruning = prod(leaf("web", application("b")), API, projectSpec=ANY_KIND)
    assert bool(marks(before, pruning)) == pruned
    assert ("Namespace web" in marks(before, prod(API, projectSpec=ANY_KIND))) == cascaded


def test_a_cascade_leaves_definitions_but_pruning_does_not():
    kind = "apiextensions.k8s.io/v1 CustomResourceDefinition"
    before = prod(web("web", kind, "v1 Service"), API, projectSpec=ANY_KIND)
    name = "CustomResourceDefinition web"
    after = prod(web("web", "v1 Service"), API, projectSpec=ANY_KIND)
    assert marks(before, after)[name] == (
        {Risk.DESTRUCTIVE},
        "Argo CD deletes it and every object of its kind.",
    )
    assert name not in marks(before, prod(API, projectSpec=ANY_KIND))


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
@pytest.mark.parametrize("sources", [[], [{"repoURL": "https://a.b/c", "path": "d"}]])
@pytest.mark.parametrize(
    ("fields", "path", "risk"),
    [
        ({"prune": False}, "spec.syncPolicy.automated.prune", Risk.PRUNE),
        ({"suspend": True}, "spec.syncPolicy.automated.enabled", Risk.SUSPEND),
        ({"deletionPolicy": "Orphan"}, "metadata.finalizers", Risk.CASCADE),
    ],
)
def test_switches_are_found_wherever_they_are(ordering, sources, fields, path, risk):
    argocd = {"argocd": {"sources": sources}}
    _, found = told(
        prod(web(**argocd), ordering=ordering), prod(web(**argocd, **fields), ordering=ordering)
    )
    where = "spec.generators[0].list.elements[web].patch." if ordering == "progressive" else ""
    name = SET if ordering == "progressive" else WEB
    assert found[name, f"{where}{path}"] == {risk}


SHORT = "resources-finalizer.argocd.argoproj.io"


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
@pytest.mark.parametrize(
    ("before", "after", "risks"),
    [
        ([SHORT], None, set()),
        ([SHORT], [f"{SHORT}/background"], set()),
        (["x/y", SHORT], ["x/y", f"{SHORT}/foreground"], set()),
        (["x/y"], ["x/y", f"{SHORT}/foreground"], {Risk.CASCADE}),
        (["x/y", f"{SHORT}/foreground"], ["x/y"], {Risk.CASCADE}),
        ([f"{SHORT}/other"], None, {Risk.CASCADE}),
    ],
)
def test_spellings_of_the_finalizer_mean_the_same(before, after, risks, ordering):
    """getPropagationPolicy in types.go of Argo CD 3.5: three names and no others."""
    old, new = (
        prod(web(argocd={} if names is None else {"finalizers": names}), ordering=ordering)
        for names in (before, after)
    )
    _, found = told(old, new)
    assert {risk for each in found.values() for risk in each} == risks


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
def test_replicas_of_a_build(ordering):
    def scaled(count):
        replicas = [{"name": "web", "count": count}]
        return prod(web(argocd={"kustomize": {"replicas": replicas}}), ordering=ordering)

    _, found = told(scaled(2), scaled(0))
    assert set(map(frozenset, found.values())) == {frozenset({Risk.ZERO})}
    assert told(scaled(0), scaled(2))[1] == {}
    _, found = told(prod(web(), ordering=ordering), scaled(0))
    assert {Risk.ZERO} in found.values()


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
def test_fields_that_rename_what_an_application_applies(ordering):
    before, after = prod(web(), ordering=ordering), prod(web(namePrefix="a-"), ordering=ordering)
    ((name, (risks, effect)),) = marks(before, after).items()
    assert (name, risks) == (SET if ordering == "progressive" else WEB, {Risk.RECREATED})
    text = (
        "Argo CD deletes ConfigMap apps/web and Service apps/web, which are created again "
        "under another name or namespace."
    )
    assert effect == (f"{WEB}: {text}" if ordering == "progressive" else text)


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
def test_another_destination(ordering):
    far = {"argocd": {"destination": {"name": "far"}}}
    before, after = prod(web(), ordering=ordering), prod(web(**far), ordering=ordering)
    ((risks, effect),) = marks(before, after).values()
    assert risks == {Risk.LEFT}
    assert effect.endswith(
        "Argo CD applies to far now, and leaves on https://kubernetes.default.svc what it applied "
        "there."
    )


def test_another_namespace_of_the_applications():
    found = marks(prod(web()), prod(web(), namespace="gitops"))
    assert found["Application gitops/web"][0] == {Risk.RECREATED}


def test_another_project_deletes_nothing():
    assert marks(prod(web()), prod(web(argocd={"project": "shop"}))) == {}


def chart(**spec):
    source = {"type": "HelmRepository", "url": "https://charts.example.com"}
    named = {"chart": {"name": "postgres", "version": "1.0.0"}, "source": source}
    return {"name": "db", "namespace": "apps", "kind": "HelmChart", "spec": named | spec}


def test_a_chart_is_deleted_with_its_application():
    before = prod(leaf("web", chart()), API, projectSpec=ANY_KIND)
    assert marks(before, prod(leaf("web"), API, projectSpec=ANY_KIND)) == {
        "Application argocd/web-db": (
            {Risk.DESTRUCTIVE},
            "Argo CD deletes it and all that it installed.",
        )
    }
    renamed = prod(leaf("web", chart(release={"name": "data"})), API, projectSpec=ANY_KIND)
    assert marks(before, renamed) == {
        "Application argocd/web-db": (
            {Risk.DESTRUCTIVE},
            "Argo CD deletes all that it installed, and installs it under another name.",
        )
    }


@pytest.mark.parametrize(("first", "second"), [("flux", "argocd"), ("argocd", "flux")])
def test_from_one_tool_to_the_other(first, second):
    root = node("prod", web())
    found = marks(fleet(root, first), fleet(root, second))
    ((name, (risks, effect)),) = found.items()
    assert name == ("Kustomization flux-system/web" if first == "flux" else WEB)
    assert risks == {Risk.RECREATED}
    assert effect == (
        "What syncs clusters/prod, if it prunes, deletes it and the 2 objects that it applied; "
        "what it applied is created again."
    )


def test_several_applications_of_a_set_are_named():
    def of(*names):
        leaves = [leaf(name, application(f"of-{name}")) for name in names]
        return prod(*leaves, API, ordering="progressive")

    def effect(*names):
        return marks(of(*names), of())[SET][1]

    two = "Application argocd/a and Application argocd/b"
    assert effect("a", "b") == f"Argo CD deletes {two} and the 2 objects that they applied."
    three = "Application argocd/a, Application argocd/b and Application argocd/c"
    assert effect("a", "b", "c") == f"Argo CD deletes {three} and the 3 objects that they applied."
    more = "Application argocd/a, Application argocd/b, Application argocd/c and 2 more"
    assert effect(*"abcde") == f"Argo CD deletes {more} and the 5 objects that they applied."


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ({}, {"chart": {"name": "mysql", "version": "1.0.0"}}, False),
        ({}, {"release": {"name": "db"}}, False),
        ({}, {"release": {"targetNamespace": "data", "name": "db"}}, True),
    ],
)
def test_a_chart_keeps_its_objects_unless_their_names_change(before, after, moved):
    found = marks(prod(leaf("web", chart(**before))), prod(leaf("web", chart(**after))))
    assert bool(found) == moved


ADVICE = (
    "Let gitops.argocd.projectSpec permit what is to be deleted until it is gone, "
    "or delete it by hand."
)
PROJECT = "AppProject argocd/prod"
ROLE = "rbac.authorization.k8s.io/v1 ClusterRole"
LONE = leaf("lone", application("lone", "v1 ConfigMap", ROLE, namespace="lone"))


def permitting(namespace, *kinds):
    """Return a project for Argo CD's own cluster, which an Application knows by its server."""
    whitelist = [{"group": "*", "kind": kind} for kind in kinds]
    here = {"name": "in-cluster", "namespace": namespace}
    return {"destinations": [here], "clusterResourceWhitelist": whitelist}


@pytest.mark.parametrize("ordering", ["waves", "progressive"])
def test_the_last_bundle_in_a_namespace_leaves_its_objects(ordering):
    """The project is changed first, and keeps Argo CD from what it no longer permits."""
    found = marks(prod(LONE, API, ordering=ordering), prod(API, ordering=ordering))
    owner = SET if ordering == "progressive" else "Application argocd/lone"
    assert found == {
        owner: (
            {Risk.LEFT},
            (
                "Argo CD leaves ClusterRole lone and ConfigMap lone/lone on the cluster, which "
                f"{PROJECT} no longer permits. {ADVICE}"
            ),
        ),
        **{
            name: (
                {Risk.LEFT},
                (
                    "Argo CD leaves it on the cluster when Application argocd/lone is deleted, "
                    f"because {PROJECT} no longer permits it. {ADVICE}"
                ),
            )
            for name in ("ClusterRole lone", "ConfigMap lone/lone")
        },
    }


@pytest.mark.parametrize(
    ("spec", "left"),
    [
        (permitting("lone", "ClusterRole"), []),
        (permitting("l*e", "*"), []),
        (permitting("{lone,other}", "Cluster[RS]*"), []),
        (permitting("lon"), ["ClusterRole lone", "ConfigMap lone/lone"]),
        (permitting("lone"), ["ClusterRole lone"]),
        (permitting("!other", "ClusterRole"), []),
        (permitting("other", "ClusterRole"), ["ConfigMap lone/lone"]),
    ],
    ids=str,
)
def test_what_a_project_permits_on_is_deleted(spec, left):
    found = marks(prod(LONE, API, projectSpec=spec), prod(API, projectSpec=spec))
    assert sorted(found.keys() - {"Application argocd/lone"}) == left
    # All of it was permitted before, so that only what is not listed on is left.
    assert (Risk.DESTRUCTIVE in found["Application argocd/lone"][0]) == (len(left) < 2)


def test_an_object_that_leaves_a_namespace_of_its_own_may_stay():
    """The Application and its project are synced at the same time."""
    before = prod(leaf("web", application("web"), LONE["bundle"]["applications"][0]), API)
    assert marks(before, prod(web(), API))["ConfigMap lone/lone"] == (
        {Risk.LEFT},
        (
            f"Argo CD leaves it on the cluster if {PROJECT}, which no longer permits it, is "
            f"updated before {WEB} is synced. {ADVICE}"
        ),
    )


def test_the_last_bundle_of_all_takes_its_project_along():
    """What is pruned goes in the reverse order of its waves: the project last."""
    found = marks(prod(LONE), prod(leaf("lone")))
    assert found == {}
    assert Risk.LEFT not in {
        risk for risks, _ in marks(prod(LONE), prod()).values() for risk in risks
    }


@pytest.mark.parametrize(
    ("spec", "deleted", "left"),
    [
        ({}, "what it installed in namespaces", "what {} installed outside of namespaces"),
        (ANY_KIND, "all that it installed", ""),
    ],
)
def test_a_chart_leaves_what_only_its_project_permitted(spec, deleted, left):
    before, after = (
        prod(each, API, projectSpec=spec) for each in (leaf("web", chart()), leaf("web"))
    )
    name = "Application argocd/web-db"
    risks, effect = marks(before, after)[name]
    end = f" Argo CD leaves {left.format(name)} on the cluster, which {PROJECT} no longer permits."
    assert effect == f"Argo CD deletes it and {deleted}." + (f"{end} {ADVICE}" if left else "")
    assert risks == {Risk.DESTRUCTIVE} | ({Risk.LEFT} if left else set())
