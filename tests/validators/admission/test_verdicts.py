"""The verdict on objects, held against the one of the API server that is on record."""

import pytest
import yaml

from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.objects.written import Object, load
from kure_hooks.rules import RULES
from kure_hooks.validators.admission import faults
from kure_hooks.validators.admission.rules import KINDS
from kure_hooks.yamlio import Document
from tests.support.admission_cases import MISSED, REFUSED, cases

CASES = dict(cases())
RIGHT = [name for name in CASES if " " not in name]


def judged(*manifests):
    return [*faults(Object(Document("x.yaml", each, 0, 0, {}), (), each) for each in manifests)]


def test_the_verdicts_are_those_of_the_api_server():
    refused = set(REFUSED.read_text().splitlines())
    errors = {
        name
        for name, case in CASES.items()
        if any(finding.severity is Severity.ERROR for finding in judged(case))
    }
    assert sorted(errors - refused) == []
    assert refused - errors == MISSED.keys()
    assert len(refused) > 300


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_said_of_a_right_object(name):
    assert judged(CASES[name]) == []


def test_every_kind_has_a_case():
    kinds = {(case["apiVersion"].rpartition("/")[0], case["kind"]) for case in CASES.values()}
    assert KINDS.keys() <= kinds


def test_every_finding_has_a_rule_of_its_weight_and_says_what_to_do():
    for case in CASES.values():
        for finding in judged(case):
            assert RULES[finding.rule].severity is finding.severity
            assert finding.problem
            assert finding.expected
            assert not finding.expected.startswith("expected")


SHAPES = (None, "", "x", 0, -1, 2.5, True, "2" * 99, [], {}, ["x"], [None], {"a": "b"}, [{}])


def places(value, above=()):
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, part in inner:
        yield (*above, step)
        if isinstance(part, dict | list):
            yield from places(part, (*above, step))


def replaced(value, place, part):
    """Return the value with another part, without what is beside the way to it being copied."""
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[place[0]] = replaced(copied[place[0]], place[1:], part) if place[1:] else part
    return copied


@pytest.mark.parametrize("kind", sorted({name.partition(" ")[0] for name in CASES}))
def test_an_object_of_any_shape_is_judged_without_a_fall(kind):
    """Schemas judge the same object, so that nothing here may rely on its shape."""
    some = [case for name, case in CASES.items() if name.partition(" ")[0] == kind]
    for case in some[:: max(1, len(some) // 12)]:
        for place in places(case):
            if place not in (("apiVersion",), ("kind",)):
                for shape in SHAPES:
                    assert all(map(str, judged(replaced(case, place, shape))))


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_not_known_yet_is_not_judged(name):
    """A variable may become anything, whatever it stands for; so may what SOPS has encrypted."""

    def veiled(value, text):
        if isinstance(value, dict):
            return {key: veiled(part, text) for key, part in value.items()}
        if isinstance(value, list):
            return [veiled(part, text) for part in value]
        return text if isinstance(value, str) else value

    case = CASES[name]
    address = {key: case[key] for key in ("apiVersion", "kind")}
    assert judged(veiled(case, "${name}") | address) == []
    encrypted = veiled(case, "ENC[AES256_GCM,data:x,type:str]")
    assert judged(encrypted | address | {"sops": {"version": "3.9.0"}}) == []


DIGITS = "9" * 5_000


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("CronJob", ("spec", "schedule"), f"{DIGITS} * * * *"),
        ("CronJob", ("spec", "schedule"), f"*/{DIGITS} * * * *"),
        ("CronJob", ("spec", "schedule"), "@every " + "1" * 300_000),
        ("CronJob", ("spec", "schedule"), "@every " + "1h" * 100_000 + "x"),
        ("PodDisruptionBudget", ("spec", "minAvailable"), f"{DIGITS}%"),
        ("Deployment", ("spec", "strategy"), {"rollingUpdate": {"maxUnavailable": f"{DIGITS}%"}}),
        ("PullSecret", ("stringData", ".dockerconfigjson"), "[" * 100_000),
        ("Pod", ("spec", "containers", 0, "ports"), [{"containerPort": 1, "name": DIGITS}]),
        ("Service", ("spec", "clusterIP"), f"{DIGITS}.1.1.1"),
        ("Service", ("spec", "clusterIP"), "\u0661.1.1.1"),
        ("Service", ("spec", "type"), "ClusterI" * 30_000),
        ("Pod", ("spec", "containers", 0, "resources"), {"limits": {"cpu": f"{DIGITS}GB"}}),
        ("Ingress", ("spec", "rules", 0, "host"), "a-." * 100_000),
    ],
)
def test_what_an_attacker_writes_is_a_finding_at_once(name, place, value):
    (finding, *_) = judged(replaced(CASES[name], place, value))
    assert len(str(finding)) < 600


