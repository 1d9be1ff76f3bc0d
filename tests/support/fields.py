"""Random values for every field of a bundle and of its source, as Flux takes them.

Durations are canonical and Secrets are mappings, so that what is written is what was drawn.
"""

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["web", "team-a", "x1"])
TEXTS = st.sampled_from(["web", "*.json\n!a.json", "^v1", "on", "1.0", "a: b", "${region:-eu}"])
DURATIONS = st.sampled_from(["10m0s", "1m30s", "1h0m0s", "500ms", "24h0m0s"])
TIMEOUTS = st.sampled_from(["30s", "90m0s", "1m0.5s"])
REFERENCES = st.fixed_dictionaries({"name": NAMES})
MAPS = st.dictionaries(st.sampled_from(["a", "example.com/b"]), TEXTS, min_size=1)
VALUES = st.sampled_from(["web", "on", "1.0", ""])
BRANCHES = st.sampled_from(["web", "on", "1.0", "release/1.x", "${region}"])
RANGES = st.sampled_from(["1.x", ">=1.2.0 <2.0.0-0", "1.0", "~1 || ^2.1", "${region}"])
CEL = st.sampled_from(["status.a == 'b'", "has(a.b) || [1, 2].all(e, e > 0)", "on"])
LABELS = st.dictionaries(st.sampled_from(["a", "example.com/b"]), VALUES, min_size=1)


