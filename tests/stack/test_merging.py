"""Overrides merged into documents, beside a plain model of it and the real kustomize."""

import json
import subprocess
from itertools import product
from time import process_time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.apps.workload import MERGE_KEYS
from kure_hooks.stack.merging import DIRECTIVE, filled, merged
from kure_hooks.yamlio import read
from kure_hooks.yamlio.place import Place
from tests.support.tools import tool

WEB = """\
replicas: 2
nodeSelector: {pool: general, disk: ssd}
tolerations: [{key: spot}]
containers:
- name: web
  image: web:1
  env:
  - {name: A, value: a}
  - {name: B, value: b}
- name: side
  image: side:1
"""


def place(text, path="web.yaml"):
    (document,) = read(text.encode(), path)
    return Place(document)


def over(*patches, keys=MERGE_KEYS, text=WEB):
    """Return the value with the patches merged into it; there must be no faults."""
    result, faults = merged(place(text), [place(patch, "over.yaml") for patch in patches], keys)
    assert faults == []
    return result


@pytest.mark.parametrize(
    ("patch", "change"),
    [
        ("replicas: 3", {"replicas": 3}),
        ("replicas: null", {"replicas": None}),
        ("absent: null", {}),
        ("nodeSelector: {pool: big}", {"nodeSelector": {"pool": "big", "disk": "ssd"}}),
        ("nodeSelector: {disk: null}", {"nodeSelector": {"pool": "general"}}),
        ("nodeSelector: {$patch: delete}", {"nodeSelector": None}),
        ("nodeSelector: {$patch: replace, zone: a}", {"nodeSelector": {"zone": "a"}}),
        ("nodeSelector: {$patch: merge, zone: a, pool: null}",
         {"nodeSelector": {"disk": "ssd", "zone": "a"}}),
        ("tolerations: [{key: gpu}]", {"tolerations": [{"key": "gpu"}]}),
        ("tolerations: []", {"tolerations": []}),
        ("affinity: {a: {b: null, c: 1}}", {"affinity": {"a": {"c": 1}}}),
    ],
)  # fmt: skip
def test_mappings_are_merged_and_other_lists_replaced(patch, change):
    expected = yaml.safe_load(WEB) | change
    expected = {key: value for key, value in expected.items() if value is not None}
    assert over(patch).value == expected


@pytest.mark.parametrize(
    ("patch", "names"),
    [
        ("containers: [{name: side, image: side:2}]", ["web", "side"]),
        ("containers: [{name: new, image: new:1}]", ["web", "side", "new"]),
        ("containers: [{name: web, $patch: delete}]", ["side"]),
        ("containers: [{$patch: replace}, {name: new}]", ["new"]),
        ("containers: [{$patch: delete}]", None),
        ("containers: []", ["web", "side"]),
    ],
)
def test_items_keep_their_order_and_new_ones_come_last(patch, names):
    containers = over(patch).value.get("containers")
    assert names == (None if containers is None else [item["name"] for item in containers])


def test_later_patches_change_what_earlier_ones_brought():
    value = over(
        "containers: [{name: web, env: [{name: C, value: c}]}]",
        "containers: [{name: web, env: [{name: C, value: d}, {name: A, $patch: delete}]}]",
    ).value
    assert value["containers"][0]["env"] == [
        {"name": "B", "value": "b"},
        {"name": "C", "value": "d"},
    ]


def test_a_list_of_names_gets_those_that_it_lacks():
    text = "imagePullSecrets: [one, two]"
    assert over("imagePullSecrets: [two, three]", text=text).value == {
        "imagePullSecrets": ["one", "two", "three"]
    }


def test_an_item_that_a_patch_gives_another_key_is_found_by_that():
    text = "ports: [{name: web, containerPort: 80}, {name: api, containerPort: 81}]"
    patch = """\
ports:
- {name: web, containerPort: 90}
- {containerPort: 80, protocol: UDP}
- {containerPort: 90, protocol: TCP}
- {containerPort: 81, $patch: delete}
- {name: api, containerPort: 82}
"""
    assert over(patch, text=text).value["ports"] == [
        {"name": "web", "containerPort": 90, "protocol": "TCP"},
        {"containerPort": 80, "protocol": "UDP"},
        {"name": "api", "containerPort": 82},
    ]


