"""What each field of a bundle does, seen on one cluster with Argo CD in some moments.

At `begun` all is rolled out; then people change things by hand and make what is missing:
`released`. With the second commit it is `changed`, with the third much is `removed`. What is lost
with either of them is what kure-hooks says.
"""

import time

import pytest

from tests.live import argocd_fields as fields
from tests.live.changing import announced, observed, payload
from tests.live.fields import config
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, SERVER, missing
from tests.live.shapes import HOSTS, STACK, URL
from tests.live.story import Story
from tests.live.test_argocd import OURS
from tests.live.world import world
from tests.support.git import write

UNSYNCED = {
    *("suspended", "halting", "unhealed", "unpruned", "cascading", "mirrored", "orphaned"),
    *("retrying", "stuck", "live-root"),
}
"""Units that are not in sync at some time because somebody wants it so, and the root."""


LEFT_OVER = ("-gone", "-held")
"""The ends of the names of objects that only the first commit has."""


@pytest.fixture(scope="module")
def told(tmp_path_factory, table):
    """The moments of one cluster."""
    if absent := missing(*SERVER, *ARGOCD, "kube-controller-manager"):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    directory = tmp_path_factory.mktemp("fields")
    with world(directory / "world", "argocd", hosts=HOSTS, settings=OURS) as live:
        story = Story(live)
        for each in fields.beforehand():
            live.cluster.api.apply(each, manager="kubectl")
        fleet = Fleet.of(directory / "fleet", fields.fleet(1), STACK)
        fleet.generate()
        seconds = live.roll_out(
            fleet, expected=fields.units(1) - UNSYNCED, besides=UNSYNCED, seconds=300
        )
        story.keep("begun", _is_begun, seconds=120)
        story.again = synced_again(live, fleet)
        story.applied = {
            key: each for key, each in payload(live, fleet).items() if is_expected(str(each))
        }
        _let_go(live)
        live.settle(fleet.head, besides=UNSYNCED, seconds=300)
        story.keep("released", _corrected, seconds=120)
        story.surprises = {}
        for step, name in ((2, "changed"), (3, "removed")):
            base = fleet.head
            write(fleet.directory, fields.fleet(step))
            fleet.generate()
            units = fields.units(step) - UNSYNCED
            live.change(fleet, expected=units, besides=UNSYNCED, seconds=300)
            story.keep(name, _is_cleared if name == "removed" else _is_changed, seconds=120)
            seen = observed(story.applied, live.cluster.history.since(live.begun))
            said = announced(fleet, base)
            story.surprises[name] = said.about(is_expected).contradicted(seen)
            # What was kept is no longer in the tree, which is all that kure-hooks knows.
            story.applied = {
                key: it for key, it in story.applied.items() if not str(it).endswith(LEFT_OVER)
            }
        stopping = {"status": {"operationState": {"phase": "Terminating"}}}
        if stuck := story.moments["removed"].application("stuck"):
            live.cluster.api.merge(stuck, stopping)
        story.keep("over", lambda now: now.application("stuck") is None, 60)
        objects = len(story.moments["begun"].objects)
        table.add("one field a bundle", "argocd", seconds=f"{seconds:.1f}", objects=objects)
        yield story


def is_expected(name):
    """Tell whether what happens to an object is announced.

    Not so for what isn't there yet, for what `argocd.force` replaces at each sync, and for what
    goes or stays as the sync of the same commit comes before or after that of the root.
    """
    return name.rpartition("/")[2] not in ("suspended", "stuck", "forced", "halting-gone")


def synced_again(live, fleet):
    """Return the applied objects that a second sync writes."""
    since, keys = live.cluster.history.now(), set(payload(live, fleet))
    live.tool.sync()
    time.sleep(5)
    return sorted({each.key for each in live.cluster.history.since(since)} & keys)


def patched(live, name, **data):
    """Change data of a ConfigMap as a person would."""
    live.cluster.api.merge(config(name), {"data": data})


def _let_go(live):
    """Change objects by hand, and make the namespace without which a unit fails."""
    later = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "later"}}
    live.cluster.api.apply(later, manager="kubectl")
    patched(live, "drifting", level="theirs")
    patched(live, "unhealed", level="theirs")
    patched(live, "left", level="theirs", other="theirs")


def _corrected(now):
    corrected = now.data("drifting")["level"], now.data("left")["other"]
    return corrected == ("mine", "mine") and now.get("retrying", namespace="later")


def _is_begun(now):
    failing = now.failure("retrying") and now.failure("stuck")
    return failing and all(map(now.get, ("unhealed", "mirrored-held", "cascading", "orphaned")))


def _is_changed(now):
    return now.get("added") and now.get("suspended")


def _is_cleared(now):
    # What fails goes last, once somebody ends it.
    return not any(map(now.application, fields.units(2) - fields.units(3) - {"stuck"}))


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


def test_a_second_sync_writes_no_object_whatever_the_fields(told):
    assert told.again == []


@pytest.mark.parametrize("name", ["changed", "removed"])
def test_what_a_change_loses_is_what_is_announced_whatever_the_fields(told, name):
    assert told.surprises[name] == []


