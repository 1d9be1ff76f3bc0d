"""The objects beside the pods of an AppWorkload, on both engines, by the API server's rules."""

import json
import subprocess
from pathlib import Path
from random import Random

import msgspec
import pytest
import yaml

from kure_hooks.apps.workload import Spec, generate, problems
from kure_hooks.config import Settings
from kure_hooks.errors import InputError
from kure_hooks.files.tree import WorkTree
from kure_hooks.findings import Finding, Location
from kure_hooks.manifests import identity
from kure_hooks.operations import fleet
from kure_hooks.operations.schemas import export
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Document, dump, read, strict
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place
from tests.fuzz import mutations
from tests.support.git import write
from tests.support.memory import MemoryTree
from tests.support.tools import tool

GOLDEN = Path(__file__).parent / "golden/beside"
NAMES = ("routes", "several", "storage", "watching")
ENGINES = {
    "flux": "{type: flux, createNamespaces: true}",
    "argocd": "{type: argocd, createNamespaces: true, argocd: {repoURL: https://example.com/f.git}}",
}
STACK = """\
name: prod
gitops: {gitops}
node:
  name: prod
  bundle: {{name: shop, applications: [{{path: ../apps/shop.yaml}}]}}
"""
PAYLOAD = "clusters/prod/shop"
MINIMAL = {
    "workload": "Deployment",
    "containers": [
        {"name": "main", "image": "nginx:1", "ports": [{"name": "http", "containerPort": 80}]}
    ],
}


def golden(name):
    return (GOLDEN / f"{name}.yaml").read_text()


def cases(name):
    return [document.value for document in read(golden(name).encode(), name, strict)]


def generated(directory, text, engine="flux"):
    """Return what a repository with this application generates."""
    stack = STACK.format(gitops=ENGINES[engine])
    write(directory, {"stacks/prod.yaml": stack, "apps/shop.yaml": text})
    return fleet.generate(WorkTree(directory), Settings(), (), 1)


def faults(directory, text):
    """Return the findings of an application, none for one that gives a tree."""
    try:
        assert generated(directory, text).files
    except InputError as error:
        return error.findings
    return ()


def of_kind(files, kind):
    """Return the generated objects of a kind by name."""
    documents = (
        yaml.safe_load(data)
        for path, data in files.items()
        if path.startswith(PAYLOAD) and not path.endswith("/kustomization.yaml")
    )
    return {each["metadata"]["name"]: each for each in documents if each["kind"] == kind}


PROBLEMS = cases("problems")


@pytest.mark.parametrize(
    "case", PROBLEMS, ids=[case["finding"].split(": ")[0] for case in PROBLEMS]
)
def test_each_problem_is_reported_once_and_alone(case):
    spec = msgspec.convert(MINIMAL | case["spec"], Spec, strict=True)
    assert [
        f"{key_path(pointer)}: {Finding(Location(''), '', problem, expected).message}"
        for pointer, problem, expected in problems(spec)
    ] == [case["finding"]]


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_applications_give_the_golden_objects(name, update_golden):
    document = yaml.safe_load(golden(name))
    application = Application(
        kind="AppWorkload",
        spec=msgspec.convert(document["spec"], Spec, strict=True),
        place=Place(Document("apps/shop.yaml", document, 0, 0, {})),
        **{"labels": {}, "annotations": {}} | document["metadata"],
    )
    made = "---\n".join(map(dump, generate(application, MemoryTree()).manifests))
    expected = GOLDEN / f"{name}.expected.yaml"
    if update_golden:
        expected.write_text(made)
    assert made == expected.read_text()


@pytest.fixture(scope="module")
def schemas(tmp_path_factory):
    directory = tmp_path_factory.mktemp("schemas")
    export(open_workspace(tmp_path_factory.mktemp("repository")), directory, "1.34")
    return directory


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_kustomize_builds_valid_objects_and_all_of_them(name, engine, schemas, tmp_path):
    result = generated(tmp_path, golden(name), engine)  # which the embedded validator accepts
    write(tmp_path, {path: data.decode() for path, data in result.files.items()})
    built = subprocess.run(
        [tool("kustomize"), "build", tmp_path / PAYLOAD], capture_output=True, check=True
    ).stdout
    custom = f"{schemas}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"
    done = subprocess.run(
        [
            *(tool("kubeconform"), "-strict", "-kubernetes-version", "1.34.0", "-output", "json"),
            *("-schema-location", str(schemas), "-schema-location", custom),
        ],
        input=built,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["resources"]) == (0, [])
    kinds = {identity(each).kind for each in yaml.safe_load_all(built)}
    expected = yaml.safe_load_all((GOLDEN / f"{name}.expected.yaml").read_text())
    assert {identity(each).kind for each in expected} <= kinds


REFUSED = cases("refused")


