"""Every command that a hook prints is run as a reader would, and then the hook is content."""

from tests.hooks.checkout import generated, run_kure, stack

BY_HAND = "kure-generate, stages: [manual]"
ONE, TWO = generated("one"), generated("two")


def follow(checkout, said, title="To fix: "):
    """Run what a report says behind a title, in a shell in the work tree; return it."""
    lines = [line.strip() for line in said.splitlines()]
    (command,) = {line.removeprefix(title) for line in lines if line.startswith(title)}
    checkout.shell(command)
    return command


def test_the_fix_of_a_hook_is_run_by_its_runner(checkout, runner):
    made = checkout("kure-check", BY_HAND)
    made.write("stacks/one.yaml", stack("one", "second"))
    made.git("add", "stacks")
    command = follow(made, made.refused())
    expected = f"{runner[0]} run --hook-stage manual kure-generate --all-files"
    assert command == f"{expected}; git add -A -- clusters"
    assert "greeting: second" in made.read(ONE)
    made.accepted()


def test_without_the_generating_hook_it_is_taken_from_the_repository_of_the_other(checking):
    checking.write("stacks/one.yaml", stack("one", "second"))
    checking.git("add", "stacks")
    command = follow(checking, checking.refused())
    assert "try-repo --hook-stage manual" in command
    checking.accepted()


def test_removals_that_look_like_a_mistake_are_permitted_by_a_variable(checkout):
    made = checkout("kure-check", BY_HAND)
    made.git("rm", "--quiet", "stacks/one.yaml")
    said = made.refused()
    assert "unexpected  apps/web-configmap-greeting.yaml\n" in said
    assert "no longer generated: stacks/one.yaml was deleted" in said
    command = follow(made, said)
    assert command.startswith("KURE_HOOKS_ALLOW_PRUNE=1 ")
    assert not (made.path / "clusters").exists()
    made.accepted()


def test_a_file_of_somebody_else_is_taken_over_by_a_variable(checkout):
    made = checkout("kure-check", BY_HAND)
    made.write("stacks/two.yaml", stack("two", "hello"))
    made.write(TWO, "mine: yes\n")
    made.git("add", "--all")
    said = made.refused()
    assert "in the way, without the header of kure-hooks; its content is staged" in said
    assert made.read(TWO) == "mine: yes\n"
    command = follow(made, said, "To take over and fix: ")
    assert command.startswith("KURE_HOOKS_ADOPT=1 ")
    assert "greeting: hello" in made.read(TWO)
    made.accepted()


def test_before_a_push_the_fix_ends_with_a_commit(checkout):
    made = checkout("kure-check", BY_HAND)
    made.git("init", "--quiet", "--bare", "remote")
    made.git("remote", "add", "origin", "remote")
    made.write(".gitignore", "remote\n")
    made.write("stacks/one.yaml", stack("one", "second"))
    made.git("add", ".gitignore", "stacks")
    made.accepted("--no-verify")
    worked, said = made.push()
    assert not worked
    command = follow(made, said)
    assert command.endswith("; git commit -m 'Regenerate clusters'")
    worked, said = made.push()
    assert worked, said


def test_what_shows_all_of_a_report_that_was_cut_does(checkout):
    made = checkout("kure-check")
    for number in range(30):
        text = stack(f"s{number}", "hello").replace("name: apps", f"name: apps-{number}")
        made.write(f"stacks/s{number}.yaml", text)
    made.git("add", "stacks")
    said = made.refused()
    assert len(said.splitlines()) < 80
    (line,) = [each for each in said.splitlines() if each.lstrip().startswith("... and")]
    command = line.strip().partition(" more; ")[2].removesuffix(" shows all")
    assert command.startswith("KURE_HOOKS_LINES=0 ")
    shown = made.shell(command)
    assert sum("web-configmap-greeting.yaml" in each for each in shown.splitlines()) >= 30


def test_a_command_that_is_installed_otherwise_is_named_itself(checkout):
    made = checkout("kure-check")
    local = "{id: drift, name: drift, entry: kure-hooks check --source index, language: system}"
    made.write(".pre-commit-config.yaml", f"repos: [{{repo: local, hooks: [{local}]}}]\n")
    made.write("stacks/one.yaml", stack("one", "second"))
    made.git("add", "--all")
    done = run_kure("check", "--source", "index", cwd=made.path, variables={"PRE_COMMIT": "1"})
    assert done.stdout.endswith(
        "To fix: kure-hooks generate --source index; git add -A -- clusters\n"
    )