def judged_text(text):
    return [str(each) for each in faults(load("apps/x.yaml", text.encode()).objects)]


PLACES = {
    "a name": (
        """\
apiVersion: v1
kind: Namespace
metadata:
  name: My_Team
""",
        (
            '4:3: Namespace My_Team: metadata.name: the API server refuses the name "My_Team" of a'
            " Namespace"
        ),
        "a name of lower-case letters, digits and dashes (at most 63), such as my-team",
    ),
    "no name": (
        """\
apiVersion: v1
kind: Namespace
metadata: {labels: {a: b}}
""",
        "3:11: Namespace: metadata.name: the object has no name",
        "a name such as web",
    ),
    "a quantity in a list": (
        """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: p}
  spec:
    containers:
    - name: c
      image: i
      resources:
        limits:
          memory: 512MB
""",
        '13:11: Pod p: spec.containers[0].resources.limits.memory: "512MB" is no quantity',
        "a quantity such as 512M",
    ),
    "labels of pods": (
        """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata: {labels: {app: wep}}
    spec: {containers: [{name: c, image: i}]}
""",
        "7:7: Deployment d: spec.selector.matchLabels.app: the pods have no label app: web",
        "the same label in template.metadata.labels",
    ),
    "a volume": (
        """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  volumes:
  - name: config
    emptyDir: {}
  containers:
  - name: c
    image: i
    volumeMounts:
    - name: confg
      mountPath: /etc/app
""",
        "12:7: Pod p: spec.containers[0].volumeMounts[0].name: the pod has no volume confg",
        'Did you mean "config"?',
    ),
    "a schedule": (
        """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: j}
spec:
  schedule: '61 * * * *'
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: c, image: i}]}
""",
        '5:3: CronJob j: spec.schedule: "61" in the schedule "61 * * * *" is no minute',
        "one such as '0 3 * * *'",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_finding_stands_at_its_key(name):
    text, problem, expected = PLACES[name]
    finding = Finding(Location("apps/x.yaml"), "", problem, expected)
    assert judged_text(text) == [f"apps/x.yaml:{finding.message}"]


def test_a_secret_is_never_shown():
    secret = "hunter2-and-more"  # noqa: S105 - it is what must not be shown
    text = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: kubernetes.io/dockerconfigjson\n"
        f"data: {{token: '{secret}'}}\nstringData: {{.dockerconfigjson: '{secret}'}}\n"
    )
    found = judged_text(text)
    assert len(found) == 2
    assert secret not in " ".join(found)


def test_what_never_comes_to_a_cluster_is_not_judged():
    annotations = {"config.kubernetes.io/local-config": "true"}
    meta = {"name": "A_b", "annotations": annotations}
    assert judged({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}) == []


def test_a_placeholder_is_no_name():
    assert judged({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "_"}}) == []


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("Service spec.externalIPs 2", ["VA153"]),
        ("Service spec.externalIPs 3", ["VA156"]),
        ("LoadBalancer spec.loadBalancerSourceRanges 2", ["VA153"]),
        ("LoadBalancer spec.loadBalancerSourceRanges 4", ["VA156"]),
        ("NetworkPolicy spec.ingress.0.from 2", ["VA155"]),
        ("NetworkPolicy spec.ingress.0.from 3", ["VA156"]),
    ],
)
def test_an_address_has_one_finding(name, rules):
    assert [finding.rule for finding in judged(CASES[name])] == rules


def test_custom_resources_have_metadata_like_all_objects():
    meta = {"name": "A_b", "labels": {"a b": "c"}, "finalizers": ["x"]}
    found = judged({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": meta})
    assert [finding.rule for finding in found] == ["VA100", "VA103"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}, "VA134"),
        ({"ports": [{"containerPort": 80}, {"containerPort": 80}]}, "VA133"),
        ({"resources": {"requests": {"memory": "512m"}}}, "VA122"),
    ],
)
def test_what_the_server_takes_and_people_regret_is_a_warning(changes, rule):
    pod = yaml.safe_load(yaml.safe_dump(CASES["Pod"]))
    pod["spec"]["containers"][0] |= changes
    (finding,) = judged(pod)
    assert (finding.rule, finding.severity) == (rule, Severity.WARNING)


def test_a_long_name_leaves_no_room_for_the_pods_of_a_stateful_set():
    case = yaml.safe_load(yaml.safe_dump(CASES["StatefulSet"]))
    case["metadata"]["name"] = "a" * 53
    assert [finding.rule for finding in judged(case)] == ["VA101"]
