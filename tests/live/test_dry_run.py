"""What the API server says of every object that is generated, without keeping any of it."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import Phase, given, settings

from kure_hooks.apps import workload
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place
from tests.live.api import RefusedError
from tests.live.cluster import Cluster
from tests.live.programs import SERVER, definitions, missing
from tests.live.services import Services
from tests.support.clusters import clusters
from tests.support.generate import generated
from tests.support.memory import MemoryTree

ROOT = Path(__file__).parents[2]
FLEET = ROOT / "examples" / "fleet"
GOLDEN = ROOT / "tests" / "apps" / "golden"
SPECS = {"refused.yaml": True, "accepted.yaml": False}
"""Specs of workloads in the golden tree, and whether the API server refuses each of them."""

MINIMAL = {"workload": "Deployment", "containers": [{"name": "main", "image": "nginx:1"}]}
ENGINES = ("flux", "argocd")
TREES = 100
"""Random trees of each engine."""

INCOMPLETE = ("argocd-install.yaml", "apps-deployment-controller.yaml")
"""Files of the golden tree with as little of a workload as the tests of autopilot need."""

# Kinds that only a chart or an operator defines: no API server without it can judge them.
_ABSENT = re.compile(r"no kind \w+ in (?!v1$|apps/|batch/)")


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    if absent := missing(*SERVER):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    directory = tmp_path_factory.mktemp("dry-run")
    with Services(directory / "logs") as services:
        cluster = Cluster(directory, services)
        for tool in ("flux", "flux-operator", "argo-cd"):
            cluster.define(definitions(tool))
        yield cluster.api


class Judge:
    """The API server, asked once about each object."""

    def __init__(self, api, pool):
        self.api = api
        self._pool = pool
        self._known = {"default"}
        self._asked = {}
        self.unknown = set()

    def refused(self, manifests):
        """Return what is refused, and why."""
        texts = {yaml.safe_dump(each): each for each in manifests}
        fresh = {text: each for text, each in texts.items() if text not in self._asked}
        for name in {each["metadata"].get("namespace", "default") for each in fresh.values()}:
            if name not in self._known:
                self._known.add(name)
                meta = {"name": name}
                self.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": meta})
        self._asked.update(zip(fresh, self._pool.map(self._verdict, fresh.values()), strict=True))
        return [f"{self._asked[text]}\n{text}" for text in texts if self._asked[text]]

    def _verdict(self, manifest):
        try:
            self.api.apply(manifest, dry_run=True)
        except LookupError as unknown:
            if _ABSENT.match(str(unknown)):
                self.unknown.add(manifest["kind"])
                return ""
            return str(unknown)
        except RefusedError as refused:
            return str(refused)
        return ""

    @property
    def count(self):
        return len(self._asked)


@pytest.fixture(scope="module")
def judge(api):
    with ThreadPoolExecutor(4) as pool:
        yield Judge(api, pool)


def objects(files):
    return [
        each
        for path, data in sorted(files.items())
        if path.endswith(".yaml")
        for each in yaml.safe_load_all(data)
        if isinstance(each, dict) and "kind" in each and "metadata" in each
    ]


@pytest.mark.parametrize("cluster", ["edge", "production-eu", "staging"])
def test_no_object_of_the_example_is_refused(cluster, judge):
    found = FLEET.joinpath("clusters", cluster).rglob("*.yaml")
    files = {str(path): path.read_bytes() for path in found}
    manifests = objects(files)
    assert len(manifests) > 10
    assert judge.refused(manifests) == []


def test_no_object_of_the_golden_trees_is_refused(judge):
    autopilot = ROOT.glob("tests/engines/golden/autopilot/**/*.yaml")
    whole = [path for path in autopilot if path.name not in INCOMPLETE]
    found = [*GOLDEN.glob("*.expected.yaml"), *whole]
    manifests = objects({str(path): path.read_bytes() for path in found})
    assert len(manifests) > 20
    refusals = judge.refused(manifests)
    assert not refusals, "\n".join(refusals)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_object_of_a_random_tree_is_refused(engine, judge):
    before = judge.count

    @settings(max_examples=TREES, deadline=None, phases=[Phase.generate], derandomize=True)
    @given(clusters(engine))
    def each(case):
        refusals = judge.refused(objects(generated(case.texts()).files))
        assert not refusals, refusals[0]

    each()
    assert judge.count - before > 5 * TREES / 2


def test_every_workload_that_is_refused_here_is_refused_there(api):
    """The rules for AppWorkload are the API server's: neither more nor less."""
    documents = {name: list(yaml.safe_load_all((GOLDEN / name).read_text())) for name in SPECS}
    meta = {"name": "web"}
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": meta})
    with ThreadPoolExecutor(4) as pool:
        verdicts = {
            name: list(pool.map(lambda each: (each["spec"], is_refused(api, each["spec"])), found))
            for name, found in documents.items()
        }
    for name, refused in SPECS.items():
        assert [spec for spec, verdict in verdicts[name] if verdict != refused] == []
    assert len(documents["refused.yaml"]) > 250


