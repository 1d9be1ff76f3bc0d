"""Files that another version of kure-hooks wrote: nobody is blamed for them."""

import shutil

import pytest

from kure_hooks import yamlio
from kure_hooks.files import mark
from kure_hooks.layout import file_names, render
from kure_hooks.operations.attribution.versions import pins
from tests.support.drifting import (
    FILES,
    FLUX,
    PROD,
    edit,
    last,
    reasons,
    regenerate,
    report,
)
from tests.support.git import commit_all, isolate, make_repository, write
from tests.support.memory import MemoryTree

OTHER = "written by another version of kure-hooks or from other inputs"
OTHERWISE = "this version of kure-hooks writes it otherwise"
BASE, SHOP = FLUX.format("base"), FLUX.format("shop")
KUSTOMIZATIONS = {each.replace("prod", name) for each in (BASE, SHOP) for name in ("prod", "dev")}


@pytest.fixture(autouse=True)
def without_cache(monkeypatch):
    """A process is one version, and a result is kept for it."""
    monkeypatch.setenv("KURE_HOOKS_CACHE", "0")


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)


@pytest.fixture
def older(monkeypatch):
    """Regenerate as a version that writes a field more into Kustomizations, or one of them."""

    def run(top, only="clusters/"):
        def dump(manifest):
            spec = manifest.get("spec", {})
            if only in spec.get("path", "") and manifest["kind"] == "Kustomization":
                manifest = manifest | {"spec": spec | {"wait": False}}
            return yamlio.dump(manifest)

        with monkeypatch.context() as patch:
            patch.setattr(render, "dump", dump)
            regenerate(top)

    return run


@pytest.fixture
def fleet(tmp_path):
    """The fleet before anything is generated."""
    top = make_repository(tmp_path / "fleet")
    write(top, FILES)
    return top


def pin(top, version):
    hook = f"repos:\n- repo: https://github.com/kure-hooks/kure-hooks\n  rev: {version}\n"
    write(top, {".pre-commit-config.yaml": f"{hook}  hooks: [{{id: kure-check}}]\n"})


def test_all_files_since_they_were_added(fleet, older):
    older(fleet)
    commit_all(fleet, "first")
    assert reasons(fleet) == dict.fromkeys(KUSTOMIZATIONS, OTHERWISE)


def test_all_files_in_commits_of_their_own(fleet, older):
    """Each was generated with a change of its inputs, as people do."""
    older(fleet)
    commit_all(fleet, "first")
    edit(fleet, PROD, "interval: 10m", "interval: 20m")
    older(fleet)
    commit_all(fleet, "second")
    assert reasons(fleet) == dict.fromkeys(KUSTOMIZATIONS, OTHERWISE)


def test_one_file_can_be_anything(fleet, older):
    """Others of its kind have the field's place and are right."""
    older(fleet, "prod/shop")
    commit_all(fleet, "first")
    expected = f"edited by hand in {last(fleet)}, or {OTHER}"
    assert reasons(fleet) == {SHOP: expected}


def test_a_difference_that_outlived_a_regeneration(fleet, older):
    older(fleet, "prod/shop")
    commit_all(fleet, "first")
    edit(fleet, PROD, "interval: 10m", "interval: 20m")
    older(fleet, "prod/shop")
    commit_all(fleet, "second")
    assert reasons(fleet) == {SHOP: OTHERWISE}


def test_the_hook_is_of_another_version_since(fleet, older):
    pin(fleet, "v0.1.0")
    older(fleet, "prod/shop")
    commit_all(fleet, "first")
    pin(fleet, "v0.2.0")
    commit_all(fleet, "upgrade")
    assert reasons(fleet) == {SHOP: OTHERWISE}


def test_an_upgrade_that_this_version_is_older_than(fleet, older):
    """The files were right until a commit that names another version."""
    pin(fleet, "v0.1.0")
    regenerate(fleet)
    commit_all(fleet, "first")
    pin(fleet, "v0.2.0")
    older(fleet, "prod/shop")
    commit_all(fleet, "upgrade")
    assert reasons(fleet) == {SHOP: OTHERWISE}


def test_an_upgrade_that_is_not_committed(fleet, older):
    pin(fleet, "v0.1.0")
    regenerate(fleet)
    commit_all(fleet, "first")
    pin(fleet, "v0.2.0")
    older(fleet, "prod/shop")
    assert reasons(fleet) == {SHOP: f"edited by hand, not committed, or {OTHER}"}


