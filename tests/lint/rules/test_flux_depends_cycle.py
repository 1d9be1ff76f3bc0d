from tests.support.linting import fleet, kustomization, lint, told


def on(*names):
    return [{"name": name} for name in names]


def test_two_that_depend_on_each_other():
    files = fleet(kustomization("a", dependsOn=on("b")), kustomization("b", dependsOn=on("a")))
    assert told(files, "FX004") == [
        (
            "error: clusters/prod/a.yaml:14:5: a waits for itself: a depends on b; b depends on a. "
            "Remove one of these."
        )
    ]


def test_one_that_depends_on_itself():
    (finding,) = lint(fleet(kustomization("a", dependsOn=on("a"))), "FX004")
    assert finding.problem.startswith("a waits for itself")


def test_a_child_that_depends_on_the_one_that_waits_for_it():
    inner = kustomization("inner", dependsOn=on("outer"))
    files = fleet(kustomization("outer", wait=True), outer=inner)
    files["apps/inner/manifests.yaml"] = inner.replace("inner", "leaf").replace("outer", "none")
    (finding,) = lint(files, "FX004")
    assert "inner depends on outer" in finding.problem
    assert "outer waits until inner, which it applies, is ready" in finding.problem


def test_a_way_through_a_third():
    inner = kustomization("inner", dependsOn=on("other"))
    files = fleet(
        kustomization("outer", wait=True),
        kustomization("other", dependsOn=on("outer")),
        outer=inner,
    )
    (finding,) = lint(files, "FX004")
    assert "other depends on outer" in finding.problem


def test_without_wait_a_child_may_depend_on_what_applies_it():
    inner = kustomization("inner", dependsOn=on("outer"))
    assert lint(fleet(kustomization("outer"), outer=inner), "FX004") == []


def test_a_diamond_is_no_cycle():
    files = fleet(
        kustomization("a", dependsOn=on("b", "c")),
        kustomization("b", dependsOn=on("d")),
        kustomization("c", dependsOn=on("d")),
        kustomization("d"),
    )
    assert lint(files, "FX004") == []
