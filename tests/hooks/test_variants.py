"""The hooks of `language: system`: the user's own kure-hooks, under both runners."""

from tests.hooks.checkout import generated, run_kure, stack
from tests.hooks.test_fixes import follow
from tests.support.git import commit_all, make_repository, write

ONE = generated("one")


def test_a_commit_and_a_push_are_judged(checkout):
    made = checkout("kure-check-system")
    made.write("stacks/one.yaml", stack("one", "second"))
    made.git("add", "stacks")
    command = follow(made, made.refused())
    assert command == "kure-hooks generate --source index; git add -A -- clusters"
    made.accepted()
    assert "greeting: second" in made.committed(ONE)
    make_repository(made.path.parent / "remote", "--bare")
    made.git("remote", "add", "origin", "../remote")
    made.write("stacks/one.yaml", stack("one", "third"))
    made.git("commit", "--quiet", "--all", "--no-verify", "--message", "drift")
    worked, said = made.push()
    assert (worked, "data.greeting" in said) == (False, True), said
    made.git("reset", "--quiet", "--hard", "HEAD~1")
    worked, said = made.push()
    assert worked, said


def test_the_generating_variant_fails_until_the_result_is_staged(checkout):
    made = checkout("kure-generate-system")
    made.write("stacks/one.yaml", stack("one", "second"))
    made.git("add", "stacks")
    assert "git add -A -- clusters" in made.refused()
    made.git("add", "clusters")
    made.accepted()


def test_the_variants_for_manifests(checkout):
    made = checkout("kure-validate-system", "kure-lint-system")
    made.write("apps/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: 1\n")
    made.git("add", "apps")
    assert "apps/a.yaml" in made.refused()
    made.write("apps/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    made.git("add", "apps")
    made.accepted()


def test_fixes_are_told_by_the_configuration_of_prek(tmp_path):
    """prek reads that file first, and kure-hooks need not be on PATH there."""
    make_repository(tmp_path)
    repository = '[[repos]]\nrepo = "https://example.com/kure-hooks"\nrev = "v1"\n'
    write(tmp_path, {"prek.toml": f'{repository}hooks = [{{ id = "kure-generate" }}]\n'})
    write(
        tmp_path, {".pre-commit-config.yaml": "repos: []\n", "stacks/one.yaml": stack("one", "a")}
    )
    commit_all(tmp_path, "first")
    variables = {"PRE_COMMIT": "1", "PREK_HOOK_STAGE": "pre-commit"}
    done = run_kure("check", "--source", "hook", cwd=tmp_path, variables=variables)
    fix = "prek run --hook-stage manual kure-generate --all-files; git add -A -- clusters"
    assert done.stdout.endswith(f"To fix: {fix}\n")
    # A file that is no TOML is passed over.
    write(tmp_path, {"prek.toml": "[[repos\n"})
    done = run_kure("check", "--source", "hook", cwd=tmp_path, variables=variables)
    fix = "kure-hooks generate --source index; git add -A -- clusters"
    assert done.stdout.endswith(f"To fix: {fix}\n")
