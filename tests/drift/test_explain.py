import pytest

from kure_hooks.drift.explain import Sides, explain
from kure_hooks.drift.paths import keyed
from kure_hooks.drift.result import FileChange, Kind, Risk, State
from kure_hooks.engines import controllers
from kure_hooks.files.mark import mark
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.yamlio import dump

MARK = mark("stacks/c.yaml").encode()


def pod(name="p", **changes):
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
        "metadata": {"name": name, "namespace": "n"},
        "spec": spec | changes,
    }


def text(*manifests):
    return "---\n".join(map(dump, manifests)).encode()


def explained(before, after, origins=None, reveal=()):
    """Return the explained changes of an owned directory `c`, by path."""
    changes = []
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            kind = Kind.UNEXPECTED if path not in after else Kind.CHANGED
            kind = Kind.MISSING if path not in before else kind
            changes.append(FileChange(kind, path, "c", "stacks/c.yaml"))
    sides = Sides(MemoryTree(before), after, origins or {}, reveal, controllers)
    return {change.path: change for change in explain(changes, sides)}


def only(before, after):
    (change,) = explained({"c/f.yaml": before}, {"c/f.yaml": after}).values()
    return change


def fields(before, after):
    change = only(text(before), text(after))
    return [
        (field.path, field.before, field.after) for each in change.objects for field in each.fields
    ]


def test_list_items_pair_by_their_key():
    reordered = pod(
        containers=[
            {"name": "log", "image": "fluent:2"},
            {"name": "web", "image": "nginx:1", "env": [{"name": "A", "value": "1"}]},
        ]
    )
    assert fields(pod(), reordered) == [("spec.containers[log].image", "fluent:1", "fluent:2")]


def test_an_object_as_big_as_those_of_a_release_is_compared_like_any_other():
    """The ApplicationSet CRD of Argo CD 3.5 has more than a mebibyte."""
    schema = {f"field-{n}": {"description": "x" * 200} for n in range(6000)}
    big = pod(schema=schema)
    assert len(text(big)) > 1 << 20
    assert fields(big, pod(schema=schema, args=["x", "z"])) == [("spec.args[1]", "y", "z")]


def test_sets_ignore_order_and_lists_do_not():
    assert fields(pod(), pod(finalizers=["a", "b"])) == []
    assert fields(pod(), pod(args=["y", "x"])) == [
        ("spec.args[0]", "x", "y"),
        ("spec.args[1]", "y", "x"),
    ]


def test_a_set_says_what_came_and_went():
    assert fields(pod(), pod(finalizers=["c", "a"])) == [
        ("spec.finalizers", "b", None),
        ("spec.finalizers", None, "c"),
    ]


def test_added_and_removed_fields_have_one_side():
    assert fields(pod(), pod(hostNetwork=True)) == [("spec.hostNetwork", None, "true")]
    assert fields(pod(hostNetwork=True), pod()) == [("spec.hostNetwork", "true", None)]


def test_null_is_a_value():
    assert fields(pod(x=None), pod(x="")) == [("spec.x", "null", "")]


def test_keys_with_dots_are_quoted():
    before, after = pod(), pod()
    before["metadata"]["labels"] = {"app.kubernetes.io/name": "a"}
    after["metadata"]["labels"] = {"app.kubernetes.io/name": "b"}
    assert fields(before, after) == [('metadata.labels["app.kubernetes.io/name"]', "a", "b")]


def test_objects_pair_by_identity_across_documents():
    change = only(text(pod(), pod("q")), text(pod("q")))
    assert [(each.name, each.state) for each in change.objects] == [("Pod n/p", State.REMOVED)]


def test_long_texts_show_their_own_difference():
    before = pod(script="a\nb\nc\n")
    (field,) = only(text(before), text(pod(script="a\nB\nc\n"))).objects[0].fields
    assert field.lines == ("@@ -1,3 +1,3 @@", " a", "-b", "+B", " c")


