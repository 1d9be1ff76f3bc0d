"""The reference implementation's own AppWorkload documents load and generate unchanged (E19.4)."""

from pathlib import Path

import msgspec
import pytest

from kure_hooks.apps import workload
from kure_hooks.manifests import identity
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Document, kubernetes, read
from kure_hooks.yamlio.place import Place
from tests.support.memory import MemoryTree

EXAMPLES = Path(__file__).parents[3] / "shared/data/reference-examples"

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="needs the shared reference examples")


def applications():
    """Return every AppWorkload document, by a name of its own."""
    found = {}
    for path in sorted(EXAMPLES.rglob("*.yaml")):
        for document in read(path.read_bytes(), path.name, kubernetes):
            if document.value.get("kind") == "AppWorkload":
                name = f"{path.relative_to(EXAMPLES)}:{document.value['metadata']['name']}"
                found[name] = document.value
    return found


DOCUMENTS = applications()


def application(document):
    return Application(
        name=document["metadata"]["name"],
        namespace=document["metadata"]["namespace"],
        kind="AppWorkload",
        spec=msgspec.convert(document["spec"], workload.Spec, strict=True),
        labels={},
        annotations={},
        place=Place(Document("apps/x.yaml", {}, 0, 0, {})),
    )


def generated(name):
    return workload.generate(application(DOCUMENTS[name]), MemoryTree()).manifests


def test_there_are_fifteen():
    assert len(DOCUMENTS) == 15


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_has_no_problem_and_gives_its_workload_first(name):
    document = DOCUMENTS[name]
    assert list(workload.problems(application(document).spec)) == []
    first = generated(name)[0]
    assert identity(first).kind == document["spec"]["workload"]
    assert first["metadata"]["name"] == document["metadata"]["name"]
    assert first["metadata"]["namespace"] == document["metadata"]["namespace"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_author_wrote_for_containers_and_volumes_is_all_there(name):
    spec = DOCUMENTS[name]["spec"]
    written = generated(name)[0]["spec"]
    pod = written["template"]["spec"]
    for given, made in zip(spec["containers"], pod["containers"], strict=True):
        pod_wide = (
            {"securityContext": made.get("securityContext")} if "securityContext" in given else {}
        )
        assert made == given | pod_wide
    assert pod.get("volumes", []) == spec.get("volumes", [])
    typed = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
    claims = [typed | claim for claim in spec.get("volumeClaimTemplates", [])]
    assert written.get("volumeClaimTemplates", []) == claims


def test_a_service_port_takes_the_name_of_the_container_port_that_an_ingress_asks_for():
    _, service, ingress = generated("app-workloads/app-workload.yaml:db-app")
    assert service["spec"]["ports"] == [
        {"name": "psql", "protocol": "TCP", "port": 5432, "targetPort": 5432}
    ]
    assert service["spec"]["selector"] == {"app": "db"}
    (rule,) = ingress["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"] == {"service": {"name": "db", "port": {"name": "psql"}}}


def test_the_group_of_files_goes_to_the_pod():
    pod = generated("clusters/basic/infra/metrics.yaml:metrics")[0]["spec"]["template"]["spec"]
    assert pod["securityContext"] == {"fsGroup": 65534}
    assert pod["containers"][0]["securityContext"] == {"runAsNonRoot": True, "runAsUser": 65534}
