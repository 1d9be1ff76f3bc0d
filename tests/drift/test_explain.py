import pytest

from kure_hooks.drift.explain import explain
from kure_hooks.drift.keyed import keyed
from kure_hooks.yamlio import dump


def pod(**changes):
    spec = {
        "containers": [
            {"name": "web", "image": "nginx:1", "env": [{"name": "A", "value": "1"}]},
            {"name": "log", "image": "fluent:1"},
        ],
        "finalizers": ["b", "a"],
        "args": ["x", "y"],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "n"},
        "spec": spec | changes,
    }


def fields(before, after):
    objects, note = explain("f.yaml", dump(before).encode(), dump(after).encode())
    assert note == ""
    return [
        (field.path, field.checked_in, field.generated) for each in objects for field in each.fields
    ]


def test_list_items_pair_by_their_key():
    reordered = pod(
        containers=[
            {"name": "log", "image": "fluent:2"},
            {"name": "web", "image": "nginx:1", "env": [{"name": "A", "value": "1"}]},
        ]
    )
    assert fields(pod(), reordered) == [("spec.containers[log].image", "fluent:1", "fluent:2")]


def test_sets_ignore_order_and_lists_do_not():
    assert fields(pod(), pod(finalizers=["a", "b"])) == []
    assert fields(pod(), pod(args=["y", "x"])) == [
        ("spec.args[0]", "x", "y"),
        ("spec.args[1]", "y", "x"),
    ]


def test_added_and_removed_fields_have_one_side():
    assert fields(pod(), pod(hostNetwork=True)) == [("spec.hostNetwork", None, "true")]
    assert fields(pod(hostNetwork=True), pod()) == [("spec.hostNetwork", "true", None)]


def test_keys_with_dots_are_quoted():
    before, after = pod(), pod()
    before["metadata"]["labels"] = {"app.kubernetes.io/name": "a"}
    after["metadata"]["labels"] = {"app.kubernetes.io/name": "b"}
    assert fields(before, after) == [('metadata.labels["app.kubernetes.io/name"]', "a", "b")]


def test_objects_pair_by_identity_across_documents():
    one, two = pod(), pod() | {"metadata": {"name": "q", "namespace": "n"}}
    before = f"{dump(one)}---\n{dump(two)}".encode()
    objects, _ = explain("f.yaml", before, dump(two).encode())
    assert [(each.name, each.state) for each in objects] == [("Pod n/p", "not generated")]


def test_a_file_that_is_no_yaml_has_a_note():
    objects, note = explain("f.yaml", b"a: [", dump(pod()).encode())
    assert (objects, note) == ((), "the checked-in file holds no readable Kubernetes objects")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"kind": "Secret", "data": {"a": "Y2FuYXJ5"}}, {"kind": "Secret", "data": {"a": "eA=="}}),
        ({"kind": "Secret", "stringData": {"a": "canary"}}, {"kind": "Secret", "stringData": {}}),
        ({"kind": "Secret", "data": {"a": "Y2FuYXJ5"}}, {"kind": "Secret"}),
        ({"kind": "ConfigMap", "data": {"password": "canary"}}, {"kind": "ConfigMap", "data": {}}),
        ({"kind": "ConfigMap", "data": {"apiToken": "canary"}}, {"kind": "ConfigMap"}),
        (
            {"kind": "X", "spec": {"url": "https://u:canary@h/"}},
            {"kind": "X", "spec": {"url": "h"}},
        ),
        ({"kind": "X", "a": "-----BEGIN RSA PRIVATE KEY-----canary"}, {"kind": "X", "a": "b"}),
        ({"kind": "X", "sops": {"mac": "canary"}}, {"kind": "X"}),
        ({"kind": "X", "spec": {"k": "ENC[canary]"}}, {"kind": "X", "spec": {"k": "v"}}),
        (
            {"kind": "Pod", "env": [{"name": "DB_PASSWORD", "value": "canary"}]},
            {"kind": "Pod", "env": [{"name": "DB_PASSWORD", "value": "other"}]},
        ),
        (
            {"kind": "Pod", "env": [{"name": "A", "value": "1"}]},
            {"kind": "Pod", "env": [{"name": "T_TOKEN", "value": "canary"}]},
        ),
    ],
)
def test_secrets_are_hidden_on_both_sides(before, after):
    head = {"apiVersion": "v1", "metadata": {"name": "p"}}
    for one, other in ((before, after), (after, before)):
        found = fields(head | one, head | other)
        assert found
        assert "canary" not in repr(found)
        assert "Y2FuYXJ5" not in repr(found)


def test_names_of_secrets_are_shown():
    one, two = pod(), pod()
    one["spec"]["volumes"] = [{"name": "v", "secret": {"secretName": "old"}}]
    two["spec"]["volumes"] = [{"name": "v", "secret": {"secretName": "new"}}]
    assert fields(one, two) == [("spec.volumes[v].secret.secretName", "old", "new")]


def test_lists_without_a_unique_key_stay_lists():
    value = [{"name": "a"}, {"name": "a"}]
    assert keyed(value) == value
    assert keyed([]) == []
