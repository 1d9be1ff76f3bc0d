"""The schemas that come with kure-hooks: each can be read, and says what the API server knows."""

import json
import zlib

import pytest

from kure_hooks.schemas import packed
from kure_hooks.schemas.packed import FILE, Catalogue, Source, read_index, read_section

CATALOGUE = Catalogue()
NEWEST = CATALOGUE.versions[-1]
MAPS = ("definitions", "patternProperties", "properties")
PROSE = {"$schema", "description", "example", "externalDocs", "id", "title"}


def schemas(schema):
    """Yield a schema and all inside it, parts that are referred to last."""
    yield schema
    for key in MAPS:
        for part in schema.get(key, {}).values():
            yield from schemas(part)
    for key in ("additionalProperties", "items", "not"):
        if isinstance(schema.get(key), dict):
            yield from schemas(schema[key])
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            yield from schemas(part)


def at(api_version, kind, path, kubernetes=NEWEST):
    """Return the schema of a field: `spec.containers[]`, `metadata.labels{}`."""
    root = CATALOGUE.structural(api_version, kind, kubernetes)
    schema = root
    for step in path.replace("[]", ".[]").replace("{}", ".{}").split("."):
        inner = {"[]": "items", "{}": "additionalProperties"}.get(step)
        schema = schema[inner] if inner else schema["properties"][step]
        if "$ref" in schema:
            schema = root["definitions"][schema["$ref"].removeprefix("#/definitions/")]
    return schema


@pytest.mark.parametrize("kubernetes", CATALOGUE.versions)
def test_every_reference_of_every_kind_is_resolved(kubernetes):
    kinds = list(CATALOGUE.kinds(kubernetes))
    assert len(kinds) == len(set(kinds))
    for kind in kinds:
        schema = CATALOGUE.structural(*kind, kubernetes)
        assert schema["type"] == "object", kind
        references = {inner["$ref"] for inner in schemas(schema) if "$ref" in inner}
        parts = {f"#/definitions/{number}" for number in schema.get("definitions", {})}
        assert references == parts, kind
        assert all(len(inner) == 1 for inner in schemas(schema) if "$ref" in inner), kind


def test_no_schema_has_words_for_readers():
    for kind in CATALOGUE.kinds(NEWEST):
        for schema in schemas(CATALOGUE.structural(*kind, NEWEST)):
            assert PROSE & set(schema) == set(), kind


def test_every_line_belongs_to_a_kind():
    """Nothing is in the file that no kind needs, in any version."""
    index, start = read_index(FILE)
    for section in index.sections:
        numbers = range(len(read_section(FILE, start, section)))
        variants = {line for lines in section.variants.values() for line in lines[1::2]}
        needed = set()
        kinds = [
            (api_version, kind)
            for release in section.releases
            for api_version, kinds in release.kinds.items()
            for kind in kinds
        ]
        for kubernetes in CATALOGUE.versions:
            for kind in kinds:
                schema = CATALOGUE.structural(*kind, kubernetes) or {}
                needed |= set(map(int, schema.get("definitions", ())))
        roots = {
            numbers[0]
            for release in section.releases
            for kinds in release.kinds.values()
            for numbers in kinds.values()
        }
        assert set(numbers) - variants == needed | roots, section.name


def test_every_call_makes_a_new_value():
    first = CATALOGUE.structural("v1", "Pod", NEWEST)
    first["properties"].clear()
    first["definitions"].clear()
    assert CATALOGUE.structural("v1", "Pod", NEWEST)["properties"]["spec"]


def test_one_kind_reads_the_index_and_one_section(monkeypatch):
    inflated, inflate = [], zlib.decompress

    def decompress(data):
        inflated.append(len(data))
        return inflate(data)

    monkeypatch.setattr(packed.zlib, "decompress", decompress)
    index, _ = read_index(FILE)
    inflated.clear()
    catalogue = Catalogue()
    assert len(inflated) == 1
    for kind in ("Deployment", "StatefulSet", "DaemonSet"):
        assert catalogue.structural("apps/v1", kind, "1.34")
    assert inflated[1:] == [index.sections[0].length]