@pytest.mark.parametrize("case", REFUSED, ids=[case["finding"] for case in REFUSED])
def test_the_rules_of_the_crds_are_told_at_the_line_of_the_author(case, tmp_path):
    """The number stands for the line: the one that ends with `# here`."""
    head = "apiVersion: generators.gokure.dev/v1alpha1\nkind: AppWorkload\n"
    head += "metadata: {name: shop, namespace: web}\nspec:\n  workload: Deployment\n"
    head += "  containers: [{name: main, image: nginx:1}]\n"
    head += "  services: [{name: shop, port: 80}]\n"
    text = head + "".join(f"  {line}\n" for line in case["spec"].splitlines())
    here = next(at for at, line in enumerate(text.splitlines(), 1) if line.endswith("# here"))
    (finding,) = faults(tmp_path, text)
    assert (finding.at.path, finding.at.line) == ("apps/shop.yaml", here)
    assert f"{finding.key}: {finding.message}" == case["finding"]


def test_an_interval_that_has_to_be_quoted_says_so(tmp_path):
    secret = {"store": "vault", "data": {"a": "b"}, "refreshInterval": 0}
    document = yaml.safe_load(golden("several"))
    document["spec"] = MINIMAL | {"externalSecrets": {"db": secret}}
    (finding,) = faults(tmp_path, json.dumps(document))
    assert finding.message == "this is a number. Write a time such as 1h, or 0 in quotes for once."
    secret["refreshInterval"] = "0"
    assert faults(tmp_path, json.dumps(document)) == ()


@pytest.mark.parametrize("port", ["https", "http3", None, 443])
def test_a_backend_may_name_either_of_two_ports_with_one_number(port, tmp_path):
    document = yaml.safe_load(golden("several"))
    offered = [{"name": "https"}, {"name": "http3", "protocol": "UDP"}]
    spec = MINIMAL | {
        "services": [{"name": "web", "ports": [each | {"port": 443} for each in offered]}],
        "routes": [{"gateway": "public"} | ({"port": port} if port else {})],
    }
    files = generated(tmp_path, json.dumps(document | {"spec": spec})).files
    (rule,) = of_kind(files, "HTTPRoute")[document["metadata"]["name"]]["spec"]["rules"]
    assert [(each["name"], each["port"]) for each in rule["backendRefs"]] == [("web", 443)]


PROFILE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: ClusterProfile
metadata: {name: public}
spec:
  storageClass: fast
  certificate: {issuer: {name: letsencrypt}}
  externalSecret: {store: {kind: SecretStore, name: vault}, refreshInterval: 30m}
  expose:
    controller: CONTROLLER
    gateway: {name: public, namespace: gateways, sectionName: https}
    ingressClass: nginx
    annotations: {example.com/exposed: "yes"}
    internal: {controller: gateway, gateway: {name: internal}, issuer: {kind: Issuer, name: own}}
"""
SILENT = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: AppWorkload
metadata: {name: shop, namespace: web}
spec:
  workload: Deployment
  containers: [{name: web, image: nginx:1}]
  services: [{name: shop, port: 80}]
  expose: {host: shop.example.com, tls: true, internal: INTERNAL}
  routes: [{name: other, host: other.example.com}]
  certificates: [{name: own, dnsNames: [shop.web.svc]}]
  persistence: {data: {size: 1Gi}}
  externalSecrets: {database: {data: {PASSWORD: shop/db}}}
"""


def profiled(directory, controller, *, internal=False, tls="true"):
    """Return the objects of an application that leaves all of it to the profile, by kind."""
    stack = STACK.format(gitops=ENGINES["flux"]) + "profile: ../profiles/public.yaml\n"
    texts = {
        "stacks/prod.yaml": stack,
        "profiles/public.yaml": PROFILE.replace("CONTROLLER", controller),
        "apps/shop.yaml": SILENT.replace("INTERNAL", str(internal).lower()).replace(
            "tls: true", f"tls: {tls}"
        ),
    }
    write(directory, texts)
    files = fleet.generate(WorkTree(directory), Settings(), (), 1).files
    return lambda kind: of_kind(files, kind)


def test_expose_is_an_ingress_where_the_profile_says_so(tmp_path):
    objects = profiled(tmp_path, "ingress")
    ingress = objects("Ingress")["shop"]
    assert ingress["metadata"]["annotations"] == {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        "example.com/exposed": "yes",
    }
    assert ingress["spec"]["ingressClassName"] == "nginx"
    assert ingress["spec"]["tls"] == [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}]
    assert set(objects("HTTPRoute")) == {"other"}
    assert set(objects("Certificate")) == {"own"}


@pytest.mark.parametrize(
    ("internal", "gateway", "issuer"),
    [
        (
            False,
            {"namespace": "gateways", "name": "public", "sectionName": "https"},
            {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "letsencrypt"},
        ),
        (
            True,
            {"name": "internal"},
            {"group": "cert-manager.io", "kind": "Issuer", "name": "own"},
        ),
    ],
)
def test_expose_is_a_route_where_the_profile_says_so(internal, gateway, issuer, tmp_path):
    objects = profiled(tmp_path, "gateway", internal=internal)
    kind = {"group": "gateway.networking.k8s.io", "kind": "Gateway"}
    assert objects("HTTPRoute")["shop"]["spec"]["parentRefs"] == [kind | gateway]
    certificate = objects("Certificate")["shop-tls"]
    assert certificate["spec"]["dnsNames"] == ["shop.example.com"]
    assert certificate["spec"]["issuerRef"] == issuer
    assert objects("Ingress") == {}


