"""Files that somebody wrote where one is generated: named, and only taken over when asked to."""

from codecs import BOM_UTF8

import pytest

from kure_hooks.drift.result import Holding, Kind, Obstacle
from kure_hooks.files.mark import mark
from kure_hooks.operations.check import check
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from tests.hooks.checkout import generated, stack
from tests.support.git import commit_all, git, make_repository, write

PATH = generated("one")
MINE = "# mine\nkind: ConfigMap\n"
HEADER = mark("stacks/one.yaml")


@pytest.fixture
def root(tmp_path):
    make_repository(tmp_path)
    write(tmp_path, {"stacks/one.yaml": stack("one", "hello")})
    commit_all(tmp_path, "stack")
    return tmp_path


def at(root, source="worktree"):
    return open_workspace(root, source=source)


def bytes_of(root):
    found = (path for path in (root / "clusters").rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def committed(root):
    commit_all(root, "mine")


def staged(root):
    git(root, "add", "--all")


def untracked(root):
    del root


def ignored(root):
    write(root, {".gitignore": "clusters\n"})


def older(root):
    """Only an earlier commit holds the content."""
    commit_all(root, "mine")
    git(root, "rm", "--quiet", PATH)
    commit_all(root, "gone")
    write(root, {PATH: MINE})


HELD = [
    (committed, Holding.COMMITTED),
    (older, Holding.COMMITTED),
    (staged, Holding.STAGED),
    (untracked, Holding.NOWHERE),
    (ignored, Holding.NOWHERE),
]


@pytest.mark.parametrize(("state", "held"), HELD)
def test_a_file_without_the_header_is_never_written_over(root, state, held):
    write(root, {PATH: MINE})
    state(root)
    outcome = check(at(root))
    (change,) = [each for each in outcome.drift if each.path == PATH]
    assert (change.kind, change.obstacle, change.held) == (Kind.FOREIGN, Obstacle.FILE, held)
    assert change.cause is None
    assert outcome.exit_code == 1
    refused = generate(at(root))
    assert (refused.exit_code, refused.written, refused.removed) == (2, (), ())
    assert [(each.path, each.held) for each in refused.drift] == [(PATH, held)]
    assert bytes_of(root) == {PATH: MINE.encode()}


@pytest.mark.parametrize(("state", "held"), HELD)
def test_it_is_adopted_only_when_git_holds_its_content(root, state, held):
    write(root, {PATH: MINE})
    state(root)
    outcome = generate(at(root), adopt=True)
    if held is Holding.NOWHERE:
        assert (outcome.exit_code, bytes_of(root)) == (2, {PATH: MINE.encode()})
        return
    (displaced,) = outcome.displaced
    assert (displaced.change.path, displaced.adopted) == (PATH, True)
    assert PATH in outcome.written
    assert (root / PATH).read_text().startswith(HEADER)
    git(root, "add", "--all")
    git(root, "gc", "--quiet", "--prune=now")
    assert git(root, "cat-file", "blob", displaced.id) == MINE


def test_one_file_that_git_does_not_hold_stops_the_adoption_of_all(root):
    other = "clusters/one/kustomization.yaml"
    write(root, {other: MINE})
    commit_all(root, "mine")
    write(root, {PATH: MINE})
    outcome = generate(at(root), adopt=True)
    assert [each.path for each in outcome.drift] == [PATH]
    assert bytes_of(root) == {PATH: MINE.encode(), other: MINE.encode()}


def test_a_repository_that_flux_bootstrap_made_keeps_flux(root):
    """A merge that replaced this file would prune Flux itself."""
    path = "clusters/one/flux-system/kustomization.yaml"
    write(root, {path: "resources: [gotk-components.yaml, gotk-sync.yaml]\n"})
    commit_all(root, "flux bootstrap")
    before = bytes_of(root)
    outcome = generate(at(root))
    assert outcome.exit_code == 2
    assert [each.path for each in outcome.drift] == [path]
    assert bytes_of(root) == before


@pytest.mark.parametrize("source", ["worktree", "index"])
def test_the_hook_refuses_too(root, source):
    write(root, {PATH: MINE})
    outcome = generate(at(root, source))
    assert (outcome.exit_code, bytes_of(root)) == (2, {PATH: MINE.encode()})


def test_what_is_only_in_the_index_is_in_the_way_of_a_commit(root):
    write(root, {PATH: MINE})
    git(root, "add", "--all")
    (root / PATH).unlink()
    outcome = generate(at(root, "index"))
    assert [(each.path, each.held) for each in outcome.drift] == [(PATH, Holding.STAGED)]
    assert outcome.exit_code == 2
    assert bytes_of(root) == {}


def test_after_an_adoption_staging_is_all_that_is_left(root):
    write(root, {PATH: MINE})
    commit_all(root, "mine")
    generate(at(root), adopt=True)
    outcome = generate(at(root, "index"))
    assert (outcome.exit_code, outcome.refused) == (1, False)
    assert outcome.fix == "git add -A -- clusters"
    git(root, "add", "--all")
    assert check(at(root, "index")).exit_code == 0


@pytest.mark.parametrize(
    "before",
    [
        BOM_UTF8.decode() + HEADER,
        HEADER.replace("\n", "\r\n"),
        "\r\n" + HEADER,
        "---\n" + HEADER,
        "\n\n---\n" + HEADER,
        mark("stacks/other.yaml"),
        mark("somewhere/in/another/repository.yaml"),
        HEADER.removesuffix("\n"),
    ],
)
def test_these_bear_the_header(root, before):
    write(root, {PATH: f"{before}\nkind: ConfigMap\n"})
    assert PATH in generate(at(root)).written


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("", ""),
        ("# mine\n" + HEADER, "on line 2"),
        ("kind: ConfigMap\n---\n" + HEADER, "on line 3"),
        ("# Generated by somebody else\n", ""),
        (" " + HEADER, ""),
        ('{"kind": "ConfigMap"}\n', ""),
        (HEADER.encode("utf-16"), ""),
        (b"\xff\xfe\x00", ""),
    ],
)
def test_these_do_not(root, before, said):
    write(root, {PATH: before})
    outcome = generate(at(root))
    assert outcome.exit_code == 2
    assert said in outcome.drift[0].note


