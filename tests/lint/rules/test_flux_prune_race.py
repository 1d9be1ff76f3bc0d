import pytest

from tests.support.linting import config_map, fleet, kustomization, lint_change

SPARED = "  annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}\n"


def two(old, new, *, prune=True, **spec):
    units = kustomization("old", prune=prune, **spec), kustomization("new")
    files = fleet(*units, old=config_map("keep", "old"), new=config_map("keep", "new"))
    files |= {f"apps/old/{name}.yaml": text for name, text in old.items()}
    return files | {f"apps/new/{name}.yaml": text for name, text in new.items()}


SETTINGS = config_map("settings", "shop")


def moves(before, after):
    return lint_change(before, after, "FX027")


def test_an_object_that_moves():
    (finding,) = moves(two({"a": SETTINGS}, {}), two({}, {"a": SETTINGS}))
    assert finding.severity == "warning"
    assert str(finding.at).startswith("apps/new/a.yaml:4")
    assert "ConfigMap shop/settings moves from Kustomization flux-system/old" in finding.problem


def test_objects_that_move_together_are_one_finding():
    more = {name: config_map(name, "shop") for name in ("a", "b", "c")}
    (finding,) = moves(two(more, {}), two({}, more))
    assert "ConfigMap shop/a and 2 more move from" in finding.problem


def test_an_object_that_stays():
    assert moves(two({"a": SETTINGS}, {}), two({"b": SETTINGS}, {})) == []
    assert moves(two({"a": SETTINGS}, {}), two({"a": SETTINGS}, {"a": SETTINGS})) == []


def test_an_object_that_is_deleted():
    assert moves(two({"a": SETTINGS}, {}), two({}, {})) == []


@pytest.mark.parametrize("change", [{"prune": False}, {"suspend": True}])
def test_an_owner_that_deletes_nothing(change):
    before, after = two({"a": SETTINGS}, {}, **change), two({}, {"a": SETTINGS}, **change)
    assert moves(before, after) == []
    assert moves(two({"a": SETTINGS}, {}), after) == []


def test_an_object_that_opts_out_before_it_moves():
    spared = SETTINGS.replace("data:", f"{SPARED}data:")
    assert moves(two({"a": spared}, {}), two({}, {"a": SETTINGS})) == []


def test_an_owner_that_is_gone():
    after = two({}, {"a": SETTINGS})
    del after["clusters/prod/old.yaml"]
    assert len(moves(two({"a": SETTINGS}, {}), after)) == 1
    kept = two({"a": SETTINGS}, {}, deletionPolicy="Orphan")
    assert moves(kept, after) == []


def test_another_cluster():
    after = {
        path.replace("clusters/prod", "clusters/edge"): text.replace(
            "clusters/prod", "clusters/edge"
        )
        for path, text in two({}, {"a": SETTINGS}).items()
    }
    assert moves(two({"a": SETTINGS}, {}), after) == []