def some(each: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Return a strategy of short lists."""
    return st.lists(each, min_size=1, max_size=3)


def mapping(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of mappings with any of the fields, and at least one."""
    return st.fixed_dictionaries({}, optional=fields).filter(bool)


def record(needed: dict[str, Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of mappings with all of `needed` and any of the fields."""
    return st.fixed_dictionaries(needed, optional=fields)


PATTERNS = st.sampled_from(["web", "web-.*", "a|b", "v[0-9]+"])
SELECTORS = st.sampled_from(["a=b", "tier in (a, b)", "!gone", "a.b/c!=d"])
TARGET = mapping(
    group=PATTERNS,
    version=PATTERNS,
    kind=PATTERNS,
    name=PATTERNS,
    namespace=PATTERNS,
    labelSelector=SELECTORS,
    annotationSelector=SELECTORS,
)
KUBE_CONFIG = st.one_of(
    st.fixed_dictionaries({"secretRef": record({"name": NAMES}, key=TEXTS)}),
    st.fixed_dictionaries({"configMapRef": REFERENCES}),
)
BUNDLE: dict[str, st.SearchStrategy[Any]] = {
    "description": TEXTS,
    "interval": DURATIONS,
    "timeout": DURATIONS,
    "retryInterval": DURATIONS,
    "prune": st.booleans(),
    "force": st.booleans(),
    "suspend": st.booleans(),
    "deletionPolicy": st.sampled_from(["MirrorPrune", "Delete", "WaitForTermination", "Orphan"]),
    "targetNamespace": NAMES,
    "namePrefix": st.sampled_from(["web-", "on-", "1-"]),
    "nameSuffix": st.sampled_from(["-web", "-on", "-1.0"]),
    "components": some(st.sampled_from(["../../../components/a", ".././../../b"])),
    "ignoreMissingComponents": st.booleans(),
    "images": some(record({"name": TEXTS}, newName=TEXTS, newTag=TEXTS, digest=TEXTS)),
    # What it takes to be a patch, and what one does, is told in tests/engines/test_patches.py.
    "patches": some(record({"patch": st.sampled_from(["[]", "{}", "# none"])}, target=TARGET)),
    "commonMetadata": mapping(labels=LABELS, annotations=MAPS),
    "buildMetadata": some(st.sampled_from(["originAnnotations", "transformerAnnotations"])),
    "ignore": some(record({"paths": some(TEXTS)}, target=TARGET)),
    "postBuild": mapping(
        substitute=st.dictionaries(st.sampled_from(["zone", "_a1"]), TEXTS, min_size=1),
        substituteFrom=some(
            record(
                {"kind": st.sampled_from(["Secret", "ConfigMap"]), "name": NAMES},
                optional=st.booleans(),
            )
        ),
        substituteStrategy=st.sampled_from(["WithVariables", "Always"]),
    ),
    "serviceAccountName": NAMES,
    "decryption": record(
        {"provider": st.just("sops")}, secretRef=REFERENCES, serviceAccountName=NAMES
    ),
    "kubeConfig": KUBE_CONFIG,
}
CHECKS = some(record({"kind": TEXTS, "name": TEXTS}, apiVersion=TEXTS, namespace=NAMES))
EXPRESSIONS = some(
    record({"apiVersion": TEXTS, "current": CEL}, kind=TEXTS, inProgress=CEL, failed=CEL)
)
WAITING = st.one_of(
    st.just({}),
    record({"wait": st.just(value=True)}, healthCheckExprs=EXPRESSIONS),
    record({"healthChecks": CHECKS}, wait=st.just(value=False), healthCheckExprs=EXPRESSIONS),
)
"""What may stand together: Flux ignores checks next to `wait`, and expressions without either."""

FETCHED: dict[str, st.SearchStrategy[Any]] = {
    "interval": DURATIONS,
    "timeout": TIMEOUTS,
    "ignore": TEXTS,
    "proxySecretRef": REFERENCES,
    "suspend": st.booleans(),
}
GIT: dict[str, st.SearchStrategy[Any]] = FETCHED | {
    "branch": BRANCHES,
    "tag": BRANCHES,
    "semver": RANGES,
    "ref": st.sampled_from(["refs/heads/main", "refs/pull/1/head", "HEAD"]),
    "commit": st.sampled_from(["0" * 40, "a1" * 32]),
    "include": some(
        record({"repository": REFERENCES}, fromPath=TEXTS, toPath=TEXTS),
    ),
    "recurseSubmodules": st.booleans(),
    "sparseCheckout": some(TEXTS),
    "verify": record(
        {"secretRef": REFERENCES}, mode=st.sampled_from(["HEAD", "Tag", "TagAndHEAD"])
    ),
}
OCI: dict[str, st.SearchStrategy[Any]] = FETCHED | {
    "tag": st.sampled_from(["web", "on", "1.0", "${region}"]),
    "digest": st.just(f"sha256:{'0a' * 32}"),
    "certSecretRef": REFERENCES,
    "insecure": st.booleans(),
    "layerSelector": mapping(mediaType=TEXTS, operation=st.sampled_from(["extract", "copy"])),
    "verify": record(
        {"provider": st.sampled_from(["cosign", "notation"])},
        secretRef=REFERENCES,
        trustedRootSecretRef=REFERENCES,
        matchOIDCIdentity=some(st.fixed_dictionaries({"issuer": TEXTS, "subject": TEXTS})),
    ),
}
BUCKET: dict[str, st.SearchStrategy[Any]] = FETCHED | {
    "region": TEXTS,
    "prefix": TEXTS,
    "certSecretRef": REFERENCES,
    "insecure": st.booleans(),
}
ACCESS = {
    "GitRepository": st.one_of(
        mapping(
            secretRef=REFERENCES, provider=st.sampled_from(["generic", "aws", "azure", "github"])
        ),
        record({"provider": st.sampled_from(["aws", "azure"])}, serviceAccountName=NAMES),
    ),
    "OCIRepository": mapping(
        secretRef=REFERENCES,
        provider=st.sampled_from(["generic", "aws", "azure", "gcp"]),
        serviceAccountName=NAMES,
    ),
    "Bucket": st.one_of(
        mapping(secretRef=REFERENCES, provider=st.sampled_from(["generic", "azure", "gcp"])),
        record({"provider": st.sampled_from(["aws", "azure", "gcp"])}, serviceAccountName=NAMES),
        st.just(
            {"provider": "aws", "sts": {"provider": "aws", "endpoint": "https://sts.example.com"}}
        ),
        mapping(
            sts=record(
                {"provider": st.just("ldap"), "endpoint": st.just("https://sts.example.com")},
                secretRef=REFERENCES,
                certSecretRef=REFERENCES,
            )
        ),
    ),
}
SEMVER = st.one_of(st.just({}), record({"semver": RANGES}, semverFilter=TEXTS))
PLACES = {
    "GitRepository": {"url": st.sampled_from(["https://example.com/a.git", "ssh://git@a.example"])},
    "OCIRepository": {"url": st.just("oci://registry.example.com/a")},
    "Bucket": {"bucketName": TEXTS, "endpoint": st.just("s3.example.com")},
}


@st.composite
def bundle_fields(draw: Any) -> dict[str, Any]:
    """Return any of the fields of `BundleOptions`, in values and combinations that Flux takes."""
    return draw(st.fixed_dictionaries({}, optional=BUNDLE)) | draw(WAITING)


@st.composite
def source_fields(draw: Any) -> dict[str, Any]:
    """Return a kind and any of its fields, in values and combinations that Flux takes."""
    kind = draw(st.sampled_from(sorted(PLACES)))
    fields = {"GitRepository": GIT, "OCIRepository": OCI, "Bucket": BUCKET}[kind]
    found = draw(st.fixed_dictionaries(PLACES[kind], optional=fields)) | draw(ACCESS[kind])
    return {"kind": kind} | found | (draw(SEMVER) if kind == "OCIRepository" else {})
