from kure_hooks.drift.changes import pair
from kure_hooks.drift.objects import held
from kure_hooks.yamlio import dump


def objects(files):
    """Return the objects of files, which are lists of (kind, name); a name may be None."""
    found = []
    for path, named in files.items():
        documents = [
            {"apiVersion": "v1", "kind": kind, "metadata": {"name": name} if name else {}}
            for kind, name in named
        ]
        found += held(path, "---\n".join(map(dump, documents)).encode())
    return found


def paired(before, after, renamed=None):
    """Return path and name of both sides of each pair, of what is left before, and after."""
    found = pair(objects(before), objects(after), renamed)

    def names(objects_of_side):
        return [f"{each.path}:{each.name}" for each in objects_of_side]

    both = [f"{old.path}:{old.name} {new.path}:{new.name}" for old, new in found.both]
    return both, names(found.before), names(found.after)


def test_objects_pair_in_their_file_first():
    before = {"a": [("X", "p")], "b": [("X", "p")]}
    assert paired(before, {"b": [("X", "p")]}) == (["b:X p b:X p"], ["a:X p"], [])
    assert paired(before, {"b": [("X", "p")], "a": [("X", "p")]}) == (
        ["b:X p b:X p", "a:X p a:X p"],
        [],
        [],
    )


def test_then_they_pair_anywhere():
    before, after = {"a": [("X", "p"), ("X", "q")]}, {"b": [("X", "q")], "c": [("X", "r")]}
    assert paired(before, after) == (["a:X q b:X q"], ["a:X p"], ["c:X r"])


def test_the_first_of_equal_objects_is_paired_first():
    both, before, after = paired({"a": [("X", "p")], "b": [("X", "p")]}, {"c": [("X", "p")]})
    assert (both, before, after) == (["a:X p c:X p"], ["b:X p"], [])


def test_objects_without_a_name_pair_only_at_their_place():
    before = {"a": [("X", None), ("Y", None)]}
    assert paired(before, {"a": [("Y", None), ("X", None)]}) == (["a:Y a:Y", "a:X a:X"], [], [])
    assert paired(before, {"b": [("X", None)]}) == ([], ["a:X", "a:Y"], ["b:X"])
    assert paired({"a": [("X", None)]}, {"a": [("X", None), ("X", None)]}) == (
        ["a:X a:X"],
        [],
        ["a:X"],
    )


def test_what_is_left_of_a_renamed_file_pairs_by_its_kind():
    before, after = {"a": [("X", "p"), ("Y", "p")]}, {"b": [("X", "q"), ("Z", "p")]}
    assert paired(before, after) == ([], ["a:X p", "a:Y p"], ["b:X q", "b:Z p"])
    assert paired(before, after, {"b": "a"}) == (["a:X p b:X q"], ["a:Y p"], ["b:Z p"])
    assert paired(before, after, {"b": "other"}) == ([], ["a:X p", "a:Y p"], ["b:X q", "b:Z p"])


def test_a_renamed_file_is_the_same_file():
    before = {"a": [("X", None)], "c": [("X", "p")], "d": [("X", "p")]}
    after = {"b": [("X", None)], "e": [("X", "p")]}
    assert paired(before, after, {"b": "a", "e": "d"}) == (
        ["a:X b:X", "d:X p e:X p"],
        ["c:X p"],
        [],
    )


def test_names_that_differ_by_a_hash_of_the_content_pair_in_any_file():
    before = {"a": [("ConfigMap", "web-0123456789"), ("Secret", "web-0123456789")]}
    after = {"b": [("ConfigMap", "web-k8fmgh2t5d"), ("ConfigMap", "web-9876543210x")]}
    assert paired(before, after) == (
        ["a:ConfigMap web-0123456789 b:ConfigMap web-k8fmgh2t5d"],
        ["a:Secret web-0123456789"],
        ["b:ConfigMap web-9876543210x"],
    )


def test_a_name_that_gets_a_hash_pairs_with_the_plain_one():
    before, after = {"a": [("ConfigMap", "web")]}, {"b": [("ConfigMap", "web-0123456789")]}
    assert paired(before, after)[0] == ["a:ConfigMap web b:ConfigMap web-0123456789"]
    assert paired({"a": [("X", "web")]}, {"b": [("X", "web-0123456789")]})[0] == []


def test_a_word_of_ten_letters_is_no_hash():
    before = {"a": [("ConfigMap", "web-production")]}
    after = {"b": [("ConfigMap", "web-monitoring")]}
    assert paired(before, after)[0] == []