def test_long_lists_are_merged_and_filled_in_time():
    names = [f"c{index}" for index in range(10_000)]
    text = json.dumps({"containers": [{"name": name} for name in names]})
    patch = {"containers": [{"name": name, "image": "web:2"} for name in reversed(names)]}
    profile = place("cpu: 100m", "profile.yaml")
    gaps = [((*at, "cpu"), profile.below("cpu")) for at in product(["containers"], range(10_000))]
    started = process_time()
    result = filled(over(json.dumps(patch), text=text), gaps)
    assert process_time() - started < 5
    assert result.value["containers"] == [
        {"name": name, "image": "web:2", "cpu": "100m"} for name in names
    ]


def test_without_keys_every_list_is_replaced():
    assert over("containers: [{name: new}]", keys={}).value["containers"] == [{"name": "new"}]


def test_the_document_and_the_patch_stay_as_they_are():
    document, patch = place(WEB), place("containers: [{name: web, env: [{$patch: replace}]}]")
    merged(document, [patch], MERGE_KEYS)
    assert document.value == yaml.safe_load(WEB)
    assert patch.value == {"containers": [{"name": "web", "env": [{DIRECTIVE: "replace"}]}]}


def test_values_are_told_where_they_are_written():
    result = over("containers:\n- name: web\n  env:\n  - {name: B, value: c}\n  image: null\n")
    at = {
        pointer: str(result.document.at(*pointer))
        for pointer in [
            ("containers", 0, "env", 0, "value"),
            ("containers", 0, "env", 1, "value"),
            ("containers", 0, "image"),
            ("containers", 1, "image"),
            ("containers", 0, "missing", "key"),
        ]
    }
    assert [*at.values()] == [
        "web.yaml:8:22",
        "over.yaml:4:22",
        "over.yaml:5:10",  # who deletes a key is to be blamed for its absence
        "web.yaml:11:10",
        "web.yaml:5:3",
    ]
    finding = result.below("containers", 0, "env", 1, "value").fault("it is wrong")
    assert (str(finding.at), finding.key) == ("over.yaml:4:22", "containers[0].env[0].value")


def test_gaps_are_filled_and_nothing_else():
    profile = place("replicas: 9\ncpu: 100m\nzone: a\n", "profile.yaml")
    gaps = [
        (("replicas",), profile.below("replicas")),
        (("containers", 0, "resources", "requests", "cpu"), profile.below("cpu")),
        (("containers", 7, "image"), profile.below("zone")),
        (("containers", "web", "image"), profile.below("zone")),
        (("replicas", "zone"), profile.below("zone")),
        (("zone",), profile.below("zone")),
    ]
    result = filled(place(WEB), gaps)
    expected = yaml.safe_load(WEB) | {"zone": "a"}
    expected["containers"][0]["resources"] = {"requests": {"cpu": "100m"}}
    assert result.value == expected
    cpu = result.below("containers", 0, "resources", "requests", "cpu")
    assert (str(cpu.at), cpu.fault("").key) == ("profile.yaml:2:6", "cpu")
    assert str(result.below("containers", 0, "image").at) == "web.yaml:6:10"


# --- Random overrides -----------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.sampled_from(["x", "y", "z", 1, 2, True])


def keyed(fields, key="name"):
    item = st.fixed_dictionaries({key: NAMES}, optional=fields)
    return st.lists(item, max_size=3, unique_by=lambda value: value[key])


def pods(scalar):
    """Return pods, or patches of them where `scalar` has None."""
    env = keyed({"value": st.sampled_from(["x", "y"])})
    mounts = keyed({"name": NAMES}, "mountPath")
    containers = keyed(
        {"image": scalar, "env": env, "volumeMounts": mounts, "args": st.just(["x"])}
    )
    fields = {
        "containers": containers,
        "volumes": keyed({"emptyDir": st.just({"medium": "Memory"})}),
        "nodeSelector": st.dictionaries(NAMES, scalar, max_size=3),
        "tolerations": st.lists(st.fixed_dictionaries({"key": NAMES}), max_size=2),
        "hostNetwork": scalar,
    }
    return st.fixed_dictionaries({}, optional=fields)


