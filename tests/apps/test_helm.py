import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import generated, objects
from tests.support.git import write
from tests.support.schemas import assert_valid

STACK = {
    "name": "prod",
    "gitops": {"argocd": {"repoURL": "https://github.com/acme/fleet.git"}},
    "node": {"name": "all"},
}
SOURCES = {
    "repository": ({"type": "HelmRepository", "url": "https://charts.example.com"}, "1.2.3"),
    "registry": ({"type": "HelmRepository", "url": "oci://ghcr.io/acme/charts"}, "1.2.3"),
    "artifact": ({"type": "OCIRepository", "url": "oci://ghcr.io/acme/charts/web"}, "1.x"),
    "git": (
        {
            "type": "GitRepository",
            "url": "https://github.com/acme/web.git",
            "ref": {"tag": "v1.2.3"},
            "secretRef": {"name": "git"},
        },
        None,
    ),
    "bucket": ({"type": "Bucket", "bucketName": "charts", "endpoint": "s3.example.com"}, None),
}

_ACTION = {
    "timeout": "5m",
    "disableHooks": True,
    "disableWait": False,
    "disableWaitForJobs": True,
}
_CHANGE = _ACTION | {
    "crds": "Create",
    "disableOpenAPIValidation": True,
    "disableSchemaValidation": True,
    "disableTakeOwnership": True,
    "strategy": {"name": "RetryOnFailure", "retryInterval": "1m"},
}
_TRIES = {"retries": -1, "ignoreTestFailures": True, "remediateLastFailure": False}
_TARGET = {"kind": "Deployment", "name": "web", "labelSelector": "app=web"}
EVERYTHING = {
    "dependsOn": [{"name": "database", "namespace": "data", "readyExpr": "true"}],
    "install": _CHANGE
    | {"createNamespace": True, "replace": True, "serverSideApply": True, "remediation": _TRIES},
    "upgrade": _CHANGE
    | {
        "cleanupOnFail": True,
        "force": False,
        "preserveValues": True,
        "chartNameChangeStrategy": "Reinstall",
        "serverSideApply": "auto",
        "remediation": _TRIES | {"strategy": "uninstall"},
    },
    "rollback": _ACTION
    | {"cleanupOnFail": True, "force": True, "recreate": True, "serverSideApply": "enabled"},
    "uninstall": {
        "timeout": "5m",
        "deletionPropagation": "foreground",
        "disableHooks": True,
        "disableWait": True,
        "keepHistory": True,
    },
    "test": {
        "enable": True,
        "timeout": "1m",
        "filters": [{"name": "smoke", "exclude": True}],
        "ignoreFailures": True,
    },
    "driftDetection": {
        "mode": "warn",
        "ignore": [{"paths": ["/spec/replicas"], "target": _TARGET}],
    },
    "postRenderers": [
        {
            "kustomize": {
                "patches": [{"patch": "[]", "target": _TARGET}],
                "images": [{"name": "web", "newTag": "2"}],
            }
        }
    ],
    "postRenderStrategy": "nohooks",
    "waitStrategy": {"name": "poller"},
    "healthCheckExprs": [{"apiVersion": "example.com/v1", "kind": "Web", "current": "true"}],
    "commonMetadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}},
    "serviceAccountName": "web",
    "kubeConfig": {"secretRef": {"name": "remote", "key": "value"}},
    "persistentClient": False,
}
"""Every field that a HelmRelease of Flux 2.9 has under the same name."""


def generate(spec, *, kind="HelmChart", engine="flux"):
    """Return what the payload of a stack with one release is, by kind."""
    application = {"name": "web", "namespace": "apps", "kind": kind, "spec": spec}
    stack = yaml.safe_load(yaml.safe_dump(STACK))
    stack["gitops"]["type"] = engine
    stack["node"]["bundle"] = {"name": "web", "applications": [application]}
    found = generated({"stacks/prod.yaml": yaml.safe_dump(stack)}).files
    payload = [yaml.safe_load(data) for path, data in found.items() if "/all/" in path]
    return {each["kind"]: each for each in payload if "metadata" in each}


def release(name, **more):
    source, version = SOURCES[name]
    chart = {"name": "web", "version": version} if version else {"name": "charts/web"}
    return {"chart": chart, "source": source, **more}


