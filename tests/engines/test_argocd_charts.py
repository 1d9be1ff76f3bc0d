"""Releases of charts under Argo CD: Applications of their own, and what they can't say."""

import msgspec
import pytest
import yaml

from kure_hooks.apps.helm.spec import Spec
from kure_hooks.engines.argocd.rules.charts import IGNORED, REFUSED
from kure_hooks.errors import InputError
from tests.support.generate import REPOSITORY, generated, leaf, node, objects, tree
from tests.support.schemas import assert_valid
from tests.support.trees import TreeReader, check

WAVE = "argocd.argoproj.io/sync-wave"
CHARTS = "https://charts.example.com"
WEB = "node.children[0].bundle"
HELM = {"type": "HelmRepository", "url": CHARTS}
VALUES = {"replicas": 2, "image": {"tag": "1.29"}}

# What becomes part of an Application, is the same for all of them, or names a source.
MAPPED = {
    *(
        "chart.name",
        "chart.version",
        "chart.path",
        "render",
        "capabilities",
        "valuesFiles",
        "source.passCredentials",
        "interval",
        "suspend",
        "values",
        "valuesFile",
        "driftDetection.mode",
    ),
    *("release.name", "release.targetNamespace", "release.createNamespace"),
    *("release.crds", "install.crds", "upgrade.crds", "install.createNamespace"),
    *("install.disableSchemaValidation", "upgrade.disableSchemaValidation"),
    *("source.type", "source.name", "source.namespace", "source.url", "source.ociUrl"),
    *("source.bucketName", "source.endpoint", "source.region", "source.interval"),
    *(f"source.ref.{each}" for each in ("branch", "tag", "semver", "name", "commit", "digest")),
}


def chart(name="web", *, kind="HelmChart", namespace="apps", **spec):
    whole = {"chart": {"name": "web", "version": "1.2.3"}, "source": HELM} | spec
    return {"name": name, "namespace": namespace, "kind": kind, "spec": whole}


def application(**spec):
    found = objects(node("prod", leaf("shop", chart(**spec))), engine="argocd")
    return found["Application/shop-web"]


def problems(application, **fields):
    root = node("prod", leaf("shop", application, **fields))
    with pytest.raises(InputError) as caught:
        tree(root, engine="argocd")
    return {each.key for each in caught.value.findings}


def fleet(*applications, layout=None, **fields):
    """Return what a repository generates whose releases share one values file."""
    stack = {
        "name": "prod",
        "gitops": {
            "type": "argocd",
            "argocd": {"repoURL": REPOSITORY, "targetRevision": "main"},
            "externalNamespaces": ["apps"],
        },
        "layout": layout or {},
        "node": node("prod", leaf("shop", *applications, **fields)),
    }
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack), "values.yaml": "replicas: 3\n"}
    return generated(texts)


@pytest.mark.parametrize("kind", ["HelmChart", "FluxHelm"])
def test_a_release_is_an_application_with_a_helm_source(kind):
    found = objects(node("prod", leaf("shop", chart(kind=kind, values=VALUES))), engine="argocd")
    assert {each["kind"] for each in found.values()} == {"Application", "AppProject"}
    assert found["Application/shop-web"] == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "shop-web",
            "namespace": "argocd",
            "annotations": {WAVE: "0"},
            "finalizers": ["resources-finalizer.argocd.argoproj.io/foreground"],
        },
        "spec": {
            "project": "prod",
            "source": {
                "repoURL": CHARTS,
                "chart": "web",
                "targetRevision": "1.2.3",
                "helm": {"releaseName": "web", "valuesObject": VALUES},
            },
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "apps"},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": False},
                "syncOptions": ["ServerSideApply=true"],
            },
        },
    }


