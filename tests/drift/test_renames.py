import pytest

from kure_hooks.drift.objects import held
from kure_hooks.drift.renames import renames
from kure_hooks.yamlio import dump


def manifest(name="a", kind="X", **spec):
    head = {"apiVersion": "example.com/v1", "kind": kind, "metadata": {"name": name}}
    return {**head, "spec": spec}


def objects(files):
    """Return what files hold, which are given as one manifest or several."""
    return [
        each
        for path, content in files.items()
        for each in held(
            path,
            "---\n".join(map(dump, content if isinstance(content, list) else [content])).encode(),
        )
    ]


def renamed(gone, come):
    return renames(objects(gone), objects(come))


def test_the_same_object_makes_a_rename_however_much_changed():
    assert renamed({"old": manifest(x=1)}, {"new": manifest(y=2)}) == {"new": "old"}


def test_an_object_without_a_name_is_no_other_file_s():
    old, new = ({"kind": "X", "spec": {"x": value}} for value in (1, 2))
    assert renamed({"old": old}, {"new": new}) == {}
    assert renamed({"old": old}, {"new": old}) == {"new": "old"}


@pytest.mark.parametrize(("common", "is_rename"), [(5, False), (6, True), (7, True), (9, True)])
def test_an_object_is_another_one_when_enough_is_the_same(common, is_rename):
    """The name differs, so that so many of ten leaves are the same."""
    old = manifest("a", **{f"k{at}": 0 for at in range(9)})
    new = manifest("b", **{f"k{at}": int(at >= common) for at in range(9)})
    assert renamed({"old": old}, {"new": new}) == ({"new": "old"} if is_rename else {})


def test_what_all_objects_of_a_kind_share_makes_none_alike():
    old = {"apiVersion": "example.com/v1", "kind": "X", "spec": {"a": 1}}
    new = {"apiVersion": "example.com/v1", "kind": "X", "spec": {"b": 1}}
    assert renamed({"old": old}, {"new": new}) == {}
    assert renamed({"old": {"kind": "X"}}, {"new": {"kind": "X"}}) == {}


def test_an_object_of_another_kind_is_never_the_same():
    old, new = manifest("a", "X", a=1, b=2, c=3), manifest("b", "Y", a=1, b=2, c=3)
    assert renamed({"old": old}, {"new": new}) == {}
    assert renamed({"old": old}, {"new": {**new, "kind": "X"}}) == {"new": "old"}


def test_each_kind_is_compared_for_itself():
    gone = {"x": manifest("a", "X", k=[1, 2, 3]), "y": manifest("a", "Y", k=[1, 2, 3])}
    come = {"p": manifest("b", "Y", k=[1, 2, 3]), "q": manifest("b", "X", k=[1, 2, 3])}
    assert renamed(gone, come) == {"p": "y", "q": "x"}


def test_an_object_that_is_on_both_sides_is_like_no_other():
    gone = {"old": manifest("a", k=[1, 2, 3])}
    come = {"new": manifest("a", k=[7, 8, 9]), "other": manifest("b", k=[1, 2, 3])}
    assert renamed(gone, come) == {"new": "old"}


def test_the_items_of_a_plain_list_count_each_at_its_place():
    old = manifest("a", k=["p", "q", "r", "s"])
    assert renamed({"old": old}, {"new": manifest("b", k=["p", "q", "r", "x"])}) == {"new": "old"}
    assert renamed({"old": old}, {"new": manifest("b", k=["q", "r", "s", "p"])}) == {}
    assert renamed({"old": old}, {"new": manifest("b", k=["p", "q", "r"])}) == {"new": "old"}
    assert renamed({"old": old}, {"new": manifest("b", k=["p", "q"])}) == {}


def test_the_items_of_a_keyed_list_count_wherever_they_are():
    items = [{"name": name, "value": name} for name in "pqrs"]
    assert renamed({"old": manifest("a", k=items)}, {"new": manifest("b", k=items[::-1])}) == {
        "new": "old"
    }


def test_values_count_with_their_types():
    old, new = manifest("a", k=[1, 0, 1, 0]), manifest("b", k=[True, False, True, False])
    assert renamed({"old": old}, {"new": new}) == {}


def test_the_likeliest_pairs_come_first_and_each_file_once():
    gone = {"old-1": manifest("a", k=[1, 2, 3, 4, 5]), "old-2": manifest("b", k=[1, 2, 3, 4, 6])}
    come = {"new-1": manifest("c", k=[1, 2, 3, 4, 6]), "new-2": manifest("d", k=[1, 2, 3, 4, 7])}
    assert renamed(gone, come) == {"new-1": "old-2", "new-2": "old-1"}
    assert renamed(gone, {"new-1": come["new-1"]}) == {"new-1": "old-2"}


def test_among_equals_the_first_in_order_wins():
    gone = {"old-2": manifest("a", k=[1, 2, 3]), "old-1": manifest("b", k=[1, 2, 3])}
    come = {"new-2": manifest("c", k=[1, 2, 3]), "new-1": manifest("d", k=[1, 2, 3])}
    assert renamed(gone, come) == {"new-1": "old-1", "new-2": "old-2"}
    assert renamed(gone, {"new-1": come["new-1"]}) == {"new-1": "old-1"}


def test_the_same_object_counts_more_than_a_likeness():
    gone = {"old-1": manifest("a", k=[1, 2, 3]), "old-2": manifest("b", k=[7, 8, 9])}
    come = {"new": [manifest("b", k=[4, 5, 6]), manifest("c", k=[1, 2, 3])]}
    assert renamed(gone, come) == {"new": "old-2"}


def numbered(prefix, count, **spec):
    return {f"{prefix}-{at:04}": manifest(f"{prefix}-{at}", **spec) for at in range(count)}


def test_of_many_objects_each_is_compared_with_its_neighbours():
    """Nothing but the order tells them from each other."""
    assert renamed(numbered("old", 400, k=[1, 2]), numbered("new", 400, k=[1, 2])) == {
        f"new-{at:04}": f"old-{at:04}" for at in range(400)
    }


def test_of_many_objects_those_are_compared_that_share_rare_values():
    old = {f"old-{at:04}": manifest(f"a{at}", same=[1, 2], own=[at, -at]) for at in range(400)}
    new = {
        f"new-{399 - at:04}": manifest(f"b{at}", same=[1, 2], own=[at, -at]) for at in range(400)
    }
    new = dict(sorted(new.items()))
    assert renamed(old, new) == {f"new-{399 - at:04}": f"old-{at:04}" for at in range(400)}


def test_few_objects_are_all_compared():
    old = {f"old-{at:02}": manifest(f"a{at}", k=[1, 2, 3]) for at in range(16)}
    last = {f"new-{at:02}": manifest(f"b{at}", k=[at + 9] * 3) for at in range(40)}
    last["new-40"] = manifest("b40", k=[1, 2, 3])
    assert renamed(old, last) == {"new-40": "old-00"}
    old["old-16"] = manifest("a16", k=[1, 2, 3])
    assert renamed(old, last) == {}, "nothing rare is shared, and nothing else is tried"


def test_another_hash_of_the_content_makes_no_other_object():
    old, new = (manifest(f"web-{digits * 5}", "ConfigMap", x=digits) for digits in ("01", "23"))
    old, new = (each | {"apiVersion": "v1"} for each in (old, new))
    assert renamed({"old": old}, {"new": new}) == {"new": "old"}
