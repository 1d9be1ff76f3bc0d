"""Sources: what a stack says of them is what Flux is given, or a finding."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import convert, structs

from kure_hooks.engines.flux.rules import definitions
from kure_hooks.errors import InputError
from kure_hooks.stack.bundle_options import BundleOptions
from kure_hooks.stack.sources import SourceRef, Sts, Verify
from tests.support import fields, schemas
from tests.support.generate import REPOSITORY, generated, leaf, node, objects, tree

GIT = {"kind": "GitRepository", "name": "shop", "url": REPOSITORY}
DIGEST = f"sha256:{'0a' * 32}"
OCI = {"kind": "OCIRepository", "name": "shop", "url": "oci://registry.example.com/shop"}
BUCKET = {"kind": "Bucket", "name": "shop", "bucketName": "shop", "endpoint": "s3.amazonaws.com"}
# A Bucket is the cluster's own one; Git repositories and OCI artifacts have one URL each.
OWN_BUCKET = {
    "bootstrap": {
        "sourceKind": "Bucket",
        "sourceURL": "https://s3.example.com",
        "sourceRef": "web",
    }
}
COMPONENT = "kind: Component\nresources: []\n"
COMPONENTS = {f"{path}/kustomization.yaml": COMPONENT for path in ("components/a", "b")}
REVISIONS = ("branch", "tag", "semver", "semverFilter", "name", "commit", "digest")

whole_objects = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def source(reference, **options):
    """Return the spec of the one source of a cluster."""
    found = objects(node("prod", leaf("web", sourceRef=reference)), **options)
    return found[f"{reference['kind']}/{reference['name']}"]["spec"]


def findings(*references, **options):
    root = node("prod", *(leaf(f"b-{at}", sourceRef=each) for at, each in enumerate(references)))
    with pytest.raises(InputError) as refused:
        tree(root, **options)
    return [f"{each.key}: {each.problem}" for each in refused.value.findings]


def encoded(struct):
    return {each.encode_name for each in structs.fields(struct)}


def test_the_strategies_draw_every_field():
    ways = {"wait", "healthChecks", "healthCheckExprs"}
    elsewhere = {"argocd", "flux", "gitops"}  # in tests of their own
    drawn = fields.BUNDLE.keys() | ways | elsewhere
    assert drawn == encoded(BundleOptions), "give each field a strategy in tests/support/fields.py"
    every = (fields.GIT, fields.OCI, fields.BUCKET, *fields.PLACES.values())
    access = {"provider", "secretRef", "serviceAccountName", "sts"}
    reference = {"kind", "name", "namespace"}
    drawn = set().union(*every) | access | reference | {"semver", "semverFilter"}
    assert drawn == encoded(SourceRef)


def of_this_repository(reference):
    if reference["kind"] == "Bucket":
        return reference | {"bucketName": "web"}
    scheme = reference["url"].partition("://")[0]
    return reference | {"url": f"{scheme}://{'git@' if scheme == 'ssh' else ''}example.com/a"}


@whole_objects
@given(st.lists(st.tuples(fields.bundle_fields(), fields.source_fields()), min_size=5, max_size=9))
def test_every_field_is_written_and_every_object_is_valid(drawn):
    """E7.5 to E7.23, E8.2 to E8.4, E8.7: nothing is dropped, whatever stands together."""
    drawn = [(options, of_this_repository(reference)) for options, reference in drawn]
    root = node(
        "prod",
        *(
            leaf(f"b-{at}", **options, sourceRef=reference | {"name": f"s-{at}"})
            for at, (options, reference) in enumerate(drawn)
        ),
    )
    found = objects(root, gitops=OWN_BUCKET, files=COMPONENTS)
    for at, (options, reference) in enumerate(drawn):
        spec = found[f"Kustomization/b-{at}"]["spec"]
        own = {"path", "sourceRef"}
        usual = {"interval": "1h0m0s", "prune": True}
        written = {key: each for key, each in spec.items() if key not in own}
        if "retryInterval" not in options:
            assert written.pop("retryInterval", spec["interval"]) in ("2m0s", spec["interval"])
        assert written == usual | {key: options[key] for key in options if key != "description"}
        assert spec["sourceRef"] == {"kind": reference["kind"], "name": f"s-{at}"}
        spec = found[f"{reference['kind']}/s-{at}"]["spec"]
        assert as_written(spec) == {"interval": "1h0m0s"} | reference | {"kind": None}
    with TemporaryDirectory() as directory:
        file = Path(directory, "all.yaml")
        file.write_text(yaml.safe_dump_all(found.values()))
        schemas.assert_valid([file])


def as_written(spec):
    """Return the spec of a source as a stack writes it, with None for its kind."""
    revision = dict(spec.pop("ref", {}))
    if "name" in revision:
        revision["ref"] = revision.pop("name")
    return spec | revision | {"kind": None}


@pytest.mark.parametrize(
    ("reference", "ref"),
    [
        (GIT | {"semver": ">=1.0.0"}, {"semver": ">=1.0.0"}),
        (GIT | {"branch": "main", "commit": "a1" * 20}, {"branch": "main", "commit": "a1" * 20}),
        (GIT | {"ref": "refs/pull/1/head"}, {"name": "refs/pull/1/head"}),
        (OCI | {"semver": "1.x", "semverFilter": "-rc"}, {"semver": "1.x", "semverFilter": "-rc"}),
        (OCI | {"digest": DIGEST}, {"digest": DIGEST}),
    ],
)
def test_every_form_of_a_revision_is_written(reference, ref):
    """E8.7."""
    assert source(reference)["ref"] == ref


def test_a_bucket_is_generated_by_its_name_and_endpoint():
    """E8.7."""
    given = BUCKET | {"region": "eu-1", "prefix": "prod/", "insecure": True, "secretRef": "keys"}
    assert source(given | {"bucketName": "web"}, gitops=OWN_BUCKET) == {
        "interval": "1h0m0s",
        "bucketName": "web",
        "endpoint": "s3.amazonaws.com",
        "region": "eu-1",
        "prefix": "prod/",
        "secretRef": {"name": "keys"},
        "insecure": True,
    }


@pytest.mark.parametrize("kind", ["GitRepository", "OCIRepository"])
def test_without_a_definition_there_is_a_reference_only(kind):
    """E8.1."""
    root = node("prod", leaf("web", sourceRef={"kind": kind, "name": "shop"}))
    found = objects(root)
    assert list(found) == ["Kustomization/web"]
    assert found["Kustomization/web"]["spec"]["sourceRef"] == {"kind": kind, "name": "shop"}


def test_an_unknown_kind_is_refused_with_the_known_ones():
    """E8.5."""
    with pytest.raises(InputError, match="Bucket, ExternalArtifact, GitRepository, OCIRepository"):
        tree(node("prod", leaf("web", sourceRef={"kind": "HelmRepository", "name": "shop"})))


def test_a_source_is_in_the_namespace_of_flux_unless_it_says_another():
    """E8.6."""
    root = node("prod", leaf("a", sourceRef=GIT), leaf("b", sourceRef=OCI | {"namespace": "shop"}))
    found = objects(root, gitops={"flux": {"namespace": "gitops"}})
    assert found["GitRepository/shop"]["metadata"]["namespace"] == "gitops"
    assert found["OCIRepository/shop"]["metadata"]["namespace"] == "shop"


@pytest.mark.parametrize(
    "other", [{"namespace": "flux-system"}, {"interval": "60m"}, {"secretRef": {"name": "keys"}}]
)
def test_one_source_may_be_spelled_in_two_ways(other):
    """E8.7: the same source is emitted once."""
    one = GIT | {"interval": "1h", "secretRef": "keys"}
    found = tree(node("prod", leaf("a", sourceRef=one), leaf("b", sourceRef=one | other)))
    assert sum("gitrepository-shop" in path for path in found) == 1


def test_what_only_git_has_is_written():
    own = {
        "include": [{"repository": {"name": "lib"}, "fromPath": "src", "toPath": "lib"}],
        "recurseSubmodules": True,
        "sparseCheckout": ["apps"],
    }
    assert own.items() <= source(GIT | own).items()


CHARTS = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: apps}
spec: {url: https://charts.example.com}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: %s, namespace: apps}
"""


