"""The options of an Application that a cluster and a bundle set, and what Argo CD would refuse."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, application, generated, leaf, node, objects
from tests.support.schemas import assert_valid

CHART = {"repoURL": "https://charts.example.com", "chart": "web", "targetRevision": "1.2.3"}
NAMESPACE = {"labels": {"team": "a"}}


def made(argocd=None, cluster=None, **fields):
    """Return the Application of a bundle with this `argocd` section in a cluster with options."""
    web = leaf("web", argocd=argocd or {}, **fields)
    gitops = {"argocd": {"repoURL": REPOSITORY, **(cluster or {})}}
    return objects(node("prod", web), engine="argocd", gitops=gitops)["Application/web"]


FIELDS = [
    ({"info": [{"name": "url", "value": "x"}]}, "info", [{"name": "url", "value": "x"}]),
    ({"revisionHistoryLimit": 0}, "revisionHistoryLimit", 0),
    (
        {"ignoreDifferences": [{"kind": "Secret", "jqPathExpressions": [".data"]}]},
        "ignoreDifferences",
        [{"kind": "Secret", "jqPathExpressions": [".data"]}],
    ),
    ({"project": "shared"}, "project", "shared"),
    (
        {"destination": {"server": "https://example.com", "namespace": "a"}},
        "destination",
        {"server": "https://example.com", "namespace": "a"},
    ),
]


def test_a_bundle_may_be_a_chart_of_a_registry():
    """Nothing is written for its payload, and the URL may be one of OCI without a scheme."""
    source = {"repoURL": "registry.example.com/charts", "chart": "web"}
    helm = {"releaseName": "web", "valuesObject": {"a": 1}}
    argocd = {"source": {**source, "helm": helm}, "targetRevision": "1.2.3"}
    root = node("prod", leaf("web", argocd=argocd))
    gitops = {"argocd": {"repoURL": REPOSITORY}}
    made = objects(root, engine="argocd", gitops=gitops)["Application/web"]
    assert made["spec"]["source"] == {**source, "targetRevision": "1.2.3", "helm": helm}


def test_files_for_other_sources_have_no_path():
    files = {"repoURL": "https://git.example.com/values.git", "ref": "values"}
    application = made({"source": files, "sources": [CHART]})
    assert application["spec"]["sources"] == [{**files, "targetRevision": "HEAD"}, CHART]


@pytest.mark.parametrize(("options", "key", "expected"), FIELDS)
def test_a_cluster_and_a_bundle_set_the_fields_of_an_application(options, key, expected):
    """E17.10."""
    assert made(cluster=options)["spec"][key] == expected
    assert made(options)["spec"][key] == expected


def test_a_destination_that_only_names_a_namespace_is_on_the_clusters_server():
    place = made({"destination": {"namespace": "a"}}, {"destination": {"name": "b"}})
    assert place["spec"]["destination"] == {"name": "b", "namespace": "a"}


def test_each_part_of_a_sync_policy_is_the_bundles_else_the_clusters():
    usual = {
        "automated": {"selfHeal": False, "allowEmpty": True},
        "syncOptions": ["PruneLast=true", "ServerSideApply=false"],
        "retry": {"limit": 3, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "1m"}},
    }
    own = {
        "automated": {"enabled": True, "allowEmpty": False},
        "syncOptions": ["CreateNamespace=true", "PruneLast=false"],
        "managedNamespaceMetadata": NAMESPACE,
    }
    policy = made({"syncPolicy": own}, {"syncPolicy": usual}, suspend=True, prune=False)["spec"]
    assert policy["syncPolicy"] == {
        "automated": {"enabled": True, "prune": False, "selfHeal": False, "allowEmpty": False},
        "syncOptions": ["CreateNamespace=true", "PruneLast=false", "ServerSideApply=false"],
        "retry": usual["retry"],
        "managedNamespaceMetadata": NAMESPACE,
    }


@pytest.mark.parametrize("finalizers", [[], ["resources-finalizer.argocd.argoproj.io/background"]])
def test_finalizers_say_what_goes_with_the_application(finalizers):
    for found in (made({"finalizers": finalizers}), made(cluster={"finalizers": finalizers})):
        assert found["metadata"].get("finalizers", []) == finalizers


def test_a_deletion_policy_of_the_bundle_goes_before_the_clusters_finalizers():
    found = made(cluster={"finalizers": ["example.com/x"]}, deletionPolicy="Orphan")
    assert "finalizers" not in found["metadata"]


def test_other_sources_come_behind_the_directory_of_the_bundle():
    values = {"repoURL": "https://example.com/v.git", "ref": "values", "targetRevision": "v1"}
    chart = CHART | {"helm": {"valueFiles": ["$values/web.yaml"]}}
    spec = made({"sources": [chart, values], "targetRevision": "v2"})["spec"]
    own = {"repoURL": REPOSITORY, "path": "clusters/prod/web", "targetRevision": "v2"}
    assert "source" not in spec
    assert spec["sources"] == [own, chart, values]


def test_a_build_has_what_kustomize_can_do_besides():
    build = {"replicas": [{"name": "web", "count": 0}], "commonLabels": {"a": "b"}}
    expected = {"namePrefix": "a-", **build}
    assert made({"kustomize": build}, namePrefix="a-")["spec"]["source"]["kustomize"] == expected


def test_what_another_project_permits_is_none_of_the_clusters_business():
    sources = [{"repoURL": "https://example.com/other.git", "path": "a"}]
    web = leaf("web", argocd={"project": "shared", "sources": sources})
    found = objects(node("prod", web, leaf("own")), engine="argocd")
    assert found["AppProject/prod"]["spec"]["sourceRepos"] == [REPOSITORY]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"destination": {"server": "https://a", "name": "b"}}, "both server and name"),
        ({"syncPolicy": {"managedNamespaceMetadata": NAMESPACE}}, "CreateNamespace=true to"),
        ({"syncPolicy": {"syncOptions": ["Force=true"]}}, "a sync option that"),
        ({"syncPolicy": {"syncOptions": ["prunelast=true"]}}, "a sync option that"),
        ({"syncPolicy": {"syncOptions": ["PruneLast=true", "PruneLast=false"]}}, "there twice"),
        ({"ignoreDifferences": [{"kind": "Secret"}]}, "has no fields"),
        ({"sources": [{"repoURL": "https://a"}]}, "takes nothing"),
        ({"sources": [CHART | {"path": "a"}]}, "both path and chart"),
        ({"sources": [{"repoURL": "https://a", "chart": "b"}]}, "chart without a version"),
        ({"sources": [CHART | {"directory": {"recurse": True}}]}, "not built by Helm"),
        (
            {"sources": [{"repoURL": "https://a", "path": "b", "helm": {}, "kustomize": {}}]},
            "several tools",
        ),
        ({"sources": [{"repoURL": "https://a", "path": "../b"}]}, "inside of the repository"),
        ({"sources": [{"repoURL": "https://a", "path": "/b"}]}, "inside of the repository"),
        ({"sources": [{"repoURL": "https://a", "ref": "b"}] * 2}, "two sources with the ref b"),
    ],
)
def test_what_argo_cd_refuses_or_ignores_is_a_fault(options, problem):
    with pytest.raises(InputError, match=problem):
        made(options)


WORDS = st.sampled_from(["a", "web", "1.0"])
MAPS = st.dictionaries(WORDS, WORDS, max_size=2)
SWITCH = st.booleans()
BUILD = {
    "replicas": st.lists(st.fixed_dictionaries({"name": WORDS, "count": st.integers(0, 9)})),
    "commonLabels": MAPS,
    "forceCommonLabels": SWITCH,
    "labelWithoutSelector": SWITCH,
    "labelIncludeTemplates": SWITCH,
    "commonAnnotations": MAPS,
    "forceCommonAnnotations": SWITCH,
    "commonAnnotationsEnvsubst": SWITCH,
    "version": WORDS,
    "kubeVersion": WORDS,
    "apiVersions": st.lists(WORDS),
}
PARAMETER = st.fixed_dictionaries({"name": WORDS, "value": WORDS}, optional={"forceString": SWITCH})
HELM = {
    **dict.fromkeys(("releaseName", "values", "kubeVersion"), WORDS),
    **dict.fromkeys(("skipCrds", "skipTests", "passCredentials"), SWITCH),
    "skipSchemaValidation": SWITCH,
    "ignoreMissingValueFiles": SWITCH,
    "namespace": st.just("web"),
    "valueFiles": st.lists(WORDS),
    "apiVersions": st.lists(WORDS),
    "valuesObject": st.dictionaries(WORDS, MAPS),
    "parameters": st.lists(PARAMETER),
    "fileParameters": st.lists(st.fixed_dictionaries({"name": WORDS, "path": WORDS})),
}
VARIABLE = st.fixed_dictionaries({"name": WORDS, "value": WORDS}, optional={"code": SWITCH})
JSONNET = {"extVars": st.lists(VARIABLE), "tlas": st.lists(VARIABLE), "libs": st.lists(WORDS)}
DIRECTORY = {
    "recurse": SWITCH,
    "include": WORDS,
    "exclude": WORDS,
    "jsonnet": st.fixed_dictionaries({}, optional=JSONNET),
}
PATCHES = st.fixed_dictionaries(
    {"patch": WORDS},
    optional={"target": st.just({"kind": "Deployment"}), "options": st.just({"a": True})},
)
KUSTOMIZE = BUILD | {
    "namespace": st.just("web"),
    "namePrefix": WORDS,
    "nameSuffix": WORDS,
    "images": st.lists(WORDS),
    "patches": st.lists(PATCHES),
    "components": st.lists(WORDS),
    "ignoreMissingComponents": SWITCH,
}


def some(fields, **needed):
    """Return a strategy of mappings with the needed values, and any of the fields."""
    known = {key: st.just(each) for key, each in needed.items()}
    more = {key: each for key, each in fields.items() if key not in needed}
    return st.fixed_dictionaries(known, optional=more)


TAGGED = {"targetRevision": WORDS, "tagPrefix": WORDS}
SOURCES = st.one_of(
    some({"helm": some(HELM)}, **CHART),
    some(TAGGED | {"kustomize": some(KUSTOMIZE)}, repoURL="https://a", path="b"),
    some(TAGGED | {"directory": some(DIRECTORY)}, repoURL="https://a", path="b"),
    some(TAGGED, repoURL="https://a", ref="c", name="d"),
)
POLICY = {
    "automated": some(dict.fromkeys(("enabled", "prune", "selfHeal", "allowEmpty"), SWITCH)),
    "syncOptions": st.lists(
        st.sampled_from(["Validate=false", "PrunePropagationPolicy=orphan", "Delete=confirm"]),
        unique=True,
    ).map(lambda found: [*found, "CreateNamespace=true"]),
    "retry": some(
        {
            "limit": st.integers(-1, 9),
            "refresh": SWITCH,
            "backoff": some({"duration": WORDS, "factor": st.integers(1, 3), "maxDuration": WORDS}),
        }
    ),
}
SHARED = {
    "syncPolicy": st.one_of(
        some(POLICY),
        some(
            POLICY,
            syncOptions=["CreateNamespace=true"],
            managedNamespaceMetadata=NAMESPACE,
        ),
    ),
    "ignoreDifferences": st.lists(
        some(
            dict.fromkeys(("group", "name", "namespace"), WORDS)
            | dict.fromkeys(("jqPathExpressions", "managedFieldsManagers"), st.lists(WORDS)),
            kind="Secret",
            jsonPointers=["/data"],
        )
    ),
    "info": st.lists(st.fixed_dictionaries({"name": WORDS, "value": WORDS})),
    "finalizers": st.lists(st.just("resources-finalizer.argocd.argoproj.io"), max_size=1),
    "revisionHistoryLimit": st.integers(0, 9),
}
OF_BUNDLES = SHARED | {
    "project": st.just("shared"),
    "destination": st.sampled_from([{"name": "a"}, {"server": "https://a"}, {"namespace": "b"}]),
    "targetRevision": WORDS,
    "kustomize": some(BUILD),
    "sources": st.lists(SOURCES, max_size=2, unique_by=lambda each: each.get("ref")),
    "force": SWITCH,
}


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(some(OF_BUNDLES), min_size=8, max_size=8), some(SHARED))
def test_every_option_is_valid_for_argo_cd(tmp_path_factory, bundles, cluster):
    """Strictly, by the schemas of Argo CD 3.5.1."""
    leaves = [
        leaf(f"web-{index}", application(f"web-{index}"), argocd=each)
        for index, each in enumerate(bundles)
    ]
    gitops = {"type": "argocd", "argocd": {"repoURL": REPOSITORY, **cluster}}
    stack = {"name": "prod", "gitops": gitops, "node": node("prod", *leaves)}
    found = generated({"stacks/prod.yaml": json.dumps(stack)}).files
    directory = tmp_path_factory.mktemp("objects")
    for index, (path, data) in enumerate(sorted(found.items())):
        if "/argocd/" in path and not path.endswith("kustomization.yaml"):
            (directory / f"{index}.yaml").write_bytes(data)
    assert_valid(directory.iterdir())


@pytest.mark.parametrize(
    ("usual", "fields", "expected"),
    [
        ({"prune": False}, {}, {"prune": False, "selfHeal": True}),
        ({"prune": False}, {"prune": True}, {"prune": True, "selfHeal": True}),
        ({"enabled": False}, {}, {"enabled": False, "prune": True, "selfHeal": True}),
        (
            {"enabled": False},
            {"suspend": False},
            {"enabled": True, "prune": True, "selfHeal": True},
        ),
        ({}, {"suspend": False, "prune": True}, {"prune": True, "selfHeal": True}),
    ],
)
def test_what_a_bundle_says_outright_goes_before_the_cluster(usual, fields, expected):
    cluster = {"syncPolicy": {"automated": usual}}
    assert made(cluster=cluster, **fields)["spec"]["syncPolicy"]["automated"] == expected


def test_zero_values_are_written_as_they_are():
    zero = {
        "automated": {"prune": False, "selfHeal": False, "allowEmpty": False},
        "retry": {"limit": 0, "backoff": {"factor": 0}},
    }
    policy = made({"syncPolicy": zero}, {"syncPolicy": {"retry": {"limit": 5}}})["spec"]
    found = policy["syncPolicy"]
    assert {key: found[key] for key in zero} == zero


def test_the_values_of_a_chart_keep_what_is_empty_in_them():
    """Helm: null removes a value of the chart, an empty list or mapping takes its place."""
    values = {"resources": None, "tolerations": [], "labels": {}, "count": 0, "of": [{"a": None}]}
    source = CHART | {"helm": {"valuesObject": values, "skipCrds": False}}
    _, found = made({"sources": [source]})["spec"]["sources"]
    assert found["helm"] == {"valuesObject": values, "skipCrds": False}
