"""Workloads as applications: whatever becomes one is generated again, object by object."""

from copy import deepcopy
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.apps import workload as kind
from kure_hooks.apps.workload.inputs.controllers import ControllerFields
from kure_hooks.apps.workload.inputs.jobs import JobFields
from kure_hooks.findings import Location
from kure_hooks.gitops.payload import Resource
from kure_hooks.importing.products import makes, objects_of
from kure_hooks.importing.workloads import CONTROLLERS, workload
from kure_hooks.manifests import canonical, kind_of
from kure_hooks.yamlio import Document

GOLDEN = Path(__file__).parents[1] / "apps/golden"
EVERYTHING = yaml.safe_load((GOLDEN / "everything.yaml").read_text())
# The objects beside the pods are taken as they are.
USUAL = {field.encode_name for field in msgspec.structs.fields(kind.Usual)}
EVERYTHING["spec"] = {key: EVERYTHING["spec"][key] for key in EVERYTHING["spec"] if key in USUAL}
NEEDED = ("workload", "containers")
JOBS = ("job", "cron-job")
"""Golden applications of Jobs."""


def resource(manifest):
    return Resource(Document("all.yaml", manifest, 0, 0, {}), (), manifest, Location("x"), None)


def adopted(manifests):
    """Return what becomes of the only controller among some objects."""
    resources = [resource(manifest) for manifest in manifests]
    (controller,) = [each for each in resources if kind_of(each.manifest) in CONTROLLERS]
    return workload(controller, [each for each in resources if each is not controller])


# Keys of the golden application that a kind of workload has not.
NOT_OF = {
    "StatefulSet": (),
    "Deployment": (
        *("updateStrategy", "podManagementPolicy", "volumeClaimTemplates"),
        "persistentVolumeClaimRetentionPolicy",
    ),
    "DaemonSet": (
        *("podManagementPolicy", "volumeClaimTemplates", "persistentVolumeClaimRetentionPolicy"),
        *("replicas", "autoscaling", "podDisruptionBudget"),
    ),
}


def without(application, *keys):
    spec = {key: item for key, item in application["spec"].items() if key not in keys}
    return {**application, "spec": spec}


def start(name):
    """Return the golden application as another kind of workload, which is valid."""
    application = {"name": EVERYTHING["metadata"]["name"], "kind": "AppWorkload"}
    application |= {"spec": {**deepcopy(EVERYTHING["spec"]), "workload": name}}
    application = without(application, "configFiles", *NOT_OF[name])
    if name != "StatefulSet":
        container = application["spec"]["containers"][0]
        container["volumeMounts"] = []
        container.pop("volumeDevices", None)
    if name == "DaemonSet":
        application["spec"]["updateStrategy"] = {"type": "OnDelete"}
    return application


@st.composite
def applications(draw):
    """Return an application without some of the keys that it can do without."""
    application = start(draw(st.sampled_from(sorted(NOT_OF))))
    optional = sorted(application["spec"].keys() - set(NEEDED))
    for key in draw(st.lists(st.sampled_from(optional), unique=True)):
        smaller = without(application, key)
        application = smaller if objects_of(smaller) else application
    text = st.dictionaries(st.sampled_from(["team", "tier"]), st.sampled_from(["a", "b"]))
    application |= {key: value for key in ("labels", "annotations") if (value := draw(text))}
    if draw(st.booleans()):
        application["namespace"] = "web"
    return application


@pytest.mark.parametrize("name", NOT_OF)
def test_each_kind_of_workload_is_tried(name):
    assert len(objects_of(start(name))) > 5


@settings(max_examples=150, deadline=None)
@given(applications())
def test_what_an_application_generates_is_adopted_as_one(application):
    manifests = objects_of(application)
    taken = adopted(manifests)
    made = sorted(map(canonical, objects_of(taken.application)))
    assert made == sorted(map(canonical, manifests))


