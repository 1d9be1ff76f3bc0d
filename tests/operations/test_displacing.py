"""What generate writes over or removes although nobody has committed it."""

import subprocess

import pytest
from msgspec.structs import replace

from kure_hooks.drift.result import Kind
from kure_hooks.errors import ToolError
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.reports import REPORTS, Style, render
from tests.hooks.checkout import generated, stack
from tests.support.git import commit_all, git, make_repository, write

PATH = generated("one")
OLD = "clusters/one/old/old.yaml"


@pytest.fixture
def root(tmp_path):
    """A repository in sync, all of it committed."""
    make_repository(tmp_path)
    return in_sync(tmp_path)


def in_sync(root):
    write(root, {"stacks/one.yaml": stack("one", "hello")})
    generate(open_workspace(root))
    if (root / ".git").exists():
        commit_all(root, "all")
    return root


def run(root, source="worktree", **options):
    return generate(open_workspace(root, source=source), **options)


def edit(root, path=PATH, new="by hand"):
    text = (root / path).read_text().replace("hello", new)
    (root / path).write_text(text)
    return text


def sh(root, command):
    subprocess.run(["sh", "-e", "-c", command], cwd=root, check=True)


def test_an_edit_is_shown_and_can_be_had_again(root):
    text = edit(root)
    outcome = run(root)
    (displaced,) = outcome.displaced
    change = displaced.change
    assert (change.kind, change.path, outcome.written) == (Kind.CHANGED, PATH, (PATH,))
    assert [str(field) for field in change.objects[0].fields] == ["by hand -> hello"]
    assert str(change.origin.at) == "stacks/one.yaml:10:9"
    assert "hello" in (root / PATH).read_text()
    git(root, "gc", "--quiet", "--prune=now")
    sh(root, displaced.restore)
    assert (root / PATH).read_text() == text


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_format_tells_how_to_get_it_back(root, name):
    edit(root)
    outcome = run(root)
    assert outcome.displaced[0].id in render(name, outcome, Style()).replace("\n", "")


def test_a_leftover_that_was_edited_can_be_had_again(root):
    text = (root / PATH).read_text().replace("hello", "by hand")
    write(root, {OLD: text})
    outcome = run(root)
    (displaced,) = outcome.displaced
    assert (displaced.change.kind, outcome.removed) == (Kind.UNEXPECTED, (OLD,))
    assert not (root / OLD).parent.exists()
    sh(root, displaced.restore)
    assert (root / OLD).read_text() == text


def test_a_staged_edit_is_kept_since_staging_the_result_would_lose_it(root):
    text = edit(root)
    git(root, "add", "--all")
    outcome = run(root, "index")
    git(root, "add", "--all")
    git(root, "gc", "--quiet", "--prune=now")
    assert git(root, "cat-file", "blob", outcome.displaced[0].id) == text


def test_what_is_committed_is_not_kept(root):
    edit(root)
    commit_all(root, "by hand")
    outcome = run(root)
    assert (outcome.written, outcome.displaced) == ((PATH,), ())
    commit_all(root, "generated")
    git(root, "checkout", "--quiet", "HEAD~1", "--", PATH)
    assert run(root).displaced == ()


def test_an_edit_of_line_endings_alone_is_kept_byte_by_byte(root):
    data = (root / PATH).read_bytes().replace(b"\n", b"\r\n")
    (root / PATH).write_bytes(data)
    (displaced,) = run(root).displaced
    assert displaced.change.kind is Kind.FORMATTING
    sh(root, displaced.restore)
    assert (root / PATH).read_bytes() == data


def test_what_was_generated_before_is_no_edit(root):
    for greeting in ("second", "third"):
        write(root, {"stacks/one.yaml": stack("one", greeting)})
        outcome = run(root)
        assert (outcome.written, outcome.displaced) == ((PATH,), ())
    edit_of_ours = (root / PATH).read_text().replace("third", "by hand")
    (root / PATH).write_text(edit_of_ours)
    assert [each.change.path for each in run(root).displaced] == [PATH]


def test_a_stack_that_is_gone_takes_what_it_generated_along_without_a_word(root):
    write(root, {"stacks/two.yaml": stack("two", "hello")})
    run(root)
    (root / "stacks/two.yaml").unlink()
    outcome = run(root)
    assert (len(outcome.removed), outcome.displaced) == (5, ())


def test_a_lost_record_only_keeps_more(root):
    write(root, {"stacks/one.yaml": stack("one", "second")})
    run(root)
    record = root / ".git/kure-hooks.written.json"
    for text in ("", "[]", "{", '{"clusters/one/kustomization.yaml": 1}'):
        record.write_text(text)
        write(root, {"stacks/one.yaml": stack("one", f"n{len(text)}")})
        assert [each.change.path for each in run(root).displaced] == [PATH]


def test_values_of_secrets_are_not_shown(root):
    write(root, {"stacks/one.yaml": stack("one", "hello").replace("{greeting", "{password")})
    run(root)
    text = (root / PATH).read_text().replace("hello", "canary")
    (root / PATH).write_text(text)
    outcome = run(root)
    assert len(outcome.displaced) == 1
    for name in REPORTS:
        assert "canary" not in render(name, outcome, Style(verbose=True))


def test_below_the_top_of_the_repository(tmp_path):
    make_repository(tmp_path)
    root = tmp_path / "fleet"
    in_sync(root)
    commit_all(tmp_path, "all")
    text = edit(root)
    (displaced,) = generate(open_workspace(root)).displaced
    sh(tmp_path, displaced.restore)
    assert (root / PATH).read_text() == text


def test_a_reader_in_another_directory_gets_it_back_from_there(root):
    text = edit(root)
    workspace = replace(open_workspace(root), reader=root / "stacks")
    (displaced,) = generate(workspace).displaced
    sh(root / "stacks", displaced.restore)
    assert (root / PATH).read_text() == text


def test_before_the_first_commit(tmp_path):
    make_repository(tmp_path)
    write(tmp_path, {"stacks/one.yaml": stack("one", "hello")})
    run(tmp_path)
    text = edit(tmp_path)
    (displaced,) = run(tmp_path).displaced
    assert git(tmp_path, "cat-file", "blob", displaced.id) == text


@pytest.mark.parametrize("state", ["", "state"])
def test_without_git_a_copy_is_kept(tmp_path, monkeypatch, state):
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    if state:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "fleet"
    in_sync(root)
    assert generate(open_workspace(root)).exit_code == 0
    text = edit(root)
    (displaced,) = generate(open_workspace(root)).displaced
    assert str(tmp_path) not in displaced.restore
    assert (root / PATH).read_text() != text
    sh(root, displaced.restore)
    assert (root / PATH).read_text() == text
    write(root, {"stacks/one.yaml": stack("one", "second")})
    assert [each.change.path for each in generate(open_workspace(root)).displaced] == [PATH]
    write(root, {"stacks/one.yaml": stack("one", "third")})
    assert generate(open_workspace(root)).displaced == ()


def test_what_can_not_be_kept_is_not_written_over(root):
    text = edit(root)
    (root / ".git/refs/kure-hooks").write_text("in the way of the refs\n")
    with pytest.raises(ToolError, match="git"):
        run(root)
    assert (root / PATH).read_text() == text