def test_all_files_at_once_that_were_right(fleet, older):
    """A person with sed does the same."""
    regenerate(fleet)
    commit_all(fleet, "first")
    older(fleet)
    commit_all(fleet, "second")
    expected = f"edited by hand in {last(fleet)}, or {OTHER}"
    assert reasons(fleet) == dict.fromkeys(KUSTOMIZATIONS, expected)


def test_one_file_that_was_right_was_edited(fleet, older):
    regenerate(fleet)
    commit_all(fleet, "first")
    older(fleet, "prod/shop")
    commit_all(fleet, "second")
    assert reasons(fleet) == {SHOP: f"edited by hand in {last(fleet)}"}


def test_one_file_that_was_right_until_its_inputs_changed_too(fleet, older):
    """Whoever generated it wrote all others as this version does."""
    regenerate(fleet)
    commit_all(fleet, "first")
    edit(fleet, PROD, "interval: 10m", "interval: 20m")
    older(fleet, "prod/shop")
    commit_all(fleet, "second")
    assert reasons(fleet) == {SHOP: f"edited by hand in {last(fleet)}"}


def test_with_an_edit(fleet, older):
    older(fleet)
    commit_all(fleet, "first")
    edit(fleet, SHOP, "interval: 10m0s", "interval: 7m0s")
    commit_all(fleet, "edit")
    found = reasons(fleet)
    assert found.pop(SHOP) == f"edited by hand in {last(fleet)}, and {OTHERWISE}"
    assert set(found.values()) == {OTHERWISE}
    text = " ".join(report(fleet).split())
    assert "spec.interval 7m0s -> 10m0s (edited by hand)" in text
    assert "spec.wait false -> (none) (written otherwise by this version)" in text


def test_two_files_of_several_can_be_anything(fleet, older):
    """The others are right although they could have the field as well."""
    older(fleet, "clusters/prod")
    commit_all(fleet, "first")
    expected = f"edited by hand in {last(fleet)}, or {OTHER}"
    assert reasons(fleet) == dict.fromkeys((BASE, SHOP), expected)


def test_two_files_with_another_value_can_be_anything(fleet):
    regenerate(fleet)
    for path in (BASE, SHOP):
        edit(fleet, path, "0s", "1s")
    commit_all(fleet, "first")
    expected = f"edited by hand in {last(fleet)}, or {OTHER}"
    assert reasons(fleet) == dict.fromkeys((BASE, SHOP), expected)


def test_an_edit_before_the_hook_was_upgraded(fleet, older):
    pin(fleet, "v0.1.0")
    older(fleet, "prod/shop")
    commit_all(fleet, "first")
    edit(fleet, SHOP, "interval: 10m0s", "interval: 7m0s")
    commit_all(fleet, "edit")
    edited = last(fleet)
    pin(fleet, "v0.2.0")
    commit_all(fleet, "upgrade")
    assert reasons(fleet) == {SHOP: f"edited by hand in {edited}, and {OTHERWISE}"}


def test_an_edit_of_a_file_that_was_never_right(fleet, older):
    """Who made the first difference can't be told, who made the second one can."""
    older(fleet, "prod/shop")
    commit_all(fleet, "first")
    edit(fleet, SHOP, "interval: 10m0s", "interval: 7m0s")
    commit_all(fleet, "edit")
    assert reasons(fleet) == {SHOP: f"edited by hand in {last(fleet)}"}
    text = " ".join(report(fleet).split())
    assert "spec.interval 7m0s -> 10m0s (edited by hand)" in text
    assert "spec.wait false -> (none) (edited by hand or generated otherwise)" in text


def test_an_uncommitted_edit_of_a_file_that_was_never_right(fleet, older):
    older(fleet, "prod/shop")
    commit_all(fleet, "first")
    edit(fleet, SHOP, "interval: 10m0s", "interval: 7m0s")
    assert reasons(fleet) == {SHOP: "edited by hand, not committed"}


