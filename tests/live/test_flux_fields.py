"""What each field of a bundle does, seen on one cluster with Flux in four moments.

At `begun` all is rolled out but what waits; then people change things by hand, and what was held
ends: `released`. With the second commit it is `changed`, with the third much is `removed`.
"""

import base64
import re

import pytest

from tests.live import fields
from tests.live.fleet import Fleet
from tests.live.programs import FLUX, SERVER, missing
from tests.live.shapes import HOSTS, STACK
from tests.live.story import Story
from tests.live.world import world
from tests.support.git import write

WAITING = {
    *("checked", "after-checked", "expressed", "after-expressed"),
    *("late", "after-late", "remote"),
}
FAILING = {"undefined", "stranger"}


_OBJECT = re.compile(r"\b[A-Z][A-Za-z]+/[a-z0-9-]+/[a-z0-9-]+\b")
"""An object as Flux names it in a message: kind, namespace and name."""


def patched(live, name, **data):
    """Change data of a ConfigMap as a person would."""
    live.cluster.api.merge(fields.config(name), {"data": data})


@pytest.fixture(scope="module")
def told(tmp_path_factory, table):
    """The moments of one cluster."""
    if absent := missing(*SERVER, *FLUX, "kube-controller-manager"):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    directory = tmp_path_factory.mktemp("fields")
    with world(directory / "world", "flux", hosts=HOSTS) as live:
        story = Story(live)
        early, later = fields.beforehand(fields.inline(live.cluster.kubeconfig))
        live.cluster.rollouts.held |= {"slow", "never", "late"}
        for each in early:
            live.cluster.api.apply(each, manager="kubectl")
        fleet = Fleet.of(directory / "fleet", fields.fleet(1), STACK)
        fleet.generate()
        seconds = live.roll_out(fleet, besides=WAITING | FAILING | {"suspended"})
        story.keep("begun", lambda now: all(map(now.failure, {*FAILING, "remote"})))
        _let_go(live, later)
        live.settle(fleet.head, besides={*FAILING, "suspended", "late", "after-late"})
        story.keep("released", _corrected)
        live.cluster.rollouts.held -= {"late"}
        live.settle(fleet.head, besides={*FAILING, "suspended"})

        for step, name in ((2, "changed"), (3, "removed")):
            write(fleet.directory, fields.fleet(step))
            fleet.generate()
            live.change(fleet, besides={*FAILING, "halting", "unforced", "awaited"})
            story.keep(name, lambda now: bool(now.failure("unforced")))
        held = fields.config("awaited")
        live.cluster.api.merge(held, {"metadata": {"finalizers": None}})
        story.keep("over", lambda now: not now.has_unit("awaited"))
        objects = len(story.moments["begun"].objects)
        table.add("one field a bundle", "flux", seconds=f"{seconds:.1f}", objects=objects)
        yield story


def _let_go(live, later):
    """Change objects by hand, and end what bundles wait for, but for the one that is late."""
    for each in later:
        live.cluster.api.apply(each)
    live.cluster.rollouts.held -= {"slow"}
    patched(live, "gate", phase="done")
    patched(live, "drifting", level="theirs")
    patched(live, "hourly", level="theirs")
    patched(live, "left", level="theirs", other="theirs")


def _corrected(now):
    corrected = now.data("drifting")["level"], now.data("left")["other"]
    return corrected == ("mine", "mine") and now.failure("late")


@pytest.fixture
def begun(told):
    return told.moments["begun"]


@pytest.fixture
def released(told):
    return told.moments["released"]


@pytest.fixture
def changed(told):
    return told.moments["changed"]


@pytest.fixture
def removed(told):
    return told.moments["removed"]


def test_a_suspended_bundle_is_not_applied_and_others_are(begun, changed, removed):
    assert begun.get("suspended") is None
    assert not begun.ready("suspended")
    assert begun.ready("account")
    assert changed.get("suspended")
    # One that is suspended later keeps what it has, also when it is removed.
    assert changed.data("halting") == removed.data("halting") == {"step": "1"}
    assert removed.get("halting-gone")
    assert not removed.has_unit("halting")


def test_pruning_follows_prune(changed, removed):
    assert changed.data("mirrored") == changed.data("unpruned") == {"step": "2"}
    assert changed.get("mirrored-gone") is None
    assert changed.get("unpruned-gone")
    assert removed.get("mirrored") is None
    assert removed.get("unpruned")


def test_an_object_that_opts_out_of_pruning_stays(changed, removed):
    for name in ("mirrored", "orphaned", "awaited"):
        assert changed.get(f"{name}-gone") is None
        assert removed.get(f"{name}-held")


def test_what_goes_with_a_bundle_follows_the_deletion_policy(told, changed, removed):
    assert changed.get("orphaned-gone") is None
    assert removed.get("orphaned")
    assert changed.get("cascading-gone")
    assert removed.get("cascading") is None
    # A Kustomization that waits is there as long as its objects are.
    assert removed.get("awaited")["metadata"]["deletionTimestamp"]
    assert removed.has_unit("awaited")
    over = told.moments["over"]
    assert over.get("awaited") is None
    assert not over.has_unit("awaited")