def source(name, **more):
    """Return a release whose source has more keys."""
    spec = release(name)
    return spec | {"source": spec["source"] | more}


def problem(spec, **more):
    with pytest.raises(InputError) as caught:
        generate(spec, **more)
    (finding,) = caught.value.findings
    return finding.key, finding.problem


@pytest.mark.parametrize("name", SOURCES)
def test_each_source_is_valid_for_flux(tmp_path, name):
    full = release(
        name,
        interval="10m",
        timeout="5m",
        maxHistory=0,
        suspend=True,
        release={
            "name": "shop",
            "targetNamespace": "shop",
            "createNamespace": True,
            "cleanupOnFail": True,
            "crds": "CreateReplace",
            "disableHooks": True,
            "disableWait": False,
            "retries": 3,
        },
        valuesFrom=[{"kind": "ConfigMap", "name": "web", "valuesKey": "web.yaml"}],
        values={"replicas": 2, "empty": {}},
        **EVERYTHING,
    )
    found = generate(full)
    assert found.keys() == {"HelmRelease", SOURCES[name][0]["type"]}
    for key in EVERYTHING.keys() - {"install", "upgrade"}:  # those two get more from `release`
        assert found["HelmRelease"]["spec"][key] == EVERYTHING[key]
    texts = {f"{kind}.yaml": yaml.safe_dump(each) for kind, each in found.items()}
    write(tmp_path, dict(texts))
    assert_valid(tmp_path / each for each in texts)


def test_what_a_release_says_in_short_holds_for_both_unless_they_say_otherwise():
    short = {"crds": "Create", "retries": 3, "createNamespace": True, "cleanupOnFail": True}
    upgrade = {"crds": "Skip", "remediation": {"strategy": "rollback"}, "timeout": "5m"}
    found = generate(release("repository", release=short, upgrade=upgrade))["HelmRelease"]["spec"]
    assert found["install"] == {
        "createNamespace": True,
        "crds": "Create",
        "remediation": {"retries": 3},
    }
    assert found["upgrade"] == {
        "cleanupOnFail": True,
        "crds": "Skip",
        "timeout": "5m",
        "remediation": {"retries": 3, "strategy": "rollback"},
    }


def test_a_short_release_says_nothing_that_was_not_asked_for():
    found = generate(release("repository"))["HelmRelease"]["spec"]
    assert found.keys() == {"chart", "interval"}


def test_both_spellings_write_the_same():
    spec = release("repository")
    assert generate(spec, kind="FluxHelm") == generate(spec, kind="HelmChart")


def test_values_are_written_as_they_are():
    values = {"empty": {}, "list": [], "nothing": None, "off": False}
    assert generate(release("git", values=values))["HelmRelease"]["spec"]["values"] == values


@pytest.mark.parametrize(
    ("version", "ref"),
    [
        ("1.2.3", {"tag": "1.2.3"}),
        ("1.2.3-rc.1", {"tag": "1.2.3-rc.1"}),
        ("6.*", {"semver": "6.*"}),
        ("1.2.3+4", {"tag": "1.2.3_4"}),
        ("v1.2.3-rc.1+build.5", {"tag": "v1.2.3-rc.1_build.5"}),
    ],
)
def test_the_version_of_an_artifact_is_its_tag_or_a_range(version, ref):
    spec = release("artifact") | {"chart": {"version": version}}
    assert generate(spec)["OCIRepository"]["spec"]["ref"] == ref


@pytest.mark.parametrize("tag", ["1.2.3+4", "1.2.3_4"])
def test_a_tag_has_no_plus(tag):
    """`helm push` writes an underscore in its place."""
    artifact = release("artifact")
    source = artifact["source"] | {"ref": {"tag": tag}}
    made = generate(artifact | {"source": source, "chart": {}})
    assert made["OCIRepository"]["spec"]["ref"] == {"tag": "1.2.3_4"}