@pytest.mark.parametrize(
    ("kind", "path", "facts"),
    [
        ("apps/v1 Deployment", "spec.replicas", {"type": "integer", "format": "int32"}),
        ("apps/v1 Deployment", "spec.replicas", {"nullable": True}),
        ("apps/v1 Deployment", "spec", {"required": ["selector", "template"]}),
        ("v1 Service", "spec.ports[].targetPort", {"x-kubernetes-int-or-string": True}),
        ("v1 Service", "spec.ports[].protocol", {"enum": ["", "SCTP", "TCP", "UDP"]}),
        ("v1 Service", "spec.ports[].protocol", {"default": "TCP"}),
        ("v1 Service", "spec.ports", {"x-kubernetes-list-map-keys": ["port", "protocol"]}),
        ("v1 Pod", "spec.containers", {"x-kubernetes-list-type": "map"}),
        ("v1 Pod", "spec.containers[].args[]", {"type": "string", "nullable": True}),
        ("v1 Pod", "spec.containers[].resources.limits{}", {"format": "quantity"}),
        ("v1 Pod", "spec.containers[].env[]", {"required": ["name"]}),
        ("v1 Secret", "data{}", {"type": "string", "format": "byte"}),
        ("v1 ConfigMap", "metadata.creationTimestamp", {"format": "date-time"}),
        ("networking.k8s.io/v1 Ingress", "spec.rules[].http.paths[].pathType", {"type": "string"}),
        (
            "networking.k8s.io/v1 Ingress",
            "spec.rules[].http.paths[].pathType",
            {"enum": ["Exact", "ImplementationSpecific", "Prefix"]},
        ),
        ("kustomize.config.k8s.io/v1beta1 Kustomization", "resources[]", {"type": "string"}),
        ("kustomize.config.k8s.io/v1alpha1 Component", "patches[].target", {"type": "object"}),
        (
            "kustomize.config.k8s.io/v1beta1 Kustomization",
            "sortOptions.order",
            {"enum": ["fifo", "legacy"]},
        ),
        (
            "kustomize.toolkit.fluxcd.io/v1 Kustomization",
            "spec.prune",
            {"type": "boolean"},
        ),
        (
            "source.toolkit.fluxcd.io/v1 GitRepository",
            "spec.url",
            {"type": "string", "pattern": "^(http|https|ssh)://.*$"},
        ),
        ("argoproj.io/v1alpha1 Application", "spec", {"required": ["destination", "project"]}),
        (
            "gateway.networking.k8s.io/v1 HTTPRoute",
            "spec.rules[].matches[].path.type",
            {"default": "PathPrefix"},
        ),
        (
            "monitoring.coreos.com/v1 ServiceMonitor",
            "spec.endpoints[].port",
            {"type": "string"},
        ),
        ("cert-manager.io/v1 Certificate", "spec.secretName", {"type": "string"}),
        ("external-secrets.io/v1 ExternalSecret", "spec.target", {"type": "object"}),
        ("argoproj.io/v1beta1 ArgoCD", "spec.server.replicas", {"type": "integer"}),
        ("karpenter.sh/v1 NodePool", "spec.weight", {"maximum": 100}),
        ("fluxcd.controlplane.io/v1 FluxInstance", "spec.distribution.version", {"type": "string"}),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value),
)
def test_facts_that_users_know(kind, path, facts):
    schema = at(*kind.split(), path)
    assert {key: schema.get(key) for key in facts} == facts


def test_rules_of_custom_resources_are_there():
    rules = at("helm.toolkit.fluxcd.io/v2", "HelmRelease", "spec")["x-kubernetes-validations"]
    assert {"rule", "message"} <= set(rules[0])
    assert any("self.chartRef" in rule["rule"] for rule in rules)
    kinds = [
        kind
        for kind in CATALOGUE.kinds(NEWEST)
        if "x-kubernetes-validations" in json.dumps(CATALOGUE.structural(*kind, NEWEST))
    ]
    assert len(kinds) > 60


def test_fields_of_a_status_are_neither_required_nor_limited():
    """What somebody applies is not taken for the status, so it can't be wrong there."""
    assert "required" not in at("apps/v1", "StatefulSet", "status")
    assert "enum" not in at("v1", "Pod", "status.phase")


@pytest.mark.parametrize("kubernetes", CATALOGUE.versions)
def test_what_the_server_does_without_is_not_required(kubernetes):
    """tests/live/test_built_in_schemas.py tries it; the documents said otherwise for long."""
    for kind, path, field in (
        ("apps/v1 StatefulSet", "spec", "serviceName"),
        ("networking.k8s.io/v1 NetworkPolicy", "spec", "podSelector"),
        ("rbac.authorization.k8s.io/v1 RoleBinding", "roleRef", "apiGroup"),
        ("v1 Pod", "spec.containers[].livenessProbe.httpGet.httpHeaders[]", "value"),
    ):
        schema = at(*kind.split(), path, kubernetes)
        assert field not in schema.get("required", ())
    assert "enum" in at("v1", "Service", "spec.type", kubernetes)
    assert "" not in at("v1", "Service", "spec.internalTrafficPolicy", kubernetes).get("enum", ())


