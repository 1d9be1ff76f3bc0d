"""The entry of kure-hooks in configurations that people wrote: nothing else in them changes."""

import tomllib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.errors import InputError, UsageError
from kure_hooks.setup.hook_entry import (
    HOOK_TYPES,
    has_entry,
    new_file,
    toml_with_entry,
    with_entry,
    with_hooks,
)

HOOKS = ("kure-generate", "kure-check")
TYPES = "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]\n"
ENTRY = """\
- repo: https://github.com/kure-hooks/kure-hooks
  rev: v0.1.0
  hooks:
  - id: kure-generate
  - id: kure-check
    stages: [pre-push, manual]
"""
INDENTED = "".join(f"  {line}\n" for line in ENTRY.splitlines())
INDENTED = INDENTED.replace("  - id", "    - id").replace("   stages", "     stages")
WIDE = """\
-   repo: https://github.com/kure-hooks/kure-hooks
    rev: v0.1.0
    hooks:
    -   id: kure-generate
    -   id: kure-check
        stages: [pre-push, manual]
"""
RUFF = "repo: https://github.com/astral-sh/ruff-pre-commit"

CASES = {
    "plain": (
        f"repos:\n- {RUFF}\n  rev: v1.0\n  hooks:\n  - id: ruff\n",
        f"{TYPES}repos:\n- {RUFF}\n  rev: v1.0\n  hooks:\n  - id: ruff\n{ENTRY}",
    ),
    "indented, with comments": (
        (
            f"# See pre-commit.com\nrepos:\n  # lint\n  - {RUFF}\n    rev: v1.0  # pinned\n"
            "    hooks:\n      - id: ruff  # fast\n  # the end\n\nfail_fast: true\n"
        ),
        (
            f"# See pre-commit.com\n{TYPES}repos:\n  # lint\n  - {RUFF}\n    rev: v1.0  # pinned\n"
            f"    hooks:\n      - id: ruff  # fast\n{INDENTED}  # the end\n\nfail_fast: true\n"
        ),
    ),
    "wide dashes": (
        f"repos:\n-   {RUFF}\n    rev: v1.0\n    hooks:\n    -   id: ruff\n",
        f"{TYPES}repos:\n-   {RUFF}\n    rev: v1.0\n    hooks:\n    -   id: ruff\n{WIDE}",
    ),
    "no line feed at the end": (
        f"repos:\n- {RUFF}\n  rev: v1.0\n  hooks: [{{id: ruff}}]",
        f"{TYPES}repos:\n- {RUFF}\n  rev: v1.0\n  hooks: [{{id: ruff}}]\n{ENTRY}",
    ),
    "a block scalar last": (
        (
            f"repos:\n- {RUFF}\n  rev: v1.0\n  hooks:\n  - id: a\n    exclude: |\n      a\n"
            "      b\n\n# after\nci: {}\n"
        ),
        (
            f"{TYPES}repos:\n- {RUFF}\n  rev: v1.0\n  hooks:\n  - id: a\n    exclude: |\n      a\n"
            f"      b\n{ENTRY}\n# after\nci: {{}}\n"
        ),
    ),
    "a document start": ("---\nrepos: []\n", f"---\n{TYPES}repos:\n{ENTRY.rstrip()}\n"),
    "no repositories": ("fail_fast: true\n", f"{TYPES}fail_fast: true\nrepos:\n{ENTRY}"),
    "nothing but a comment": ("# empty\n", f"# empty\n{TYPES}repos:\n{ENTRY}"),
    "some types in brackets": (
        "default_install_hook_types: [commit-msg, pre-commit]\nrepos: []\n",
        (f"default_install_hook_types: [commit-msg, {TYPES[29:]}repos:\n{ENTRY.rstrip()}\n"),
    ),
    "some types in lines": (
        "repos: []\ndefault_install_hook_types:\n  - pre-commit\n  - commit-msg # words\n# end\n",
        (
            f"repos:\n{ENTRY}default_install_hook_types:\n  - pre-commit\n  - commit-msg # words\n"
            "  - pre-merge-commit\n  - pre-push\n# end\n"
        ),
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_lines_are_inserted_and_no_other_changes(before, after):
    changed = with_entry(before, HOOKS, local=False)
    assert changed == after
    assert has_entry(changed)
    assert not has_entry(before)


def test_line_endings_of_windows_stay():
    before, after = (text.replace("\n", "\r\n") for text in CASES["indented, with comments"])
    assert with_entry(before, HOOKS, local=False) == after


@pytest.mark.parametrize(
    "text",
    [
        "repos: [{repo: local, hooks: []}]\n",
        "{repos: []}\n",
        "default_install_hook_types: [pre-commit # why\n]\nrepos: []\n",
        "repos:\n- repo: local\n  hooks: []\n---\nmore: 1\n",
    ],
)
def test_what_can_not_be_extended_is_left_to_its_owner(text):
    with pytest.raises(UsageError, match="Add these lines to its repos yourself") as error:
        with_entry(text, HOOKS, local=False)
    assert ENTRY.rstrip() in str(error.value)


MERGES = "".join(
    f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 10)}]}}\n" for level in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("repos: [\n", "2:1: repos[0]: this is not valid YAML"),
        ("- repo: local\n", "1:1: this is a list. Write a mapping."),
        ("text\n", "1:1: this is a string. Write a mapping."),
        ("repos: 3\n", "1:8: repos: this is a number. Write a list."),
        ("repos:\n-\n- 7\n", "2:2: repos[0]: this is null. Write a mapping."),
        ("repos: [{repo: local}]\n", "1:9: repos[0].hooks: this required key is missing"),
        (
            "repos: [{repo: a, hooks: x}]\n",
            "1:26: repos[0].hooks: this is a string. Write a list.",
        ),
        ("repos: [{repo: a, hooks: [x]}]\n", "1:27: repos[0].hooks[0]: this is a string. Write"),
        ("repos: []\nrepos: []\n", "2:1: the key repos is there twice"),
        (
            "default_install_hook_types: pre-push\n",
            "1:29: default_install_hook_types: this is a string",
        ),
        (f"a: {'[' * 200}{']' * 200}\n", "nested too deep"),
        (f"a0: &a0 {{x: y}}\n{MERGES}", ":6:20: a5[1]: the file has too many nodes"),
    ],
)
def test_another_shape_is_told_at_its_place(text, place):
    with pytest.raises(InputError) as error:
        with_entry(text, HOOKS, local=False)
    assert place in str(error.value)
    assert str(error.value).startswith(".pre-commit-config.yaml:")