@pytest.mark.parametrize(
    ("source", "name", "version", "expected"),
    [
        ({"url": CHARTS}, "web", "1.x", (CHARTS, "chart", "web", "1.x")),
        ({"url": CHARTS}, "web", None, (CHARTS, "chart", "web", "*")),
        (
            {"url": "oci://ghcr.io/acme/charts/"},
            "web",
            "1.2.3",
            ("ghcr.io/acme/charts", "chart", "web", "1.2.3"),
        ),
        (
            {"type": "OCIRepository", "url": "oci://ghcr.io/acme/charts/web"},
            None,
            "1.x",
            ("ghcr.io/acme/charts", "chart", "web", "1.x"),
        ),
        (
            {"type": "OCIRepository", "url": "oci://ghcr.io/web", "ref": {"tag": "1.0.0"}},
            None,
            None,
            ("ghcr.io", "chart", "web", "1.0.0"),
        ),
        *(
            (
                {"type": "OCIRepository", "url": "oci://ghcr.io/web", "ref": {"tag": tag}},
                None,
                None,
                ("ghcr.io", "chart", "web", version),
            )
            for tag, version in (
                ("1.0.0+4", "1.0.0+4"),
                ("1.0.0_4", "1.0.0+4"),
                ("1.0.0-rc.1_4", "1.0.0-rc.1+4"),
                ("my_tag", "my_tag"),
            )
        ),
        (
            {"type": "OCIRepository", "url": "oci://ghcr.io/web"},
            None,
            "1.0.0+4",
            ("ghcr.io", "chart", "web", "1.0.0+4"),
        ),
        (
            HELM | {"url": "oci://ghcr.io/charts"},
            "web",
            "1.0.0+4",
            ("ghcr.io/charts", "chart", "web", "1.0.0+4"),
        ),
        (
            {"type": "GitRepository", "url": "https://git.example.com/web.git"},
            "./charts/web",
            None,
            ("https://git.example.com/web.git", "path", "charts/web", "master"),
        ),
        (
            {
                "type": "GitRepository",
                "url": "https://git.example.com/web.git",
                "ref": {"branch": "main", "tag": "v1", "semver": ">=1", "commit": "a1" * 20},
            },
            "/charts/web/",
            None,
            ("https://git.example.com/web.git", "path", "charts/web", "a1" * 20),
        ),
    ],
)
def test_where_the_chart_is(source, name, version, expected):
    given = {key: each for key, each in (("name", name), ("version", version)) if each}
    found = application(chart=given, source=HELM | source)["spec"]["source"]
    kind = expected[1]
    assert (found["repoURL"], kind, found[kind], found["targetRevision"]) == expected


@pytest.mark.parametrize(
    ("spec", "key", "expected"),
    [
        ({"release": {"name": "front"}}, "releaseName", "front"),
        # The name that Flux 2.9 gives a release in another namespace.
        ({"release": {"targetNamespace": "web"}}, "releaseName", "web-web"),
        ({"release": {"crds": "Skip"}}, "skipCrds", True),
        ({"install": {"crds": "Skip"}, "upgrade": {"crds": "Skip"}}, "skipCrds", True),
        ({"install": {"crds": "Create"}, "release": {"crds": "CreateReplace"}}, "skipCrds", None),
        ({"upgrade": {"disableSchemaValidation": True}}, "skipSchemaValidation", True),
    ],
)
def test_what_helm_is_told(spec, key, expected):
    assert application(**spec)["spec"]["source"]["helm"].get(key) == expected


@pytest.mark.parametrize(
    ("spec", "automated", "options"),
    [
        ({"suspend": True}, {"enabled": False, "prune": True, "selfHeal": False}, []),
        ({"driftDetection": {"mode": "enabled"}}, {"prune": True, "selfHeal": True}, []),
        ({"driftDetection": {"mode": "warn"}}, {"prune": True, "selfHeal": False}, []),
        (
            {"release": {"createNamespace": True}},
            {"prune": True, "selfHeal": False},
            ["CreateNamespace=true"],
        ),
        (
            {"release": {"createNamespace": True}, "install": {"createNamespace": False}},
            {"prune": True, "selfHeal": False},
            [],
        ),
    ],
)
def test_how_a_release_is_synced(spec, automated, options):
    policy = application(**spec)["spec"]["syncPolicy"]
    assert policy["automated"] == automated
    assert policy["syncOptions"] == [*options, "ServerSideApply=true"]