def test_a_source_in_files_of_two_applications_is_emitted_once():
    """Both have the places of their objects in the files, and keep those of what is left."""
    one, two = (
        {"name": name, "kind": "Manifests", "spec": {"files": [f"../{name}.yaml"]}}
        for name in ("one", "two")
    )
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": node("prod", leaf("a", one, two))}
    files = {f"{name}.yaml": CHARTS % name for name in ("one", "two")}
    found = generated({"stacks/prod.yaml": yaml.safe_dump(stack), **files}).files
    names = [path.rpartition("/")[2] for path in found]
    assert names.count("apps-helmrepository-charts.yaml") == 1
    assert {"apps-configmap-one.yaml", "apps-configmap-two.yaml"} <= {*names}
    again = files | {"two.yaml": CHARTS % "one"}
    with pytest.raises(InputError, match="ConfigMap apps/one is defined in two files"):
        generated({"stacks/prod.yaml": yaml.safe_dump(stack), **again})


def test_the_interval_of_a_source_is_its_own_or_that_of_the_cluster():
    """E8.7."""
    flux = {"flux": {"interval": "30m"}}
    assert source(GIT, gitops=flux)["interval"] == "30m0s"
    assert source(GIT | {"interval": "90s"}, gitops=flux)["interval"] == "1m30s"