def test_an_object_that_moved_is_no_change_of_the_object():
    before = {"c/a.yaml": text(pod("p"), pod("q")), "c/b.yaml": text(pod("r"))}
    after = {"c/a.yaml": text(pod("p")), "c/b.yaml": text(pod("q"), pod("r"))}
    found = explained(before, after)
    (away,), (here,) = found["c/a.yaml"].objects, found["c/b.yaml"].objects
    assert (away.name, away.state, away.other) == ("Pod n/q", State.MOVED_AWAY, "c/b.yaml")
    assert (here.name, here.state, here.other) == ("Pod n/q", State.MOVED_HERE, "c/a.yaml")
    assert here.fields == ()


def test_the_same_objects_in_other_bytes_are_formatting():
    assert only(b"# mine\n" + text(pod()), MARK + text(pod())).kind is Kind.FORMATTING
    assert only(text(pod("q"), pod()), MARK + text(pod(), pod("q"))).kind is Kind.FORMATTING
    assert only(text(pod()).replace(b"\n", b"\r\n"), MARK + text(pod())).kind is Kind.FORMATTING


@pytest.mark.parametrize("here", [b"a: 1 # one\n", b"a:   1\n", b"a: 1\r\n"])
def test_every_byte_of_an_extra_file_counts(here):
    """It bears no mark, and its bytes are what a ConfigMap holds."""
    change = only(here, b"a: 1\n")
    assert (change.kind, change.objects) == (Kind.CHANGED, ())
    assert (change.before, change.after) == (here.decode(), "a: 1\n")


@pytest.mark.parametrize("other", [b"\xff\n", b"[web]\npassword=canary\n", b"- a\n"])
def test_an_extra_file_that_is_no_yaml_is_told_from_another(other):
    for before, after in ((other, b"a: 1\n"), (b"a: 1\n", other), (other, other + b"\n")):
        change = only(before, after)
        assert change.kind is Kind.CHANGED
        assert "canary" not in repr(change)
    found = explained({"c/old.yaml": text(pod())}, {"c/app.ini": other})
    assert [each.kind for each in found.values()] == [Kind.MISSING, Kind.UNEXPECTED]


def test_a_missing_and_an_unexpected_file_with_the_same_object_are_a_rename():
    found = explained({"c/old.yaml": text(pod())}, {"c/new.yaml": text(pod(args=["z"]))})
    (change,) = found.values()
    assert (change.kind, change.path, change.was) == (Kind.RENAMED, "c/new.yaml", "c/old.yaml")
    assert [each.state for each in change.objects] == [State.CHANGED]
    assert (change.before, change.after) == (text(pod()).decode(), text(pod(args=["z"])).decode())


def test_an_object_nearly_alike_is_a_rename_too_and_one_of_another_shape_is_not():
    (alike,) = explained({"c/p.yaml": text(pod())}, {"c/q.yaml": text(pod("q"))}).values()
    assert alike.kind is Kind.RENAMED
    assert [field.path for field in alike.objects[0].fields] == ["metadata.name"]
    other = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "q"}, "spec": {"x": 1}}
    found = explained({"c/p.yaml": text(pod())}, {"c/q.yaml": text(other)})
    assert [each.kind for each in found.values()] == [Kind.UNEXPECTED, Kind.MISSING]


def test_a_file_is_part_of_one_rename_only():
    before = {"c/a.yaml": text(pod("a"))}
    after = {"c/b.yaml": text(pod("b")), "c/c.yaml": text(pod("c"))}
    kinds = [each.kind for each in explained(before, after).values()]
    assert sorted(kinds) == [Kind.MISSING, Kind.RENAMED]


def kustomization(name, path):
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "flux-system"},
        "spec": {"path": path, "prune": True},
    }