def test_a_release_is_synced_as_its_bundle_says():
    own = {
        "project": "shared",
        "destination": {"name": "remote"},
        "syncPolicy": {
            "automated": {"selfHeal": True},
            "syncOptions": ["CreateNamespace=false", "PruneLast=true"],
        },
        "ignoreDifferences": [{"kind": "Deployment", "jsonPointers": ["/spec/replicas"]}],
    }
    release = chart(release={"createNamespace": True})
    fields = {"argocd": own, "retryInterval": "2m", "suspend": True}
    found = objects(node("prod", leaf("shop", release, **fields)), engine="argocd")
    spec = found["Application/shop-web"]["spec"]
    assert spec["project"] == "shared"
    assert spec["destination"] == {"name": "remote", "namespace": "apps"}
    assert spec["ignoreDifferences"] == own["ignoreDifferences"]
    assert spec["syncPolicy"] == {
        "automated": {"prune": True, "selfHeal": True},
        "syncOptions": ["CreateNamespace=false", "PruneLast=true", "ServerSideApply=true"],
        "retry": {
            "limit": -1,
            "backoff": {"duration": "2m", "factor": 1, "maxDuration": "2m"},
            "refresh": True,
        },
    }


def test_a_rolling_sync_has_the_releases_too():
    gitops = {"argocd": {"repoURL": REPOSITORY, "ordering": "progressive"}}
    found = objects(node("prod", leaf("shop", chart())), engine="argocd", gitops=gitops)
    (generator,) = found["ApplicationSet/prod"]["spec"]["generators"]
    assert [each["name"] for each in generator["list"]["elements"]] == ["shop", "shop-web"]


def test_waves_of_resources_have_no_place_for_a_release():
    gitops = {"argocd": {"repoURL": REPOSITORY, "ordering": "resource-waves"}}
    with pytest.raises(InputError, match="resource-waves can't order the release web"):
        tree(node("prod", leaf("shop", chart())), engine="argocd", gitops=gitops)


@pytest.mark.parametrize(
    ("release", "fields", "namespace"),
    [
        ({"release": {"targetNamespace": "own"}}, {"targetNamespace": "bundle"}, "own"),
        ({}, {"targetNamespace": "bundle"}, "bundle"),
        ({}, {}, "apps"),
    ],
)
def test_the_namespace_is_that_of_flux(release, fields, namespace):
    found = objects(node("prod", leaf("shop", chart(**release), **fields)), engine="argocd")
    assert found["Application/shop-web"]["spec"]["destination"]["namespace"] == namespace


@pytest.mark.parametrize(
    "layout", [{}, {"applicationFileMode": "single"}, {"bundleGrouping": "name"}]
)
def test_a_values_file_is_read_from_the_repository(layout, tmp_path):
    found = fleet(chart(valuesFile="../values.yaml", values={"a": 1}), layout=layout)
    reader = TreeReader(found.files, "clusters/prod")
    check(reader)
    (release,) = (each for each in reader.gitops if each["metadata"]["name"] == "shop-web")
    own, values = release["spec"]["sources"]
    assert values == {"repoURL": REPOSITORY, "targetRevision": "main", "ref": "values"}
    (file,) = own["helm"]["valueFiles"]
    assert found.files[file.removeprefix("$values/")] == b"replicas: 3\n"
    assert "source" not in release["spec"]
    made = tmp_path / "application.yaml"
    made.write_text(yaml.safe_dump(release))
    assert_valid([made])


