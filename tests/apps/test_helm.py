import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.generate import generated
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
    )
    found = generate(full)
    assert found.keys() == {"HelmRelease", SOURCES[name][0]["type"]}
    texts = {f"{kind}.yaml": yaml.safe_dump(each) for kind, each in found.items()}
    write(tmp_path, dict(texts))
    assert_valid(tmp_path / each for each in texts)


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
    ],
)
def test_the_version_of_an_artifact_is_its_tag_or_a_range(version, ref):
    spec = release("artifact") | {"chart": {"version": version}}
    assert generate(spec)["OCIRepository"]["spec"]["ref"] == ref


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
    ],
)
def test_a_release_that_flux_would_refuse_is_a_finding(spec, key):
    assert problem(spec)[0].endswith(f"spec.{key}")


@pytest.mark.parametrize("kind", ["HelmChart", "FluxHelm"])
def test_argocd_has_no_flux_releases(kind):
    words = f"{kind} web needs Flux, not Argo CD"
    assert problem(release("repository"), kind=kind, engine="argocd") == ("kind", words)