def test_a_source_that_exists_is_referred_to_and_not_written():
    source = {"type": "HelmRepository", "name": "charts", "namespace": "flux-system"}
    found = generate({"chart": {"name": "web", "version": "1.2.3"}, "source": source})
    assert found.keys() == {"HelmRelease"}
    reference = {"kind": "HelmRepository", "name": "charts", "namespace": "flux-system"}
    assert found["HelmRelease"]["spec"]["chart"]["spec"]["sourceRef"] == reference


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        (release("repository") | {"chart": {}}, "chart.name"),
        (release("artifact") | {"chart": {}}, "chart.version"),
        (release("git") | {"chart": {"name": "web", "version": "1"}}, "chart.version"),
        (release("repository") | {"source": {"type": "HelmRepository"}}, "source.url"),
        (
            release("artifact")
            | {"source": {"type": "OCIRepository", "ociUrl": "https://example.com/web"}},
            "source.ociUrl",
        ),
        (release("bucket") | {"source": {"type": "Bucket", "bucketName": "b"}}, "source.endpoint"),
        (source("repository", ref={"tag": "v1"}), "source.ref"),
        (source("artifact", ref={"branch": "main"}), "source.ref.branch"),
        (source("git", endpoint="git.example.com"), "source.endpoint"),
        (source("git", provider="gcp"), "source.provider"),
        (source("bucket", provider="github"), "source.provider"),
        (source("bucket", url="https://s3.example.com"), "source.url"),
        (release("repository", release={"name": "n" * 54}), "release.name"),
        (
            release(
                "git", install={"strategy": {"name": "RemediateOnFailure", "retryInterval": "1m"}}
            ),
            "install.strategy.retryInterval",
        ),
        (release("git", kubeConfig={}), "kubeConfig"),
        (release("git", upgrade={"crds": "Replace"}), "upgrade.crds"),
        (release("git", postRenderers=[{}]), "postRenderers[0].kustomize"),
        (
            release("git", driftDetection={"ignore": [{"paths": []}]}),
            "driftDetection.ignore[0].paths",
        ),
        (
            release("git", valuesFrom=[{"kind": "Secret", "name": "web", "targetPath": "a b"}]),
            "valuesFrom[0].targetPath",
        ),
    ],
)
def test_a_release_that_flux_would_refuse_is_a_finding(spec, key):
    assert problem(spec)[0].endswith(f"spec.{key}")


def two_charts(*bundles):
    """Return a stack with two charts of one repository, in the bundles given."""
    source = {"type": "HelmRepository", "name": "acme", "url": "https://charts.example.com"}
    charts = [
        {
            "name": name,
            "namespace": "apps",
            "kind": "HelmChart",
            "spec": {"chart": {"name": name, "version": "1.2.3"}, "source": source},
        }
        for name in ("web", "db")
    ]
    nodes = [
        {"name": name, "bundle": {"name": name, "applications": [charts[each] for each in which]}}
        for name, which in bundles
    ]
    stack = {"name": "prod", "node": {"name": "prod", "children": nodes}}
    return generated({"stacks/prod.yaml": yaml.safe_dump(stack)}).files


def test_the_repository_that_two_charts_of_a_bundle_share_is_written_once():
    files = two_charts(("all", [0, 1]))
    (repository,) = [path for path in files if "helmrepository" in path]
    config = yaml.safe_load(files["clusters/prod/all/kustomization.yaml"])
    assert config["resources"].count(repository.rpartition("/")[2]) == 1
    assert len([path for path in files if "helmrelease" in path]) == 2


def test_two_bundles_cannot_own_one_repository():
    with pytest.raises(InputError, match="HelmRepository apps/acme is defined "):
        two_charts(("one", [0]), ("two", [1]))