def test_a_suspended_application_is_not_synced_and_others_are(begun, changed, removed):
    assert begun.get("suspended") is None
    assert begun.data("drifting")
    assert changed.get("suspended")
    # The commit that suspends may itself be synced before; the removal goes through.
    assert changed.get("halting")
    assert removed.get("halting") is None


def test_an_application_prunes_as_the_bundle_says(changed, removed):
    assert changed.data("mirrored") == changed.data("unpruned") == {"step": "2"}
    assert changed.get("mirrored-gone") is None
    assert changed.get("unpruned-gone")
    assert removed.get("mirrored") is None
    assert removed.get("unpruned")


def test_an_object_that_opts_out_of_pruning_stays_under_argo_cd(changed, removed):
    for name in ("mirrored", "orphaned", "halting"):
        assert changed.get(f"{name}-held")
        assert removed.get(f"{name}-held")
    assert changed.get("orphaned-gone") is None


def test_the_finalizer_of_an_application_follows_the_deletion_policy(changed, removed):
    assert removed.get("orphaned")
    assert changed.get("cascading-gone")
    assert removed.get("cascading") is removed.get("cascading-gone") is None
    for name in ("orphaned", "cascading", "unpruned"):
        assert removed.application(name) is None


def test_what_cannot_be_changed_is_replaced_with_force_of_argo_cd(begun, changed):
    assert changed.data("forced") == {"step": "2"}
    assert changed.uid("forced") != begun.uid("forced")


def test_objects_say_how_argo_cd_applies_them(begun, changed):
    for name in ("merged", "taken"):
        assert changed.data(name) == {"step": "2", "theirs": "yes"}
    assert begun.get("ignored") is changed.get("ignored") is None
    assert begun.get("unreconciled") is changed.get("unreconciled") is None


def test_drift_is_corrected_but_for_ignored_fields_and_without_self_heal(released, changed):
    assert released.data("drifting") == {"level": "mine"}
    assert released.data("left") == {"level": "theirs", "other": "mine"}
    assert released.data("unhealed")["level"] == "theirs"
    assert changed.data("unhealed") == {"level": "mine", "step": "2"}


def test_variables_are_in_the_manifests(begun):
    assert begun.data("substituted") == {"text": "live eu small ${kept}"}
    assert begun.data("verbatim") == {"text": "${cluster}"}


def test_objects_are_synced_where_and_as_the_bundle_says(begun):
    assert begun.get("targeted", namespace="shop")
    assert begun.get("targeted") is None
    front = begun.get("a-front-z", "Deployment")
    assert front["spec"]["revisionHistoryLimit"] == 3
    assert front["spec"]["template"]["spec"]["containers"][0]["image"] == "example.com/main:2.0"
    labels = front["metadata"]["labels"]
    assert labels["example.com/component"] == labels["example.com/common"] == "yes"


def test_labels_are_for_all_objects_or_for_the_application_alone(begun):
    unit, front = begun.application("decorated"), begun.get("a-front-z", "Deployment")
    for each in (unit, front):
        assert each["metadata"]["labels"]["example.com/team"] == "shop"
        assert "example.com/flux" not in str(each)
    assert "For readers" not in str(front)
    assert unit["metadata"]["labels"]["example.com/only"] == "unit"
    assert unit["spec"]["revisionHistoryLimit"] == 3
    assert "example.com/only" not in str(front)
    assert unit["metadata"]["annotations"]["patched"] == "here"
    assert "patched" not in str(front["metadata"])


def test_namespaces_are_made_by_applications_and_stay(begun, removed):
    for name in ("made-one", "made-two"):
        assert begun.get(name, "Namespace", "")
        assert removed.get(name, "Namespace", "")
    assert begun.get("second", namespace="made-two")


def test_an_application_is_tried_again_without_a_commit(begun, released):
    assert 'namespaces "later" not found' in begun.failure("retrying")
    assert released.get("retrying", namespace="later")


def test_a_bundle_that_fails_when_it_is_removed_goes_once_its_operation_ends(told, removed):
    """docs/changes.md says how to end it; with `retryInterval` it doesn't end by itself."""
    stuck = removed.application("stuck")
    assert stuck, "it is gone at once, and what it applied is left"
    assert stuck["metadata"]["deletionTimestamp"]
    assert stuck["status"]["operationState"]["phase"] == "Running"
    assert told.moments["over"].application("stuck") is None


def test_a_source_with_its_address_is_in_the_application(begun):
    source = begun.application("sourced")["spec"]["source"]
    assert (source["repoURL"], source["targetRevision"]) == (URL, "main")
    assert begun.get("sourced")


def test_another_project_loses_nothing(begun, changed):
    assert begun.application("moving")["spec"]["project"] == "live"
    assert changed.application("moving")["spec"]["project"] == "default"
    assert changed.uid("moving") == begun.uid("moving")


def test_a_bundle_is_added_to_a_running_cluster(begun, changed):
    assert begun.application("added") is None
    assert changed.get("added")