OWNERS = {
    "c/flux.yaml": MARK + text(kustomization("a", "c/a"), kustomization("b", "c/b")),
    "c/a/keep.yaml": MARK + text(pod("keep")),
    "c/b/keep.yaml": MARK + text(pod("keep-too")),
}


def test_another_owner_is_a_risk():
    found = explained(OWNERS | {"c/a/p.yaml": text(pod())}, OWNERS | {"c/b/p.yaml": text(pod())})
    assert found["c/b/p.yaml"].risks == (Risk.OWNER,)
    (change,) = found["c/b/p.yaml"].objects
    assert change.effect.startswith("Flux may delete it: Kustomization flux-system/a prunes it")


def test_the_same_owner_is_none():
    found = explained(OWNERS | {"c/a/p.yaml": text(pod())}, OWNERS | {"c/a/q.yaml": text(pod())})
    assert found["c/a/q.yaml"].risks == ()


def test_files_that_nothing_generates_have_their_part_in_what_is_applied():
    """The Kustomizations are in a file that a person wrote."""
    tree = MemoryTree(OWNERS | {"c/a/p.yaml": text(pod())})
    changes = [
        FileChange(Kind.FOREIGN, "c/flux.yaml", "c"),
        FileChange(Kind.UNEXPECTED, "c/a/p.yaml", "c"),
        FileChange(Kind.MISSING, "c/b/p.yaml", "c"),
    ]
    after = {path: data for path, data in OWNERS.items() if path != "c/flux.yaml"}
    after["c/b/p.yaml"] = text(pod())
    found = explain(changes, Sides(tree, after, {}, controllers=controllers))
    assert {each.path: each.risks for each in found} == {
        "c/flux.yaml": (),
        "c/b/p.yaml": (Risk.OWNER,),
    }


SUSPENDED = {"spec": {"suspend": True, "replicas": 0}, "kind": "Deployment"}


@pytest.mark.parametrize(
    ("path", "mark", "risks"),
    [
        ("c/web.yaml", MARK, (Risk.SUSPEND, Risk.ZERO)),
        ("c/kustomization.yaml", MARK, ()),
        ("c/kustomization.yml", MARK, ()),
        ("c/Kustomization", MARK, ()),
        ("c/values.yaml", b"", ()),
    ],
    ids=["an object", *("a build file" for _ in range(3)), "the content of a ConfigMap"],
)
def test_only_objects_of_a_cluster_have_risks(path, mark, risks):
    object_ = {"apiVersion": "apps/v1", "metadata": {"name": "web"}} | SUSPENDED
    before = mark + text(object_ | {"spec": {"suspend": False, "replicas": 1}})
    change = explained({path: before}, {path: mark + text(object_)})[path]
    assert change.risks == risks
    assert len(change.objects[0].fields) == 2


@pytest.mark.parametrize("data", [b"a: [", b"- a\n", b"password: \xff\n"])
def test_what_cannot_be_read_has_a_note_and_no_text(data):
    change = only(data, text(pod()))
    assert change.kind is Kind.CHANGED
    assert change.note
    assert change.objects == ()
    assert change.after is not None


def test_a_link_is_told_from_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c/link").symlink_to("elsewhere")
    (tmp_path / "c/pipe").mkdir()
    changes = [FileChange(Kind.CHANGED, f"c/{name}", "c") for name in ("link", "pipe")]
    after = {change.path: text(pod()) for change in changes}
    link, pipe = explain(changes, Sides(WorkTree(tmp_path), after, {}))
    assert (link.link, link.before, link.after) == (True, "elsewhere", text(pod()).decode())
    assert (pipe.link, pipe.before, pipe.after) == (False, None, text(pod()).decode())
    assert link.note.startswith("it is a symbolic link")
    assert pipe.note == "it is a directory, not a regular file"