def test_a_formatting_that_outlived_a_regeneration_may_be_that_of_a_tool(fleet):
    def formatted(message):
        regenerate(fleet)
        (fleet / SHOP).write_text((fleet / SHOP).read_text().replace("name: ", "name:  "))
        commit_all(fleet, message)

    formatted("first")
    edit(fleet, PROD, "interval: 10m", "interval: 20m")
    formatted("second")
    expected = f"reformatted in {last(fleet)}, or written by another version of kure-hooks"
    assert reasons(fleet) == {SHOP: expected}


def test_with_a_change_of_the_inputs(fleet, older):
    older(fleet)
    commit_all(fleet, "first")
    edit(fleet, PROD, "interval: 10m", "interval: 20m")
    assert reasons(fleet)[SHOP] == f"{OTHERWISE}, and stale: {PROD} changed"
    assert "10m0s -> 20m0s (stale)" in report(fleet)


def test_another_mark(fleet, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            render, "mark", lambda stack: mark.mark(stack).replace("Do not edit", "Hands off")
        )
        regenerate(fleet)
    commit_all(fleet, "first")
    found = reasons(fleet)
    assert {text.rpartition("; ")[2] for text in found.values()} == {OTHERWISE}
    assert len(found) == 24


def test_another_formatting_may_be_that_of_a_tool(fleet):
    regenerate(fleet)
    for path in (fleet / "clusters").rglob("*.yaml"):
        path.write_text(path.read_text().replace("name: ", "name:  "))
    commit_all(fleet, "first")
    expected = f"reformatted in {last(fleet)}, or written by another version of kure-hooks"
    assert {text.rpartition("; ")[2] for text in reasons(fleet).values()} == {expected}


@pytest.mark.parametrize("committed", [False, True])
def test_another_formatting_of_files_that_were_right(fleet, committed):
    regenerate(fleet)
    commit_all(fleet, "first")
    for path in (fleet / "clusters").rglob("*.yaml"):
        path.write_text(path.read_text().replace("name: ", "name:  "))
    if committed:
        commit_all(fleet, "second")
    when = f" in {last(fleet)}" if committed else ", not committed"
    expected = f"reformatted{when}, or written by another version of kure-hooks"
    assert {text.rpartition("; ")[2] for text in reasons(fleet).values()} == {expected}


def test_all_files_at_once_that_are_not_committed(fleet, older):
    regenerate(fleet)
    commit_all(fleet, "first")
    older(fleet)
    expected = f"edited by hand, not committed, or {OTHER}"
    assert reasons(fleet) == dict.fromkeys(KUSTOMIZATIONS, expected)


@pytest.mark.parametrize("committed", [False, True])
def test_many_files_that_somebody_removed(fleet, committed):
    """No version of kure-hooks leaves out what another one writes by the dozen."""
    regenerate(fleet)
    commit_all(fleet, "first")
    shutil.rmtree(fleet / "clusters/prod")
    if committed:
        commit_all(fleet, "second")
    when = f"in {last(fleet)}" if committed else "not committed"
    assert {text.replace(",", "") for text in reasons(fleet).values()} == {
        f"removed by hand {when}"
    }


def test_other_file_names(fleet, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            file_names, "_stem", lambda members, _: members[0].manifest["metadata"]["name"]
        )
        regenerate(fleet)
    commit_all(fleet, "first")
    found = {path: text for path, text in reasons(fleet).items() if text.startswith("was ")}
    assert len(found) == 12
    assert {text.partition("; ")[2] for text in found.values()} == {
        "this version of kure-hooks names it otherwise"
    }


@pytest.mark.parametrize(
    ("path", "text", "version"),
    [
        (".pre-commit-config.yaml", "- repo: https://x/kure-hooks\n  rev: v0.1.0\n", b"v0.1.0"),
        (".pre-commit-config.yaml", "- repo: 'https://x/kure-hooks.git'\r\n  rev: 1a\r\n", b"1a"),
        ("prek.toml", 'repo = "https://x/kure-hooks"\nrev = "v1"\n', b'"v1"'),
        (".github/workflows/a.yaml", "    - uses: kure-hooks/kure-hooks@v0.1.0 # x\n", b"v0.1.0"),
        (".pre-commit-config.yaml", "additional_dependencies: ['kure-hooks==0.3']", b"0.3"),
    ],
)
def test_versions_that_a_repository_names(path, text, version):
    assert pins(MemoryTree({path: text})) == {version}
    assert pins(MemoryTree({path: text.replace("kure-hooks", "others")})) == frozenset()