def test_the_timeout_of_a_source_has_no_hours():
    """The pattern of its CRD has none, although Go writes 90m as 1h30m0s."""
    assert source(GIT | {"timeout": "90m"})["timeout"] == "90m0s"


@pytest.mark.parametrize(("kind", "own"), definitions.FIELDS.items())
def test_a_field_of_another_kind_is_a_finding(kind, own):
    """E8.7: never dropped."""
    keys = {each.name: each.encode_name for each in structs.fields(SourceRef)}
    others = keys.keys() - own - {"kind", "name", "namespace"}
    reference = SourceRef(kind=kind, name="shop", **dict.fromkeys(others, "x"))
    found = {key for key, problem, _ in definitions.faults(reference) if "belong" in problem}
    assert found == {keys[each] for each in others}


def test_findings_name_the_kinds_that_a_field_is_for():
    assert findings(GIT | {"digest": "sha256:1"}) == [
        "node.children[0].bundle.sourceRef.digest: digest does not belong to GitRepository shop"
    ]


def test_a_source_that_two_bundles_inherit_is_complained_of_once():
    children = [leaf("a"), leaf("b")]
    root = leaf("prod", sourceRef=GIT | {"insecure": True}) | {"children": children}
    with pytest.raises(InputError) as refused:
        tree(root)
    assert [each.key for each in refused.value.findings] == ["node.bundle.sourceRef.insecure"]


GIT_URLS = ["https://a.b/c", "http://a.b/c", "ssh://git@a.b/c"]
STORE = {"kind": "Bucket", "bucket_name": "b", "endpoint": "s3.a.b"}
STS = {"provider": "aws", "endpoint": "https://sts.a.b"}


def faulty(**values):
    """Return the keys of the faults of a source."""
    verify, sts = values.pop("verify", None), values.pop("sts", None)
    source = SourceRef(
        name="s",
        verify=verify and convert(verify, Verify),
        sts=sts and convert(sts, Sts),
        **values,
    )
    return {key for key, _, _ in definitions.faults(source)}