HEAD = {"apiVersion": "v1", "metadata": {"name": "p"}}
PEM = "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"kind": "Secret", "data": {"a": "Y2FuYXJ5"}}, {"kind": "Secret", "data": {"a": "eA=="}}),
        ({"kind": "Secret", "stringData": {"a": "canary"}}, {"kind": "Secret", "stringData": {}}),
        ({"kind": "Secret", "data": {"a": "Y2FuYXJ5"}}, {"kind": "Secret"}),
        ({"kind": "ConfigMap", "data": {"password": "canary"}}, {"kind": "ConfigMap", "data": {}}),
        ({"kind": "ConfigMap", "data": {"apiToken": "canary"}}, {"kind": "ConfigMap"}),
        ({"kind": "ConfigMap", "data": {"tls.key": "canary"}}, {"kind": "ConfigMap"}),
        ({"kind": "X", "spec": {"url": "https://u:canary@h/"}}, {"kind": "X", "spec": {}}),
        ({"kind": "X", "a": PEM}, {"kind": "X", "a": "b"}),
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
        ({"kind": "Pod", "args": ["--token=canary"]}, {"kind": "Pod", "args": ["--token=other"]}),
        (
            {"kind": "X", "script": "a\nexport TOKEN='canary'\n"},
            {"kind": "X", "script": "a\nexport TOKEN='x'\n"},
        ),
    ],
)
def test_secrets_are_hidden_on_both_sides(before, after):
    for one, other in ((before, after), (after, before)):
        change = only(text(HEAD | one), text(HEAD | other))
        assert [field for each in change.objects for field in each.fields]
        assert change.masked
        assert "canary" not in repr(change)
        assert "Y2FuYXJ5" not in repr(change)


def test_secrets_in_comments_and_removed_files_are_hidden():
    commented = only(b"# password: canary\n" + text(pod()), MARK + text(pod()))
    assert "canary" not in repr(commented)
    assert commented.kind is Kind.FORMATTING
    secret = HEAD | {"kind": "Secret", "data": {"a": "Y2FuYXJ5"}}
    (gone,) = explained({"c/s.yaml": text(secret)}, {}).values()
    assert "Y2FuYXJ5" not in repr(gone)
    assert gone.masked
    assert gone.after is None
    (new,) = explained({}, {"c/s.yaml": text(secret)}).values()
    assert new.masked
    assert new.before is None


def test_a_secret_inside_of_a_list_is_hidden():
    secret = HEAD | {"kind": "Secret", "data": {"a": "Y2FuYXJ5"}}
    inner = {"apiVersion": "v1", "kind": "SecretList", "items": [secret]}
    change = only(text({"apiVersion": "v1", "kind": "List", "items": [inner]}), text(pod()))
    assert "Y2FuYXJ5" not in repr(change)


def test_names_of_secrets_are_shown():
    one, two = pod(), pod()
    one["spec"]["volumes"] = [{"name": "v", "secret": {"secretName": "old"}}]
    two["spec"]["volumes"] = [{"name": "v", "secret": {"secretName": "new"}}]
    assert fields(one, two) == [("spec.volumes[v].secret.secretName", "old", "new")]


def test_keys_that_only_look_secret_can_be_revealed():
    before, after = ({"c/f.yaml": text(pod(tokenBucket=value))} for value in ("10", "20"))
    (hidden,) = explained(before, after).values()
    assert hidden.objects[0].fields[0].before == "(hidden)"
    (shown,) = explained(before, after, reveal=("token*",)).values()
    assert shown.objects[0].fields[0].before == "10"
    assert not shown.masked


def test_an_empty_document_is_an_object_like_any_other():
    found = explained({"c/old.json": b"{}\n"}, {"c/new.json": b"{}\n", "c/p.yaml": text(pod())})
    assert [each.kind for each in found.values()] == [Kind.RENAMED, Kind.MISSING]


def test_lists_without_a_unique_key_stay_lists():
    value = [{"name": "a"}, {"name": "a"}]
    assert keyed(value) == value
    assert keyed([]) == []