def test_a_schema_of_schemas_refers_to_itself():
    schema = CATALOGUE.structural("apiextensions.k8s.io/v1", "CustomResourceDefinition", NEWEST)
    path = "spec.versions[].schema.openAPIV3Schema"
    start = at("apiextensions.k8s.io/v1", "CustomResourceDefinition", path)
    for field in ("properties{}", "items", "allOf[]", "not"):
        inner = at("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"{path}.{field}")
        assert set(inner["properties"]) == set(start["properties"])
    assert len(schema["definitions"]) < 50


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("autoscaling/v2beta2 HorizontalPodAutoscaler", "1.25", "1.25"),
        ("flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema", "1.26", "1.31"),
        ("flowcontrol.apiserver.k8s.io/v1 FlowSchema", "1.29", "1.37"),
        ("admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy", "1.30", "1.37"),
        ("resource.k8s.io/v1 ResourceClaim", "1.34", "1.37"),
        ("apiregistration.k8s.io/v1 APIService", "1.25", "1.37"),
        ("batch/v1 CronJob", "1.25", "1.37"),
        ("kustomize.toolkit.fluxcd.io/v1 Kustomization", "1.25", "1.37"),
    ],
    ids=lambda value: value.split()[-1],
)
def test_versions_of_kubernetes_have_their_kinds(kind, first, last):
    having = [each for each in CATALOGUE.versions if CATALOGUE.structural(*kind.split(), each)]
    assert (having[0], having[-1]) == (first, last)
    listed = [each for each in CATALOGUE.versions if tuple(kind.split()) in CATALOGUE.kinds(each)]
    assert listed == having


@pytest.mark.parametrize(
    ("field", "since"),
    [
        ("spec.containers[].resizePolicy", "1.27"),
        ("spec.initContainers[].restartPolicy", "1.28"),
        ("spec.containers[].securityContext.appArmorProfile", "1.30"),
        ("spec.volumes[].image", "1.31"),
    ],
)
def test_fields_are_there_since_their_version(field, since):
    def has(kubernetes):
        try:
            return bool(at("v1", "Pod", field, kubernetes))
        except KeyError:
            return False

    assert next(filter(has, CATALOGUE.versions)) == since


@pytest.mark.parametrize(
    ("kubernetes", "nearest"),
    [
        ("1.34", "1.34"),
        ("1.34.2", "1.34"),
        ("v1.34.99", "1.34"),
        ("1.9", "1.25"),
        ("1.24.17", "1.25"),
        ("1.38", "1.37"),
        ("1.999.0", "1.37"),
    ],
)
def test_a_version_has_a_nearest_one(kubernetes, nearest):
    assert CATALOGUE.nearest(kubernetes) == nearest
    pod = CATALOGUE.structural("v1", "Pod", kubernetes)
    assert pod == CATALOGUE.structural("v1", "Pod", nearest)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.", "34", "1.34.", "1.34-rc.1", "2.0", "latest", "1.٣٤", "1.34\n", "1.99999"],
)
def test_what_is_no_version_is_refused(text):
    for ask in (CATALOGUE.nearest, lambda text: CATALOGUE.structural("v1", "Pod", text)):
        with pytest.raises(ValueError, match="is not a version of Kubernetes"):
            ask(text)


@pytest.mark.parametrize(
    "kind",
    [("v1", "Deployment"), ("apps/v1", "deployment"), ("", ""), ("apps/v2", "Deployment")],
    ids="/".join,
)
def test_what_is_not_packed_is_not_found(kind):
    assert CATALOGUE.structural(*kind, NEWEST) is None
    assert CATALOGUE.source(*kind, NEWEST) is None


@pytest.mark.parametrize(
    ("kind", "name", "release"),
    [
        (("apps/v1", "Deployment"), "Kubernetes", "1.34."),
        (("helm.toolkit.fluxcd.io/v2", "HelmRelease"), "Flux", "2.9."),
        (("helm.toolkit.fluxcd.io/v2beta2", "HelmRelease"), "Flux", "2.7."),
        (("source.toolkit.fluxcd.io/v1beta1", "GitRepository"), "Flux", "2.6."),
        (("fluxcd.controlplane.io/v1", "ResourceSet"), "flux-operator", "0."),
        (("argoproj.io/v1alpha1", "AppProject"), "Argo CD", "3.5."),
        (("argoproj.io/v1alpha1", "Rollout"), "Argo Rollouts", "1."),
        (("external-secrets.io/v1beta1", "ExternalSecret"), "External Secrets", "0.16."),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_a_schema_knows_its_source(kind, name, release):
    source = CATALOGUE.source(*kind, "1.34.1")
    assert (source.name, source.version[: len(release)]) == (name, release)
    assert source in list(CATALOGUE.sources())


def test_every_source_has_a_licence_and_a_kind():
    sources = list(CATALOGUE.sources())
    assert len(sources) == len(set(sources))
    assert {source.licence for source in sources} == {"Apache-2.0", "AGPL-3.0-only", "MIT"}
    copyleft = [source.name for source in sources if source.licence.startswith("AGPL")]
    assert copyleft == ["flux-operator"]
    used = {
        CATALOGUE.source(*kind, kubernetes)
        for kubernetes in CATALOGUE.versions
        for kind in CATALOGUE.kinds(kubernetes)
    }
    assert used == set(sources)
    assert all(isinstance(source, Source) for source in sources)


def test_the_file_is_small():
    assert FILE.stat().st_size <= 600_000


@pytest.mark.parametrize("content", [b"", b"kure-hooks schemas 2 1\n", b"\n" * 100, b"x" * 9999])
def test_another_file_is_refused(tmp_path, content):
    file = tmp_path / "other.bin"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="does not begin as a file of schemas does"):
        Catalogue(file)