@pytest.mark.parametrize(
    ("fields", "repository", "revision"),
    [
        ({"argocd": {"targetRevision": "v2"}}, REPOSITORY, "v2"),
        (
            {
                "sourceRef": {
                    "kind": "GitRepository",
                    "name": "stable",
                    "url": "ssh://git@example.com/fleet",
                    "branch": "stable",
                }
            },
            "ssh://git@example.com/fleet",
            "stable",
        ),
    ],
)
def test_a_values_file_is_of_the_same_revision_as_its_bundle(fields, repository, revision):
    found = fleet(chart(valuesFile="../values.yaml"), **fields)
    (release,) = (
        each
        for each in TreeReader(found.files, "clusters/prod").gitops
        if each["metadata"]["name"] == "shop-web"
    )
    assert release["spec"]["sources"][1] == {
        "repoURL": repository,
        "targetRevision": revision,
        "ref": "values",
    }


def test_the_payload_has_nothing_of_flux():
    found = fleet(chart(valuesFile="../values.yaml"), chart("db", release={"retries": 3}))
    assert b"toolkit.fluxcd.io" not in b"".join(found.files.values())
    assert b"configMapGenerator" not in b"".join(found.files.values())


def test_what_lies_beside_a_release_stays():
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}
    raw = {"name": "raw", "kind": "Manifests", "spec": {"objects": [config]}}
    found = objects(node("prod", leaf("shop", chart(), raw)), engine="argocd")
    assert "ConfigMap/web" in found


def test_releases_are_in_the_wave_of_their_bundle():
    children = [leaf("base"), leaf("shop", chart(), chart("db"), dependsOn=["base"])]
    found = objects(node("prod", *children), engine="argocd")
    waves = {
        each["metadata"]["name"]: each["metadata"]["annotations"][WAVE]
        for each in found.values()
        if each["kind"] == "Application"
    }
    assert waves == {"base": "0", "shop": "1", "shop-web": "1", "shop-db": "1"}


def test_the_project_permits_the_charts():
    spec = objects(node("prod", leaf("shop", chart())), engine="argocd")["AppProject/prod"]["spec"]
    assert spec["sourceRepos"] == sorted([CHARTS, REPOSITORY])
    assert {"server": "https://kubernetes.default.svc", "namespace": "apps"} in spec["destinations"]
    assert spec["clusterResourceWhitelist"] == [{"group": "*", "kind": "*"}]


def test_every_object_is_valid(tmp_path):
    releases = [
        chart(values=VALUES, release={"crds": "Skip", "createNamespace": True}),
        chart("git", source={"type": "GitRepository", "url": REPOSITORY}, chart={"name": "web"}),
    ]
    for name, each in objects(node("prod", leaf("shop", *releases)), engine="argocd").items():
        (tmp_path / f"{name.replace('/', '-')}.yaml").write_text(yaml.safe_dump(each))
    assert_valid(sorted(tmp_path.iterdir()))


def test_a_name_that_is_taken_is_refused():
    """Invariant: no object is written twice."""
    root = node("prod", leaf("shop-web"), leaf("shop", chart()))
    with pytest.raises(InputError, match="Application argocd/shop-web is defined "):
        tree(root, engine="argocd")


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        (
            {"source": {"type": "Bucket", "bucketName": "a", "endpoint": "b"}, "chart": None},
            "spec.source.type",
        ),
        ({"source": {"type": "HelmRepository", "name": "acme"}}, "spec.source.url"),
        (
            {"source": {"type": "GitRepository", "url": REPOSITORY}, "chart": {"name": "../web"}},
            "spec.chart.name",
        ),
        ({"release": {"targetNamespace": "n" * 60}}, "spec.release.name"),
        ({"dependsOn": [{"name": "db"}]}, "spec.dependsOn"),
        ({"valuesFrom": [{"kind": "Secret", "name": "web"}]}, "spec.valuesFrom"),
        ({"upgrade": {"force": True}}, "spec.upgrade.force"),
        ({"kubeConfig": {"secretRef": {"name": "remote"}}}, "spec.kubeConfig"),
    ],
)
def test_what_argocd_can_not_do_is_refused(spec, key):
    if spec.get("chart", "") is None:
        spec = spec | {"chart": {"name": "web"}}
    assert problems(chart(**spec)) == {f"{WEB}.applications[0].{key}"}