def directed(value):
    """Return patches with directives: some items and mappings are deleted or replaced."""
    if isinstance(value, dict):
        inner = {key: directed(item) for key, item in value.items()}
        return st.tuples(
            st.fixed_dictionaries(inner),
            st.sampled_from([None, None, "delete", "replace", "merge"]),
        ).map(lambda pair: pair[0] | ({DIRECTIVE: pair[1]} if pair[1] else {}))
    if isinstance(value, list):
        return st.tuples(*map(directed, value)).map(list)
    return st.just(value)


PATCHES = pods(st.one_of(SCALARS, st.none()))


def model(old, patch, key=""):
    """Return what a plain strategic merge makes of a value, None for nothing."""
    if isinstance(patch, dict):
        if patch.get(DIRECTIVE) == "delete":
            return None
        old = old if isinstance(old, dict) and patch.get(DIRECTIVE) != "replace" else {}
        changed = {name: model(old.get(name), patch[name], name) for name in patch}
        both = old | {name: changed[name] for name in changed if name != DIRECTIVE}
        return {name: value for name, value in both.items() if value is not None}
    if isinstance(patch, list) and key in MERGE_KEYS:
        name = MERGE_KEYS[key][0]
        items = {item[name]: item for item in old or ()}
        items |= {item[name]: model(items.get(item[name]), item) for item in patch}
        return [item for item in items.values() if item is not None]
    return patch


def leaves(value, pointer=()):
    """Yield every scalar of a value with the pointer to it."""
    if isinstance(value, (dict, list)):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*pointer, step))
    else:
        yield pointer, value


@given(pods(SCALARS), st.lists(PATCHES.flatmap(directed), max_size=3))
def test_random_overrides_are_those_of_a_plain_merge(spec, patches):
    places = [place(json.dumps(patch), f"{index}.yaml") for index, patch in enumerate(patches)]
    places = [patch for patch in places if patch.value.get(DIRECTIVE) != "delete"]
    result, faults = merged(place(json.dumps(spec)), places, MERGE_KEYS)
    assert {finding.problem.split()[0] for finding in faults} <= {"there", "this"}
    expected = spec
    for patch in places:
        expected = model(expected, patch.value)
    if not any("replaced" in finding.problem for finding in faults):
        assert result.value == expected
    for pointer, value in leaves(result.value):
        document, inside = result.document.origin(pointer)
        assert Place(document, inside).value == value


ANYTHING = st.recursive(
    st.one_of(SCALARS, st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*MERGE_KEYS, "name", DIRECTIVE]), inner, max_size=4),
    ),
    max_leaves=12,
)


def test_a_directive_counts_for_the_application_as_a_whole():
    result = over("{$patch: replace, replicas: 3}", "{$patch: merge, paused: true}")
    assert result.value == {"replicas": 3, "paused": True}
    assert str(result.below("replicas").at) == "over.yaml:1:29"


@pytest.mark.parametrize(
    ("patch", "fault"),
    [
        (
            "{$patch: delete, replicas: 3}",
            (
                "over.yaml:1:2: $patch: an override can't delete the application. "
                "Remove the application from its bundle."
            ),
        ),
        (
            "$patch: drop",
            'over.yaml:1:1: $patch: "drop" is no directive. Write one of delete, merge, replace.',
        ),
        (
            "containers: [{name: web, $patch: drop}]",
            (
                'over.yaml:1:26: containers[0].$patch: "drop" is no directive. '
                "Write one of delete, merge, replace."
            ),
        ),
        (
            "containers: [{$patch: delte}]",
            'over.yaml:1:15: containers[0].$patch: "delte" is no directive. Did you mean "delete"?',
        ),
    ],
)
def test_a_refused_directive_leaves_what_is_there(patch, fault):
    result, faults = merged(place(WEB), [place(patch, "over.yaml")], MERGE_KEYS)
    assert [str(finding) for finding in faults] == [fault]
    assert result.value == yaml.safe_load(WEB)


