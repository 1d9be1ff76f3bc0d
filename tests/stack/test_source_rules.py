"""What keeps a source from being fetched, for bundles, packages, charts and bootstraps alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.stack.source_rules import Definition, leaves, problems

GIT, OCI, HELM, BUCKET = "GitRepository", "OCIRepository", "HelmRepository", "Bucket"
DIGEST = f"sha256:{'0a' * 32}"

FETCHED = [
    {"kind": GIT, "url": "https://github.com/acme/fleet.git", "branch": "release/1.x"},
    {"kind": GIT, "url": "ssh://git@github.com:22/acme/fleet", "commit": "0" * 40},
    {"kind": GIT, "url": "git@github.com:acme/fleet.git", "takes_scp": True},
    {"kind": GIT, "url": "https://a.example/b", "ref": "refs/pull/1/head", "semver": "1.x"},
    {"kind": OCI, "url": "oci://localhost:5000/acme/fleet_1", "tag": "v1.2_3", "digest": DIGEST},
    {"kind": OCI, "url": "oci://${REGISTRY}/Acme", "tag": "${tag}", "semver": "${range}"},
    {"kind": HELM, "url": "oci://ghcr.io/acme/charts/"},
    {"kind": HELM, "url": "oci://ghcr.io"},
    {"kind": BUCKET, "endpoint": "minio.example.com:9000"},
    {"kind": BUCKET, "endpoint": "https://${host}"},
    # An endpoint belongs to buckets only, which another rule says.
    {"kind": GIT, "url": "https://a.example/b", "endpoint": "https://a.example"},
    {"kind": BUCKET, "endpoint": "https://a.blob.core.windows.net", "provider": "azure"},
]
REFUSED = [
    (GIT, "url", "git@github.com:acme/fleet.git", "ssh://git@github.com/acme/fleet.git"),
    (GIT, "url", "me@host:/srv/fleet", "ssh://me@host/srv/fleet"),
    (GIT, "url", "ssh://git@github.com:acme/f.git", "ssh://git@github.com/acme/f.git"),
    (GIT, "url", "file:///srv/fleet", "the URL of a repository that the cluster can reach"),
    (GIT, "url", "oci://ghcr.io/a", "a URL with https:// or http:// or ssh://"),
    (OCI, "url", "https://ghcr.io/acme/fleet", "oci://ghcr.io/acme/fleet"),
    (OCI, "url", "ssh://git@ghcr.io/acme/fleet", "a URL with oci://"),
    (OCI, "url", "http://localhost:5000/a", "oci://localhost:5000/a and insecure: true"),
    (OCI, "url", "oci://ghcr.io/a:v1", "oci://ghcr.io/a and tag: v1"),
    (OCI, "url", f"oci://ghcr.io/a:v1@{DIGEST}", f"oci://ghcr.io/a and digest: {DIGEST}"),
    (OCI, "url", "oci://ghcr.io/Acme/Fleet", "oci://ghcr.io/acme/fleet"),
    (HELM, "url", "oci://ghcr.io/a:v1", "oci://ghcr.io/a and tag: v1"),
    (HELM, "url", "git@github.com:acme/f", "a URL with https:// or http:// or oci://"),
    (BUCKET, "endpoint", "https://s3.amazonaws.com", "s3.amazonaws.com"),
    (BUCKET, "endpoint", "http://minio:9000/x", "minio:9000 and insecure: true"),
    (GIT, "branch", "refs/heads/main", "main"),
    (GIT, "branch", "refs/tags/v1", "ref: refs/tags/v1"),
    (GIT, "tag", "refs/tags/v1", "v1"),
    (GIT, "branch", "a b", "the name of a branch"),
    (GIT, "branch", "main.lock", "the name of a branch"),
    (GIT, "ref", "main", "refs/heads/main, or branch: main"),
    (GIT, "commit", "abc1234", "all 40 hexadecimal digits"),
    (OCI, "tag", DIGEST, f"digest: {DIGEST}"),
    (OCI, "tag", f"v1@{DIGEST}", f"digest: {DIGEST}"),
    (OCI, "digest", f"v1@{DIGEST}", DIGEST),
    (OCI, "digest", "abc", "sha256: and 64 hexadecimal digits"),
    (OCI, "tag", "a/b", "at most 128 letters, digits, '-', '_' and '.'"),
]


@pytest.mark.parametrize("fields", FETCHED)
def test_what_the_tools_fetch_is_taken(fields):
    assert list(problems(Definition(**fields))) == []


@pytest.mark.parametrize(("kind", "field", "value", "expected"), REFUSED)
def test_what_they_refuse_has_the_nearest_right_value(kind, field, value, expected):
    ((key, _, said),) = problems(Definition(kind=kind, **{field: value}))
    assert (key, said) == (field, expected)


def test_a_range_that_is_none_is_told():
    ((key, problem, _),) = problems(Definition(kind=OCI, semver="latest"))
    assert (key, problem) == ("semver", "this is neither a version nor a range of versions")


@given(st.text(alphabet="a/.", max_size=20))
def test_a_path_leaves_where_it_goes_above_its_start(path):
    depths = [0]
    for segment in path.split("/"):
        depths.append(depths[-1] + (-1 if segment == ".." else segment not in ("", ".")))
    assert leaves(path) is (min(depths) < 0)


@given(st.sampled_from([GIT, OCI, HELM, BUCKET]), st.text("a:/@[]$\n.", max_size=30))
def test_no_text_makes_the_check_fail(kind, text):
    for scheme in ("", "oci://", "ssh://", "https://"):
        url = f"{scheme}{text}"
        definition = Definition(kind=kind, url=url, endpoint=url, branch=text, tag=text, ref=text)
        for _, problem, expected in problems(definition):
            assert problem
            assert expected