def is_refused(api, spec):
    """Tell whether an object that a spec gives is refused, whatever problems it has here."""
    try:
        for manifest in made(MINIMAL | spec):
            api.apply(manifest, dry_run=True)
    except RefusedError:
        return True
    return False


def made(spec):
    """Return the objects that a spec gives, whatever problems it has."""
    application = Application(
        name="shop",
        namespace="web",
        kind="AppWorkload",
        spec=msgspec.convert(spec, workload.Spec, strict=True),
        labels={},
        annotations={},
        place=Place(Document("apps/shop.yaml", {}, 0, 0, {})),
    )
    return workload.generate(application, MemoryTree()).manifests


def of_container(**context):
    return {"containers": [{**MINIMAL["containers"][0], "securityContext": context}]}


HOST_PORT = {"ports": {"http": {"containerPort": 80, "hostPort": 80}}}
OTHER_HOST = {"livenessProbe": {"httpGet": {"port": 80, "host": "example.com"}}}
NFS = {"name": "v", "nfs": {"server": "a.example.com", "path": "/"}}
LEVELS = {
    ("baseline", True): (
        {},
        {"securityContext": {"runAsUser": 0}, "volumes": [NFS]},
        of_container(capabilities={"add": ["CHOWN"]}),
        {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1 2 3"}]}},
        {"securityContext": {"seLinuxOptions": {"type": "container_engine_t", "level": "s0"}}},
    ),
    ("baseline", False): (
        {"hostNetwork": True},
        {"hostPID": True},
        {"hostIPC": True},
        {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
        {"containers": [MINIMAL["containers"][0] | HOST_PORT]},
        {"containers": [MINIMAL["containers"][0] | OTHER_HOST]},
        of_container(privileged=True),
        of_container(capabilities={"add": ["SYS_ADMIN"]}),
        of_container(seccompProfile={"type": "Unconfined"}),
        {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}},
        {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}},
        {"securityContext": {"seLinuxOptions": {"type": "spc_t"}}},
        {"securityContext": {"seLinuxOptions": {"user": "root"}}},
    ),
    ("restricted", True): (
        {},
        of_container(capabilities={"add": ["NET_BIND_SERVICE"]}),
        {"volumes": [{"name": "v", "image": {"reference": "a"}}, {"name": "w", "emptyDir": {}}]},
        {"sidecars": [{"name": "s", "image": "s:1"}]},
    ),
    ("restricted", False): (
        {"volumes": [NFS]},
        {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
        {"securityContext": {"runAsUser": 0}},
        {"securityContext": {"runAsNonRoot": False}},
        of_container(runAsNonRoot=False),
        of_container(allowPrivilegeEscalation=True),
        of_container(capabilities={"drop": ["KILL"]}),
        of_container(capabilities={"add": ["CHOWN"]}),
        {"sidecars": [{"name": "s", "image": "s:1", "securityContext": {"runAsUser": 0}}]},
    ),
}
"""Specs of a Pod Security level, by whether a namespace of that level takes their pods."""


def test_pod_security_levels_are_those_of_the_api_server(api):
    for level in ("baseline", "restricted"):
        labels = {f"pod-security.kubernetes.io/{key}": level for key in ("enforce", "warn")}
        meta = {"name": level, "labels": labels}
        api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": meta})
        account = {"name": "default", "namespace": level}
        api.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
    wrong = [
        (level, fields)
        for (level, taken), specs in LEVELS.items()
        for fields in specs
        if (is_taken(api, level, fields), is_faultless(level, fields)) != (taken, taken)
    ]
    assert wrong == []


def is_taken(api, level, fields):
    """Tell whether the API server takes the pods of a spec, whatever problems it has here."""
    (deployment,) = made(MINIMAL | fields | {"security": level})
    pod = deployment["spec"]["template"] | {"apiVersion": "v1", "kind": "Pod"}
    try:
        api.apply(pod | {"metadata": {"name": "p", "namespace": level}}, dry_run=True)
    except RefusedError as refused:
        return "PodSecurity" not in str(refused)
    return True


def is_faultless(level, fields):
    spec = MINIMAL | fields | {"security": level}
    return not list(workload.problems(msgspec.convert(spec, workload.Spec, strict=True)))