@given(st.dictionaries(NAMES, ANYTHING), st.lists(st.dictionaries(NAMES, ANYTHING), max_size=3))
def test_whatever_an_override_says_there_is_a_value(spec, patches):
    spec, *others = ({"containers": spec}, *({"containers": patch} for patch in patches))
    places = [place(json.dumps(patch), "over.yaml") for patch in others]
    result, _ = merged(place(json.dumps(spec)), places, MERGE_KEYS)
    for pointer, _ in leaves(result.value):
        assert result.document.at(*pointer).line == 1


def ordered(value):
    """Return a value with the items of keyed lists in the order of their keys."""
    if isinstance(value, dict):
        return {
            key: sorted(map(ordered, item), key=json.dumps)
            if key in MERGE_KEYS and isinstance(item, list)
            else ordered(item)
            for key, item in value.items()
        }
    return value


def without_empty(value):
    """Return a value without empty mappings and lists, which kustomize keeps or drops."""
    if isinstance(value, dict):
        inner = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in ({}, [])}
    return list(map(without_empty, value)) if isinstance(value, list) else value


def deployment(name, spec):
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"template": {"spec": spec}},
    }


CHANGES = [
    {"containers": [{"name": "b", "image": "x"}, {"name": "c", "image": "z"}]},
    {"containers": [{"name": "a", "env": [{"name": "b", "value": "new"}]}]},
    {"containers": [{"name": "a", "env": [{"name": "b", DIRECTIVE: "delete"}]}]},
    {"containers": [{"name": "a", "env": [{DIRECTIVE: "replace"}, {"name": "z", "value": "1"}]}]},
    {"containers": [{"name": "b", DIRECTIVE: "delete"}]},
    {"containers": [{"name": "a", "env": None, "args": ["y"]}]},
    {"containers": [{"name": "a", "volumeMounts": [{"mountPath": "/a", "name": "b"}]}]},
    {"volumes": [{"name": "a", "emptyDir": {"medium": None, "sizeLimit": "1Gi"}}]},
    {"volumes": [{"name": "a", DIRECTIVE: "delete"}, {"name": "b", "emptyDir": {}}]},
    {"nodeSelector": {"a": None, "b": "y"}},
    {"nodeSelector": {DIRECTIVE: "replace", "c": "y"}},
    {"nodeSelector": {DIRECTIVE: "delete"}, "hostNetwork": True},
    {"nodeSelector": None, "tolerations": [{"key": "b"}]},
    {"imagePullSecrets": [{"name": "b"}], "hostAliases": [{"ip": "1.1.1.1", "hostnames": ["b"]}]},
]
POD = {
    "containers": [
        {
            "name": "a",
            "image": "i",
            "args": ["x"],
            "env": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}],
            "volumeMounts": [{"mountPath": "/a", "name": "a"}],
        },
        {"name": "b", "image": "j"},
    ],
    "volumes": [{"name": "a", "emptyDir": {"medium": "Memory"}}],
    "nodeSelector": {"a": "x"},
    "tolerations": [{"key": "a"}],
    "imagePullSecrets": [{"name": "a"}],
    "hostAliases": [{"ip": "1.1.1.1", "hostnames": ["a"]}],
}


def test_overrides_of_pods_are_those_of_kustomize_but_for_the_order(tmp_path):
    """kustomize puts the items of a patch before the others, the API server behind them."""
    resources = [deployment(f"case-{index}", POD) for index, _ in enumerate(CHANGES)]
    patches = [
        {"patch": json.dumps(deployment("any", change)), "target": {"name": f"case-{index}"}}
        for index, change in enumerate(CHANGES)
    ]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(resources))
    config = {"resources": ["all.yaml"], "patches": patches}
    (tmp_path / "kustomization.yaml").write_text(json.dumps(config))
    done = subprocess.run(
        [tool("kustomize"), "build", str(tmp_path)], capture_output=True, text=True, check=True
    )
    built = {item["metadata"]["name"]: item for item in yaml.safe_load_all(done.stdout)}
    for index, change in enumerate(CHANGES):
        ours = over(json.dumps(change), text=json.dumps(POD)).value
        theirs = built[f"case-{index}"]["spec"]["template"]["spec"]
        assert without_empty(ordered(ours)) == without_empty(ordered(theirs)), change