@pytest.mark.parametrize(
    ("fields", "spec", "key"),
    [
        ({"namePrefix": "a-"}, {}, "namePrefix"),
        ({"patches": [{"patch": "[]", "target": {"kind": "HelmRelease"}}]}, {}, "patches[0]"),
    ],
)
def test_what_a_bundle_can_not_change_is_refused(fields, spec, key):
    assert problems(chart(**spec), **fields) == {f"{WEB}.{key}"}


def test_a_values_file_outside_of_git_is_refused():
    source = {"kind": "OCIRepository", "name": "shop", "url": "oci://ghcr.io/a/b", "tag": "1"}
    with pytest.raises(InputError, match=r"spec\.valuesFile: the values file of web is in an OCI"):
        fleet(chart(valuesFile="../values.yaml"), sourceRef=source)


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        ({"timeout": "5m"}, "spec.timeout"),
        ({"source": HELM | {"secretRef": {"name": "token"}}}, "spec.source.secretRef"),
        ({"install": {"remediation": {"retries": 3}}}, "spec.install.remediation"),
        ({"upgrade": {"crds": "CreateReplace"}, "install": {"crds": "Skip"}}, "spec.upgrade.crds"),
    ],
)
def test_what_makes_no_difference_is_a_warning(spec, key):
    found = fleet(chart(**spec))
    told = [each for each in found.warnings if each.rule != "AC005"]
    assert [each.key for each in told] == [f"{WEB}.applications[0].{key}"]


def leaves(struct, above=""):
    """Yield the key of every field of a release, and of what is in it."""
    for field in msgspec.structs.fields(struct):
        kinds = getattr(field.type, "__args__", (field.type,))
        inner = [
            each for each in kinds if isinstance(each, type) and issubclass(each, msgspec.Struct)
        ]
        key = f"{above}{field.encode_name}"
        yield key
        for each in inner:
            yield from leaves(each, f"{key}.")


def test_every_field_of_a_release_is_thought_of():
    """Nothing is dropped in silence: each is mapped, refused or said to have no effect."""
    known = MAPPED | set(REFUSED) | set(IGNORED)
    missing = [
        key
        for key in leaves(Spec)
        if not any(key == each or key.startswith(f"{each}.") for each in known)
        and not any(each.startswith(f"{key}.") for each in known)
    ]
    assert missing == []
    assert known - set(leaves(Spec)) == set()


def test_a_chart_is_pinned_by_its_digest():
    """Argo CD 3.1 takes a chart out of an artifact; Flux puts a digest before tag and range."""
    digest = f"sha256:{'0' * 64}"
    source = {
        "type": "OCIRepository",
        "url": "oci://ghcr.io/acme/charts/web",
        "ref": {"digest": digest, "tag": "1.2.3"},
    }
    pinned = chart(source=source)
    pinned["spec"]["chart"] = {}
    found = objects(node("prod", leaf("shop", pinned)), engine="argocd")
    whole = found["Application/shop-web"]["spec"]["source"]
    assert {key: whole[key] for key in ("repoURL", "path", "targetRevision")} == {
        "repoURL": "oci://ghcr.io/acme/charts/web",
        "path": ".",
        "targetRevision": digest,
    }
    assert "chart" not in whole
    flux = objects(node("prod", leaf("shop", pinned)))
    assert flux["OCIRepository/web"]["spec"]["ref"] == {"digest": digest, "tag": "1.2.3"}
