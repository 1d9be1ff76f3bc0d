"""What comes as OCI artifacts, packages and charts, and Flux that installs itself."""

import base64
import gzip
import json
import time
from pathlib import Path

import pytest
import yaml

from tests.live.deliveries import installed, packaged
from tests.live.fleet import Fleet
from tests.live.flux import NAMESPACE, RELEASE, UNIT
from tests.live.programs import FLUX, HELM, missing
from tests.live.rolling import judged
from tests.live.shapes import HOSTS, STACK
from tests.live.world import world

RELEASES = ("classic", "registry", "directory", "everything", "skipping")
MANIFESTS = Path(__file__).parents[3] / "shared/data/install/flux/gotk-components-v2.9.3.yaml"


@pytest.fixture
def flux(place):
    if absent := missing(*FLUX, *HELM, "docker-registry"):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    with world(place / "world", "flux", hosts=HOSTS) as live:
        yield live


def values(live, name, namespace="web"):
    """Return the data of the ConfigMap that a release made, and the values in it."""
    found = live.cluster.api.get("v1", "ConfigMap", namespace, f"{name}-values")
    return (found["data"], yaml.safe_load(found["data"]["values.yaml"])) if found else (None, None)


def release(live, name):
    return live.cluster.api.get(*RELEASE, "web", name)


def test_packages_and_charts_come_from_where_their_sources_say(flux, tmp_path, table):
    fleet = Fleet.of(tmp_path / "fleet", packaged(), STACK)
    fleet.generate()
    seconds = flux.roll_out(fleet)
    api = flux.cluster.api
    # Each source is read from its own artifact: that of the package has no other file.
    side = api.get(*UNIT, NAMESPACE, "side")
    assert side["spec"]["sourceRef"]["name"] == "team"
    assert side["spec"]["path"] == "./team/side"
    assert api.get("v1", "ConfigMap", "web", "side")
    # The file of values, then ConfigMaps, then the stack; the renderer comes last.
    data, merged = values(flux, "first")
    assert data["rendered"] == "later"
    assert merged == {"file": "map", "from": "map", "inline": "stack", "hook": True}
    made = api.get("v1", "ConfigMap", "web", "first-values")
    assert made["metadata"]["labels"]["example.com/common"] == "yes"
    assert api.get("v1", "ConfigMap", "web", "first-hook")
    # A release that needs another one; its namespaces are of its own.
    assert ready_at(release(flux, "classic")) <= ready_at(release(flux, "registry"))
    assert values(flux, "data-registry", "data")[0]
    assert stored(api, "data") == {"data-registry"}
    assert stored(api, "web") == {"first", "directory", "everything", "skipping"}
    assert values(flux, "directory")[0]
    # Hooks are left out where the stack says so, and so are the kinds that a chart defines.
    assert values(flux, "everything")[0]
    assert api.get("v1", "ConfigMap", "web", "everything-hook") is None
    crd = ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "things.example.com")
    assert api.get(*crd) is None
    judged(flux, fleet, table, "OCI, a package and charts", seconds)
    assert drift_of_a_release_is_corrected(flux, made)


def drift_of_a_release_is_corrected(live, made):
    """Change a ConfigMap of a release; tell whether all but the ignored field comes back."""
    changes = {"rendered": "by hand", "left": "by hand"}
    live.cluster.api.merge(made, {"data": changes})
    end = time.monotonic() + 30
    while time.monotonic() < end:
        data, _ = values(live, "first")
        if data["rendered"] == "later":
            return data["left"] == "by hand"
        time.sleep(0.5)
    return False


def ready_at(found):
    (condition,) = (each for each in found["status"]["conditions"] if each["type"] == "Ready")
    assert condition["status"] == "True", condition
    return condition["lastTransitionTime"]


def stored(api, namespace):
    """Return the names of the releases that Helm keeps in a namespace."""
    secrets = api.objects("v1", "Secret", namespace)
    kept = (each["data"]["release"] for each in secrets if each["type"] == "helm.sh/release.v1")
    decoded = (base64.b64decode(base64.b64decode(data)) for data in kept)
    return {json.loads(gzip.decompress(data))["name"] for data in decoded}


def test_flux_syncs_its_own_manifests_and_makes_the_namespaces(flux, tmp_path, table):
    release = MANIFESTS.read_text() if MANIFESTS.is_file() else ""
    fleet = Fleet.of(tmp_path / "fleet", installed(release), STACK)
    fleet.generate()
    seconds = flux.roll_out(fleet)
    api = flux.cluster.api
    assert (
        "GET s3.example.com/fleet/clusters/live/first/web-configmap-first.yaml" in flux.hosts.asked
    )
    for name in ("web", "data"):
        annotations = api.get("v1", "Namespace", "", name)["metadata"]["annotations"]
        assert annotations["kustomize.toolkit.fluxcd.io/prune"] == "disabled"
    judged(flux, fleet, table, "gotk from a Bucket, createNamespaces", seconds)
    if not release:
        pytest.skip(f"{MANIFESTS.name} is not there")
    for name in ("source-controller", "kustomize-controller", "helm-controller"):
        spec = api.get("apps/v1", "Deployment", NAMESPACE, name)["spec"]["template"]["spec"]
        assert {"key": "example.com/flux", "operator": "Exists"} in spec["tolerations"]
        assert "--log-level=debug" in spec["containers"][0]["args"]
    assert api.get("apps/v1", "Deployment", NAMESPACE, "notification-controller") is None