def test_what_cannot_be_changed_is_replaced_with_force(begun, changed):
    for name in ("forced", "forcing"):
        assert changed.data(name) == {"step": "2"}
        assert changed.uid(name) != begun.uid(name)
    assert "immutable" in changed.failure("unforced")
    assert changed.uid("unforced") == begun.uid("unforced")
    assert changed.data("unforced") == {"step": "1"}


def test_objects_say_how_they_are_applied(begun, changed):
    assert begun.data("once") == changed.data("once") == {"step": "1"}
    assert changed.data("merged") == {"step": "2", "theirs": "yes"}
    assert changed.data("taken") == {"step": "2"}
    assert begun.get("ignored") is None
    assert begun.get("unreconciled") is None


def test_drift_is_corrected_at_each_interval_but_for_ignored_fields(released, changed):
    assert released.data("drifting") == {"level": "mine"}
    assert released.data("left") == {"level": "theirs", "other": "mine"}
    assert released.data("hourly") == {"level": "theirs"}
    assert changed.data("hourly") == {"level": "mine"}


def test_variables_are_substituted_once_applied(begun):
    # What the bundle says goes before its ConfigMaps.
    assert begun.data("substituted") == {"text": "live eu small ${kept}"}
    assert begun.data("verbatim") == {"text": "${cluster}"}
    assert "strict mode" in begun.failure("undefined")
    assert "nowhere" in begun.failure("undefined")
    assert begun.get("undefined") is None


def test_objects_are_applied_where_and_as_the_bundle_says(begun):
    # The same object, applied by two bundles into namespaces of their own.
    for namespace, unit in (("shop", "targeted"), ("web", "untargeted")):
        labels = begun.get("targeted", namespace=namespace)["metadata"]["labels"]
        assert labels["kustomize.toolkit.fluxcd.io/name"] == unit
    front = begun.get("a-front-z", "Deployment")
    assert front["spec"]["paused"]
    assert front["spec"]["template"]["spec"]["containers"][0]["image"] == "example.com/main:2.0"
    labels = front["metadata"]["labels"]
    assert labels["example.com/component"] == labels["example.com/common"] == "yes"
    assert "path: " in front["metadata"]["annotations"]["config.kubernetes.io/origin"]


def test_labels_are_for_all_objects_or_for_the_unit_alone(begun):
    unit, front = begun.unit("decorated"), begun.get("a-front-z", "Deployment")
    for each in (unit, front):
        assert each["metadata"]["labels"]["example.com/team"] == "shop"
        assert "For readers" not in str(each)
    assert unit["metadata"]["labels"]["example.com/only"] == "unit"
    assert "example.com/only" not in str(front)
    assert unit["metadata"]["annotations"]["patched"] == "here"
    assert "patched" not in str(front)


def test_secrets_are_decrypted_with_the_key_that_the_bundle_names(begun):
    assert secret(begun, "unsealed") == "hidden"
    # Flux 2.9 means to refuse an encrypted Secret without `decryption`, and applies it.
    assert secret(begun, "sealed").startswith("ENC[AES256_GCM,")


def secret(moment, name):
    return base64.b64decode(moment.get(name, "Secret")["data"]["level"]).decode()


def test_the_account_of_a_bundle_decides_what_it_may_apply(begun):
    assert begun.get("account")
    assert "system:serviceaccount:flux-system:stranger" in begun.failure("stranger")
    assert begun.get("stranger") is None


def test_a_bundle_is_applied_with_the_kubeconfig_that_it_names(begun, released):
    assert "unable to read KubeConfig secret" in begun.failure("remote")
    assert begun.get("remote") is None
    assert released.get("remote")


def test_a_bundle_is_ready_when_its_health_checks_are(begun, released):
    assert begun.get("slow", "Deployment")
    assert begun.get("after-checked") is None
    # What no health check names is not waited for.
    assert released.ready("checked")
    assert "availableReplicas" not in released.get("never", "Deployment")["status"]
    assert released.get("after-checked")


def test_health_is_told_by_expressions(begun, released):
    assert begun.data("gate") == {"mine": "yes"}
    assert not begun.ready("expressed")
    assert begun.get("after-expressed") is None
    assert released.get("after-expressed")


def test_an_expression_takes_the_place_of_waiting(begun):
    assert not begun.ready("checked")
    assert begun.get("eager")


def test_waiting_ends_with_the_timeout_and_begins_again(released, changed):
    # The next try needs no commit: the fixture waits for it before it makes one.
    # Flux names what it waited for, or says that its next look would come too late.
    failures = released.failures["late"]
    assert {each.partition(": ")[0] for each in failures} == {"HealthCheckFailed"}
    named = {name for each in failures for name in _OBJECT.findall(each)}
    assert named <= {"Deployment/web/late"}, failures
    assert not any("Deployment/web/late" in str(released.failure(name)) for name in FAILING)
    assert "availableReplicas" not in released.get("late", "Deployment").get("status", {})
    assert released.get("after-late") is None
    assert released.unit("after-late")["spec"]["dependsOn"][0]["name"] == "late"
    assert changed.get("after-late")