@pytest.mark.parametrize("controller", ["ingress", "gateway"])
def test_expose_serves_with_a_certificate_of_the_application(controller, tmp_path):
    objects = profiled(tmp_path, controller, tls="{secretName: own-tls}")
    assert set(objects("Certificate")) == {"own"}
    if controller == "ingress":
        ingress = objects("Ingress")["shop"]
        assert ingress["spec"]["tls"] == [{"hosts": ["shop.example.com"], "secretName": "own-tls"}]
        assert ingress["metadata"]["annotations"] == {"example.com/exposed": "yes"}


def test_what_an_application_leaves_out_is_the_profiles(tmp_path):
    objects = profiled(tmp_path, "gateway")
    kind = {"group": "gateway.networking.k8s.io", "kind": "Gateway"}
    public = {"namespace": "gateways", "name": "public", "sectionName": "https"}
    assert objects("HTTPRoute")["other"]["spec"]["parentRefs"] == [kind | public]
    assert objects("Certificate")["own"]["spec"]["issuerRef"]["name"] == "letsencrypt"
    assert objects("PersistentVolumeClaim")["shop-data"]["spec"]["storageClassName"] == "fast"
    secret = objects("ExternalSecret")["shop-database"]["spec"]
    assert secret["secretStoreRef"] == {"kind": "SecretStore", "name": "vault"}
    assert secret["refreshInterval"] == "30m"


def test_a_claim_is_retained_on_both_engines(tmp_path):
    flux, argocd = (
        of_kind(
            generated(tmp_path / engine, golden("storage"), engine).files, "PersistentVolumeClaim"
        )
        for engine in ENGINES
    )
    kept = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert flux["shop-data"]["metadata"]["annotations"] == kept
    options = argocd["shop-data"]["metadata"]["annotations"]["argocd.argoproj.io/sync-options"]
    assert options == "Delete=false,Prune=false"
    for claims in (flux, argocd):
        assert "annotations" not in claims["shop-cache"]["metadata"]


@pytest.mark.parametrize("engine", ENGINES)
def test_pods_that_share_a_volume_of_one_node_are_warned_of(engine, tmp_path):
    text = golden("storage").replace("workload: Deployment", "workload: Deployment\n  replicas: 2")
    (warning,) = (
        each for each in generated(tmp_path, text, engine).warnings if "shop-data" in each.problem
    )
    at = next(at for at, line in enumerate(text.splitlines(), 1) if line.startswith("    data:"))
    assert (warning.at.path, warning.at.line) == ("apps/shop.yaml", at + 1)
    assert warning.message == (
        "the 2 pods of Deployment shop share the claim shop-data, which one node at a time may "
        "use. Set the access mode ReadWriteMany, or replicas: 1."
    )
    alone = generated(tmp_path, golden("storage"), engine).warnings
    assert not [each for each in alone if "shop-data" in each.problem]


@pytest.mark.parametrize(
    ("replicas", "claim", "told"),
    [
        ((3, 1), {"mounts": {"worker": "/data"}}, ""),
        ((3, 1), {"mounts": {"web": "/data"}}, "replicas: 1"),
        ((1, 1), {"mounts": {"web": "/data"}}, ""),
        ((1, 1), {"path": "/data"}, "mounts in one workload alone"),
    ],
)
def test_a_volume_of_one_pod_is_for_the_workload_that_mounts_it(replicas, claim, told):
    workloads = {
        name: {
            "workload": "Deployment",
            "replicas": number,
            "containers": [{"name": name, "image": "nginx:1"}],
        }
        for name, number in zip(("web", "worker"), replicas, strict=True)
    }
    claim = {"size": "1Gi", "accessModes": ["ReadWriteOncePod"], **claim}
    fields = {"workloads": workloads, "persistence": {"data": claim}}
    found = list(problems(msgspec.convert(fields, Spec, strict=True)))
    assert [expected for _, _, expected in found] == ([f"ReadWriteMany, or {told}"] if told else [])


def test_rights_need_a_namespace(tmp_path):
    text = golden("watching").replace("namespace: web, ", "", 1)
    (finding,) = faults(tmp_path, text)
    assert finding.key == "spec.rbac"
    assert finding.message == (
        "the rights are for an account of a namespace, and the application has none. "
        "Add metadata.namespace."
    )


@pytest.mark.parametrize("name", [*NAMES, "../everything"])
def test_no_edit_makes_anything_but_a_tree_or_findings_with_positions(name, tmp_path):
    random = Random(f"beside {name}")  # noqa: S311 - the same edits each time
    document = yaml.safe_load(golden(name))
    for _ in range(100):
        edited = mutations.value(document["spec"], random)
        text = json.dumps(document | {"spec": edited}, indent=1)
        assert all(finding.at.path and finding.at.line for finding in faults(tmp_path, text))