@pytest.mark.parametrize("kind", ["link", "dangling", "directory", "parent", "parent link"])
def test_what_is_no_regular_file_is_never_adopted(root, kind):
    place = root / PATH
    write(root, {"elsewhere/file.yaml": MINE})
    place.parent.parent.mkdir(parents=True)
    if kind.startswith("parent"):
        place.parent.symlink_to("../../elsewhere") if "link" in kind else place.parent.write_text(
            ""
        )
    elif kind == "directory":
        write(root, {f"{PATH}/mine.yaml": MINE})
    else:
        place.parent.mkdir()
        place.symlink_to(root / "elsewhere/file.yaml" if kind == "link" else "nowhere")
    commit_all(root, "mine")
    for source in ("worktree", "index"):
        found = [each for each in check(at(root, source)).drift if each.obstacle]
        assert [each.kind for each in found] == [Kind.FOREIGN]
        assert check(at(root, source)).fix == ""
        outcome = generate(at(root, source), adopt=True)
        assert (outcome.exit_code, outcome.written) == (2, ())
    assert git(root, "status", "--porcelain") == ""
    assert (root / "elsewhere/file.yaml").read_text() == MINE


def test_what_is_kept_stays_and_is_not_written(root):
    write(root, {PATH: MINE, ".kure-hooks.yaml": f"drift: {{keep: [{PATH}]}}\n"})
    outcome = generate(at(root))
    assert outcome.exit_code == 1
    assert PATH not in outcome.written
    assert (root / PATH).read_text() == MINE
    git(root, "add", "--all")
    for source in ("worktree", "index"):
        assert check(at(root, source)).exit_code == 0


def test_what_is_kept_and_bears_the_header_is_regenerated(root):
    write(root, {PATH: HEADER, ".kure-hooks.yaml": "drift: {keep: ['clusters/**']}\n"})
    assert PATH in generate(at(root)).written


def test_line_endings_that_git_converts_are_not_in_the_way(root):
    generate(at(root))
    write(root, {".gitattributes": "clusters/** text eol=crlf\n"})
    commit_all(root, "all")
    (root / PATH).unlink()
    git(root, "checkout", "--", PATH)
    assert b"\r\n" in (root / PATH).read_bytes()
    assert check(at(root)).exit_code == 0


def test_without_git_nothing_is_adopted(tmp_path):
    write(tmp_path, {"stacks/one.yaml": stack("one", "hello"), PATH: MINE})
    for adopt in (False, True):
        outcome = generate(at(tmp_path), adopt=adopt)
        assert (outcome.exit_code, outcome.fix) == (2, "")
        assert outcome.drift[0].held is Holding.NOWHERE
        assert bytes_of(tmp_path) == {PATH: MINE.encode()}


def test_foreign_files_beside_generated_ones_are_no_matter_for_generate(root):
    write(root, {"clusters/one/notes.md": "mine\n"})
    outcome = generate(at(root))
    assert outcome.drift == ()
    assert generate(at(root)).exit_code == 0
    assert (root / "clusters/one/notes.md").read_text() == "mine\n"