@pytest.mark.parametrize(
    ("given_fields", "keys"),
    [
        *(({"kind": "GitRepository", "url": url}, set()) for url in GIT_URLS),
        ({"kind": "GitRepository", "url": "git://a.b/c"}, {"url"}),
        ({"kind": "GitRepository", "url": "oci://a.b/c"}, {"url"}),
        ({"kind": "OCIRepository", "url": "oci://a.b/c"}, set()),
        ({"kind": "OCIRepository", "url": "https://a.b/c"}, {"url"}),
        *(({**STORE, "provider": each}, set()) for each in ("generic", "aws", "azure", "gcp")),
        ({**STORE, "provider": "github"}, {"provider"}),
        ({"kind": "GitRepository", "url": GIT_URLS[0], "provider": "github"}, set()),
        ({"kind": "GitRepository", "url": GIT_URLS[0], "provider": "gcp"}, {"provider"}),
        ({"kind": "OCIRepository", "url": "oci://a.b/c", "provider": "gcp"}, set()),
        ({"kind": "OCIRepository", "url": "oci://a.b/c", "provider": "github"}, {"provider"}),
        ({"kind": "Bucket", "bucket_name": "b"}, {"endpoint"}),
        *(
            ({**STORE, "provider": each, "service_account_name": "a"}, set())
            for each in ("aws", "azure", "gcp")
        ),
        ({**STORE, "service_account_name": "a"}, {"serviceAccountName"}),
        ({**STORE, "provider": "generic", "service_account_name": "a"}, {"serviceAccountName"}),
        (
            {**STORE, "provider": "aws", "service_account_name": "a", "secret_ref": "s"},
            {"serviceAccountName"},
        ),
        *(
            (
                {
                    "kind": "GitRepository",
                    "url": GIT_URLS[0],
                    "provider": each,
                    "service_account_name": "a",
                },
                keys,
            )
            for each, keys in (
                ("aws", set()),
                ("azure", set()),
                ("github", {"serviceAccountName"}),
                ("generic", {"serviceAccountName"}),
            )
        ),
        ({"kind": "OCIRepository", "url": "oci://a.b/c", "service_account_name": "a"}, set()),
        ({**STORE, "provider": "aws", "sts": STS}, set()),
        ({**STORE, "sts": STS}, {"sts.provider"}),
        ({**STORE, "provider": "gcp", "sts": STS}, {"sts.provider"}),
        ({**STORE, "sts": {**STS, "provider": "ldap"}}, set()),
        ({**STORE, "provider": "generic", "sts": {**STS, "provider": "ldap"}}, set()),
        ({**STORE, "provider": "aws", "sts": {**STS, "provider": "ldap"}}, {"sts.provider"}),
        ({**STORE, "provider": "aws", "sts": {**STS, "endpoint": "http://a.b"}}, set()),
        ({**STORE, "provider": "aws", "sts": {**STS, "endpoint": "ssh://a.b"}}, {"sts.endpoint"}),
        ({**STORE, "provider": "aws", "sts": {**STS, "secretRef": "s"}}, {"sts"}),
        ({**STORE, "provider": "aws", "sts": {**STS, "certSecretRef": "s"}}, {"sts"}),
        ({**STORE, "sts": {**STS, "provider": "ldap", "secretRef": "s"}}, set()),
        (
            {"kind": "GitRepository", "url": GIT_URLS[0], "verify": {"secretRef": "s"}},
            set(),
        ),
        (
            {"kind": "GitRepository", "url": GIT_URLS[0], "verify": {"provider": "cosign"}},
            {"verify.provider", "verify.secretRef"},
        ),
        (
            {"kind": "OCIRepository", "url": "oci://a.b/c", "verify": {"provider": "cosign"}},
            set(),
        ),
        (
            {"kind": "OCIRepository", "url": "oci://a.b/c", "verify": {"mode": "HEAD"}},
            {"verify.mode", "verify.provider"},
        ),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
def test_what_the_api_server_would_refuse(given_fields, keys):
    assert faulty(**given_fields) == keys