def test_a_toml_that_is_nested_too_deeply_is_refused():
    with pytest.raises(UsageError, match="it is nested too deeply"):
        toml_with_entry(f"a = {'[' * 100_000}\n", HOOKS, local=False)


def test_a_new_file_is_the_entry_alone():
    assert new_file(HOOKS, local=False) == f"{TYPES}repos:\n{ENTRY}"
    (repository,) = yaml.safe_load(new_file(HOOKS, local=True))["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == [
        "kure-hooks generate --source index",
        "kure-hooks check --source hook",
    ]
    assert repository["repo"] == "local"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# kure-hooks some day\nrepos: []\n", False),
        ("repos:\n- repo: https://example.com/mirror/kure-hooks\n", True),
        ("repos: [{repo: local, hooks: [{id: kure-check}]}]\n", True),
        ("[[repos]]\nrepo = 'https://github.com/kure-hooks/kure-hooks'\n", True),
    ],
)
def test_an_entry_is_known(text, expected):
    assert has_entry(text) == expected


@pytest.mark.parametrize("local", [False, True])
def test_the_toml_of_prek_is_extended_at_its_ends(local):
    before = '# prek\n[[repos]]\nrepo = "builtin"\nhooks = [{ id = "check-yaml" }]'
    changed = toml_with_entry(before, HOOKS, local=local)
    assert before in changed
    whole = tomllib.loads(changed)
    assert whole["default_install_hook_types"] == list(HOOK_TYPES)
    assert [hook["id"] for hook in whole["repos"][1]["hooks"]] == list(HOOKS)
    assert whole["repos"][:1] == tomllib.loads(before)["repos"]
    for other in ("repos = []\n", "[[repos]\n"):
        with pytest.raises(UsageError, match=r"^prek\.toml "):
            toml_with_entry(other, HOOKS, local=local)


HOOK = st.fixed_dictionaries(
    {"id": st.sampled_from(["ruff", "mypy", "a b", "on", "1"])},
    optional={
        "args": st.lists(st.sampled_from(["--fix", "x: y", "# no", "- dash"]), max_size=2),
        "exclude": st.sampled_from(["(?x)^(\n  a|\n  b\n)$\n", "^x/", "a\n\n", "'"]),
    },
)
REPOSITORY = st.fixed_dictionaries(
    {
        "repo": st.sampled_from(["local", "https://example.com/a"]),
        "hooks": st.lists(HOOK, min_size=1, max_size=2),
    }
)
FORMS = st.fixed_dictionaries(
    {
        "default_style": st.sampled_from([None, None, "|", '"']),
        "indent": st.integers(2, 5),
        "width": st.sampled_from([20, 80]),
        "explicit_start": st.booleans(),
    }
)


@given(st.lists(REPOSITORY, max_size=3), FORMS, st.sampled_from(["", "# end\n", "\n\n#\n"]))
def test_any_configuration_gets_one_entry_more(repositories, form, end):
    before = yaml.safe_dump({"repos": repositories, "fail_fast": False}, sort_keys=False, **form)
    before += end
    changed = with_entry(before, HOOKS, local=False)
    after = yaml.safe_load(changed)
    assert after["repos"][:-1] == repositories
    stages = {"stages": ["pre-push", "manual"]}
    assert after["repos"][-1]["hooks"] == [{"id": HOOKS[0]}, {"id": HOOKS[1]} | stages]
    kept = iter(changed.splitlines())
    old = [line for line in before.splitlines() if line not in ("repos: []", '"repos": []')]
    assert all(line in kept for line in old)


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_hooks_are_added_to_an_entry_that_is_there(case, local):
    """It comes out as if all had been asked for at once."""
    before, _ = CASES[case]
    once = with_entry(before, ("kure-lint", *HOOKS), local=local)
    assert with_hooks(with_entry(before, ("kure-lint",), local=local), HOOKS) == once


@pytest.mark.parametrize(
    "text",
    [
        "repos: [{repo: x, rev: v1, hooks: [{id: kure-lint}]}]\n",
        "repos:\n- repo: x\n  rev: v1\n  hooks: [{id: kure-lint}]\n",
        "repos:\n- repo: x\n  rev: v1\n  hooks:\n  - id: ruff\n",
        "repos:\n- repo: x\n  hooks:\n",
        "repos: [\n",
        "- kure-lint\n",
        "",
    ],
)
def test_other_forms_are_left_to_people(text):
    assert with_hooks(text, HOOKS) == ""
