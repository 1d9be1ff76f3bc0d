"""Jobs of applications: a changed one is made again, and one that is kept survives its bundle."""

import time

import pytest

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, FLUX, missing
from tests.live.shapes import HOSTS, STACK, bundle, settings, stack
from tests.live.world import world
from tests.support import git

JOB = ("batch/v1", "Job", "web", "migrate")
CLAIM = ("v1", "PersistentVolumeClaim", "web", "migrate-data")


def migration(tag):
    """Return an application of a Job, with a claim that is kept."""
    spec = {
        "workload": "Job",
        "containers": [{"name": "main", "image": f"example.com/migrate:{tag}"}],
        "persistence": {"data": {"size": "1Gi", "path": "/data", "retain": True}},
    }
    return {"name": "migrate", "namespace": "web", "kind": "AppWorkload", "spec": spec}


def tree(engine, *applications):
    gitops = {"createNamespaces": True}
    return stack(engine, bundle("jobs", settings("other"), *applications), gitops=gitops)


def await_gone(api, seconds=60):
    """Tell whether the Job is deleted in time."""
    end = time.monotonic() + seconds
    while (present := api.get(*JOB)) is not None and time.monotonic() < end:
        time.sleep(0.5)
    return present is None


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_a_changed_job_is_made_again_and_a_kept_claim_stays(engine, place, tmp_path):
    if absent := missing(*(FLUX if engine == "flux" else ARGOCD)):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    health = {CM_KEY: health_lua(ArgocdOptions())} if engine == "argocd" else {}
    with world(place / "world", engine, hosts=HOSTS, settings=health) as live:
        api = live.cluster.api
        fleet = Fleet.of(tmp_path / "fleet", tree(engine, migration("1.0")), STACK)
        fleet.generate()
        live.roll_out(fleet)
        first, claim = api.get(*JOB), api.get(*CLAIM)

        git.write(fleet.directory, tree(engine, migration("2.0")))
        fleet.generate()
        live.change(fleet)
        second = api.get(*JOB)
        image = second["spec"]["template"]["spec"]["containers"][0]["image"]
        assert image == "example.com/migrate:2.0"
        assert second["metadata"]["uid"] != first["metadata"]["uid"]
        if engine == "flux":  # Argo CD may take a second sync for it, as docs/applications.md says
            assert live.verdict(fleet.head).failures() == {}

        git.write(fleet.directory, tree(engine))
        fleet.generate()
        # What it keeps leaves an Application of Argo CD out of sync: nothing settles.
        live.publish(fleet, fleet.bootstrap())
        live.tool.sync()
        assert await_gone(api)
        time.sleep(2)
        assert api.get(*CLAIM)["metadata"]["uid"] == claim["metadata"]["uid"]
