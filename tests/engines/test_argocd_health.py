"""The health of an Application, in a real Lua as old as Argo CD's (5.1)."""

import pytest
import yaml
from msgspec import structs

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua

lua51 = pytest.importorskip("lupa.lua51", reason="the PyPI package lupa is not installed")

LENIENT = structs.replace(ArgocdOptions(), health_requires_sync=False)
SOURCE = {"repoURL": "https://example.com/fleet.git", "path": "web", "targetRevision": "v1"}
DESTINATION = {"server": "https://kubernetes.default.svc"}


def table(runtime, value):
    if isinstance(value, dict):
        return runtime.table_from({key: table(runtime, each) for key, each in value.items()})
    if isinstance(value, list):
        return runtime.table_from([table(runtime, each) for each in value])
    return value


def verdict(application, options=None):
    """Return what Argo CD hears: only `obj` and the basic functions are there, as in Argo CD."""
    runtime = lua51.LuaRuntime(unpack_returned_tuples=True, register_eval=False)
    for name in ("os", "io", "string", "math", "debug"):
        runtime.globals()[name] = None
    runtime.globals().obj = table(runtime, application)
    return dict(runtime.execute(health_lua(options or ArgocdOptions())))


def application(*, spec=None, compared=None, sync="Synced", health="Healthy", **more):
    """Return an Application that is well unless the arguments say otherwise."""
    present = {"source": SOURCE, "destination": DESTINATION} | (spec or {})
    past = {key: present[key] for key in ("source", "sources", "destination") if key in present}
    status = {
        "sync": {"status": sync, "comparedTo": past | (compared or {})},
        "health": {"status": health},
        "operationState": {"phase": "Succeeded"},
    } | more.pop("status", {})
    return {"spec": present, "status": status} | more


OTHER = {"source": SOURCE | {"targetRevision": "v2"}}
SOURCES = [SOURCE, SOURCE | {"path": "api"}]
KUSTOMIZED = SOURCE | {"kustomize": {"namespace": "web", "images": ["a:1"]}}

WELL = {
    "in sync and healthy": application(),
    "compared with zero values left out": application(
        spec={"source": SOURCE | {"helm": {"skipCrds": False}, "path": "web"}},
        compared={"source": SOURCE},
    ),
    "several sources, the same": application(
        spec={"source": None, "sources": SOURCES},
        compared={"source": {"repoURL": ""}, "sources": SOURCES},
    ),
    "equal lists": application(spec={"source": KUSTOMIZED}),
    "hydrated from elsewhere": application(
        spec={"source": None, "sourceHydrator": {"drySource": {}}}, compared={"source": SOURCE}
    ),
    "failed once, well now": application(status={"operationState": {"phase": "Failed"}}),
}

WAITING = {
    "just created": {"spec": {"source": SOURCE, "destination": DESTINATION}},
    "an empty status": {"spec": {"source": SOURCE, "destination": DESTINATION}, "status": {}},
    "hole a: another revision": application(compared=OTHER),
    "hole a: another destination": application(compared={"destination": {"name": "edge"}}),
    "hole a: another namespace": application(
        spec={"destination": DESTINATION | {"namespace": "web"}},
        compared={"destination": DESTINATION},
    ),
    "hole a: one source more": application(
        spec={"sources": SOURCES}, compared={"sources": SOURCES[:1]}
    ),
    "hole a: from one source to several": application(
        spec={"sources": SOURCES}, compared={"sources": None}
    ),
    "hole a: an option that is gone": application(compared={"source": KUSTOMIZED}),
    "hole a: an option that is new": application(
        spec={"source": KUSTOMIZED}, compared={"source": SOURCE}
    ),
    "hole a: an operation is asked for": application(operation={"sync": {}}),
    "hole a: an operation runs": application(status={"operationState": {"phase": "Running"}}),
    "hole a: an operation ends": application(status={"operationState": {"phase": "Terminating"}}),
    "a stale failure": application(compared=OTHER, health="Degraded"),
    "no health yet": application(health=None),
    "still starting": application(health="Progressing"),
}

ROOT = {"name": "prod-root", "namespace": "argocd"}


def under_way(resources, **more):
    """Return an Application whose sync runs and which applies some objects."""
    status = {"operationState": {"phase": "Running"}, "resources": resources}
    return application(status=status, metadata=ROOT, **more)


def reference(group="argoproj.io", kind="Application", **more):
    return {"group": group, "kind": kind, "status": "Synced"} | ROOT | more


@pytest.mark.parametrize("more", [{}, {"health": "Degraded"}, {"operation": {"sync": {}}}])
def test_an_application_that_syncs_itself_does_not_wait_for_its_own_end(more):
    """The root lies in the directory that it syncs; its own sync is under way while it looks."""
    others = [reference(kind="AppProject"), reference(name="web")]
    verdict_of_root = {"status": "Healthy", "message": "syncs itself"}
    assert verdict(under_way([*others, reference()], **more)) == verdict_of_root
    assert verdict(under_way(others, **more))["status"] == "Progressing"


@pytest.mark.parametrize(
    "other", [{"group": "example.com"}, {"kind": "AppProject"}, {"namespace": "x"}, {"name": "x"}]
)
def test_an_object_like_it_is_not_the_application_itself(other):
    assert verdict(under_way([reference(**other)]))["status"] == "Progressing"


def test_an_application_that_syncs_itself_is_as_well_as_any_other_when_it_is_done():
    done = under_way([reference()], health="Degraded")
    done["status"]["operationState"]["phase"] = "Succeeded"
    assert verdict(done)["status"] == "Degraded"


@pytest.mark.parametrize("options", [ArgocdOptions(), LENIENT], ids=["synced", "lenient"])
@pytest.mark.parametrize("state", WELL.values(), ids=WELL)
def test_a_well_application_is_healthy(state, options):
    assert verdict(state, options) == {"status": "Healthy", "message": ""}


@pytest.mark.parametrize("options", [ArgocdOptions(), LENIENT], ids=["synced", "lenient"])
@pytest.mark.parametrize("state", WAITING.values(), ids=WAITING)
def test_what_is_not_yet_known_or_done_is_progressing(state, options):
    assert verdict(state, options)["status"] == "Progressing"


@pytest.mark.parametrize("sync", ["OutOfSync", "Unknown"])
def test_missing_objects_are_waited_for_unless_the_switch_says_otherwise(sync):
    """Hole b, healthy with objects missing, and hole c, synced by hand or in a window."""
    state = application(sync=sync)
    assert verdict(state)["status"] == "Progressing"
    assert verdict(state, LENIENT)["status"] == "Healthy"


@pytest.mark.parametrize("health", ["Degraded", "Suspended", "Missing", "Unknown"])
def test_any_other_verdict_is_passed_on_with_its_message(health):
    told = {"health": {"status": health, "message": "why"}}
    assert verdict(application(status=told)) == {"status": health, "message": "why"}


def test_the_text_survives_a_config_map():
    data = yaml.safe_load(yaml.safe_dump({"data": {CM_KEY: health_lua(ArgocdOptions())}}))["data"]
    assert data == {
        "resource.customizations.health.argoproj.io_Application": health_lua(ArgocdOptions())
    }