IDENTITY = {"matchOIDCIdentity": [{"issuer": "^a$", "subject": "^b$"}]}
SIGNED = {"provider": "cosign", "secretRef": {"name": "keys"}}
DETAILS = {
    "repository": {
        "certSecretRef": {"name": "ca"},
        "passCredentials": True,
        "timeout": "90s",
        "suspend": True,
    },
    "registry": {"certSecretRef": {"name": "ca"}, "insecure": True, "timeout": "2m"},
    "artifact": {
        "certSecretRef": {"name": "ca"},
        "proxySecretRef": {"name": "proxy"},
        "serviceAccountName": "reader",
        "insecure": True,
        "ignore": "*.md",
        "verify": SIGNED,
        "layerSelector": {"mediaType": "application/x.tar+gzip", "operation": "extract"},
        "timeout": "90s",
        "suspend": True,
    },
    "git": {
        "proxySecretRef": {"name": "proxy"},
        "ignore": "*.md",
        "timeout": "90s",
        "verify": {"mode": "HEAD", "secretRef": {"name": "keys"}},
    },
    "bucket": {
        "certSecretRef": {"name": "ca"},
        "proxySecretRef": {"name": "proxy"},
        "insecure": True,
        "ignore": "*.md",
        "timeout": "90s",
        "suspend": True,
    },
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_has_the_details_of_its_kind(name, tmp_path):
    spec = release(name)
    found = generate(spec | {"source": spec["source"] | DETAILS[name]})
    made = found[spec["source"]["type"]]
    assert DETAILS[name].items() <= made["spec"].items()
    write(tmp_path, {"source.yaml": yaml.safe_dump(made)})
    assert_valid([tmp_path / "source.yaml"])


@pytest.mark.parametrize("name", SOURCES)
def test_without_details_a_source_is_as_it_was(name):
    made = generate(release(name))[SOURCES[name][0]["type"]]
    assert made["spec"].keys().isdisjoint({"timeout", "insecure", "verify", "suspend"})


def test_the_tags_of_an_artifact_are_filtered():
    ref = {"semver": "1.x", "semverFilter": ".*-rc.*"}
    source = SOURCES["artifact"][0] | {"ref": ref}
    found = generate({"chart": {"name": "web"}, "source": source})
    assert found["OCIRepository"]["spec"]["ref"] == ref


CHART = {
    "interval": "5m",
    "reconcileStrategy": "Revision",
    "valuesFiles": ["values.yaml", "values-prod.yaml"],
    "ignoreMissingValuesFiles": True,
    "verify": SIGNED,
}


def test_a_release_says_how_its_chart_is_made(tmp_path):
    spec = release("registry")
    found = generate(spec | {"chart": spec["chart"] | CHART})["HelmRelease"]
    assert CHART.items() <= found["spec"]["chart"]["spec"].items()
    write(tmp_path, {"release.yaml": yaml.safe_dump(found)})
    assert_valid([tmp_path / "release.yaml"])


@pytest.mark.parametrize(
    ("name", "part", "fields", "key"),
    [
        ("repository", "source", {"verify": SIGNED}, "source.verify"),
        ("repository", "source", {"insecure": True}, "source.insecure"),
        ("repository", "source", {"ignore": "x"}, "source.ignore"),
        ("repository", "chart", {"verify": SIGNED}, "chart.verify"),
        ("registry", "chart", {"verify": {}}, "chart.verify.provider"),
        ("registry", "chart", {"verify": SIGNED | {"mode": "HEAD"}}, "chart.verify.mode"),
        ("registry", "chart", {"verify": SIGNED | IDENTITY}, "chart.verify.matchOIDCIdentity"),
        ("artifact", "chart", {"valuesFiles": ["a.yaml"]}, "chart.valuesFiles"),
        ("artifact", "source", {"verify": {"mode": "HEAD"}}, "source.verify.mode"),
        ("artifact", "source", {"passCredentials": True}, "source.passCredentials"),
        ("artifact", "source", {"ref": {"semverFilter": "x", "tag": "1"}}, "source.ref.semver"),
        ("git", "source", {"verify": SIGNED}, "source.verify.provider"),
        ("git", "source", {"layerSelector": {"operation": "copy"}}, "source.layerSelector"),
        ("bucket", "source", {"verify": SIGNED}, "source.verify"),
    ],
)
def test_what_a_kind_has_not_is_refused(name, part, fields, key):
    spec = release(name)
    with pytest.raises(InputError) as caught:
        generate(spec | {part: spec[part] | fields})
    assert f"node.bundle.applications[0].spec.{key}" in {each.key for each in caught.value.findings}


def test_argo_cd_passes_credentials():
    spec = release("repository")
    spec["source"] = spec["source"] | {"passCredentials": True}
    application = {"name": "web", "namespace": "apps", "kind": "HelmChart", "spec": spec}
    root = {"name": "all", "bundle": {"name": "web", "applications": [application]}}
    made = objects(root, engine="argocd")["Application/web-web"]
    assert made["spec"]["source"]["helm"]["passCredentials"] is True