@settings(max_examples=150, deadline=None)
@given(applications(), st.data())
def test_objects_that_were_changed_are_adopted_as_they_are_or_not_at_all(application, data):
    manifests = deepcopy(objects_of(application))
    for _ in range(data.draw(st.integers(1, 3))):
        change(data, data.draw(st.sampled_from(manifests)))
    taken = adopted(manifests)
    if taken is not None:
        assert makes(taken.application, taken.resources)
        known = set(map(canonical, manifests))
        assert all(canonical(each) in known for each in objects_of(taken.application))


def change(data, value):
    """Remove a key somewhere in a value, or put another value there."""
    while isinstance(value, dict) and value:
        key = data.draw(st.sampled_from(sorted(value)))
        if key in ("kind", "apiVersion", "metadata", "name"):
            return
        if not isinstance(value[key], dict) or data.draw(st.booleans()):
            new = data.draw(st.sampled_from([None, "x", 7, [], {}, ["y"], {"z": True}]))
            value.pop(key) if new is None else value.update({key: new})
            return
        value = value[key]


def test_everything_is_adopted_whole():
    head = EVERYTHING["metadata"]
    application = {**head, "kind": "AppWorkload", "spec": EVERYTHING["spec"]}
    manifests = objects_of(without(application, "configFiles"))
    assert len(adopted(manifests).resources) == len(manifests)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("spec", "selector", "matchLabels"), {"app": "shop"}),
        (("metadata", "labels"), {"app.kubernetes.io/name": "shop"}),
        (("spec", "paused"), True),
        (("spec", "replicas"), "3"),
        (("metadata", "finalizers"), ["a/b"]),
    ],
)
def test_what_no_application_generates_is_none(path, value):
    spec = {"workload": "Deployment", "containers": [{"name": "main", "image": "nginx:1"}]}
    (manifest,) = objects_of({"name": "shop", "kind": "AppWorkload", "spec": spec})
    assert adopted([deepcopy(manifest)])
    inner = manifest
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert adopted([manifest]) is None


def test_all_fields_of_the_spec_are_tried():
    of_jobs, others = (
        {each.encode_name for each in msgspec.structs.fields(struct)}
        for struct in (JobFields, ControllerFields)
    )
    in_jobs = {key for name in JOBS for key in golden_application(name)["spec"]}
    assert of_jobs - others <= in_jobs
    # Jobs have golden applications of their own, and what is of a Deployment alone can't be beside
    # claims.
    untried = (of_jobs - others) | {"strategy", "progressDeadlineSeconds"}
    # What is adopted is one workload in long forms.
    short = {"sidecars", "spread", "security", "workloads"}
    assert USUAL - EVERYTHING["spec"].keys() == untried | short


def golden_application(name):
    document = yaml.safe_load((GOLDEN / f"{name}.yaml").read_text())
    return {**document["metadata"], "kind": "AppWorkload", "spec": document["spec"]}


@pytest.mark.parametrize("name", JOBS)
def test_jobs_are_adopted_with_all_of_their_fields(name):
    manifests = objects_of(golden_application(name))
    taken = adopted(manifests)
    assert len(taken.resources) == len(manifests)
    made = sorted(map(canonical, objects_of(taken.application)))
    assert made == sorted(map(canonical, manifests))


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("job", ("metadata", "labels", "app.kubernetes.io/name"), "other"),
        ("job", ("spec", "manualSelector"), True),
        ("cron-job", ("spec", "jobTemplate", "metadata"), {}),
        ("cron-job", ("spec", "jobTemplate", "spec", "suspend"), False),
        ("cron-job", ("spec", "jobTemplate", "spec"), None),
    ],
)
def test_jobs_that_no_application_generates_are_none(name, path, value):
    manifests = deepcopy(objects_of(golden_application(name)))
    (inner,) = job = [each for each in manifests if each["kind"] in ("Job", "CronJob")]
    assert adopted(job)
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert adopted(job) is None


def test_short_forms_come_back_as_the_long_forms_that_give_the_same_objects():
    document = yaml.safe_load((GOLDEN / "short-forms.yaml").read_text())
    written = {**document["metadata"], "kind": "AppWorkload", "spec": document["spec"]}
    manifests = objects_of(written)
    long = adopted(manifests).application
    assert not {"sidecars", "spread", "security"} & long["spec"].keys()
    assert objects_of(long) == manifests
