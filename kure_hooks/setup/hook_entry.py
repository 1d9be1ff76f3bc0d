"""The entry of kure-hooks in the file that configures pre-commit or prek.

A file that exists keeps its comments and its format: lines are inserted at the positions that the
parser tells, and the result is parsed again to prove that nothing else has changed.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import yaml
from msgspec import Struct

from kure_hooks.decoding import decode
from kure_hooks.errors import InputError, UsageError
from kure_hooks.setup.starters import HOME, REVISION
from kure_hooks.setup.surroundings import PRE_COMMIT
from kure_hooks.yamlio import read

HOOK_TYPES = ("pre-commit", "pre-merge-commit", "pre-push")
_TYPES_KEY = "default_install_hook_types"

_HOOK = re.compile(r"^[^#\n]*\bkure-(?:hooks|generate|check|lint|validate)\b", re.MULTILINE)
_LIST_OF_REPOS = re.compile(r"^[^\S\n]*+repos\s*+=", re.MULTILINE)
_TYPES = re.compile(rf"^[^\S\n]*+{_TYPES_KEY}\b", re.MULTILINE)

# The deeds of hooks for those who have kure-hooks on their PATH.
_ENTRIES = {
    "kure-generate": "kure-hooks generate --source index",
    "kure-check": "kure-hooks check --source hook",
    "kure-lint": "kure-hooks lint --source index",
}


class _Hook(Struct):
    id: str


class _Repository(Struct):
    repo: str
    hooks: list[_Hook]


class _Configuration(Struct):
    """The parts of a configuration that a new entry stands beside."""

    repos: list[_Repository] | None = None
    default_install_hook_types: list[str] | None = None


class _Form(NamedTuple):
    """The indents and dashes of a file's lists: of the repositories, and of their hooks."""

    indent: str = ""
    dash: str = "- "
    inner: str = ""
    inner_dash: str = "- "


def new_file(hooks: Sequence[str], *, local: bool) -> str:
    """Return a configuration with nothing but the entry."""
    lines = _entry(hooks, _Form(), local=local)
    return "\n".join([_types_line(), "repos:", *lines, ""])


def has_entry(text: str) -> bool:
    """Tell whether a configuration of pre-commit or prek has an entry of kure-hooks already."""
    return _HOOK.search(text) is not None


def with_entry(text: str, hooks: Sequence[str], *, local: bool) -> str:
    """Return a YAML configuration with the entry at the end of its repos.

    Raises InputError, with the place, for a file that can't be read or has a value of another type
    than pre-commit takes, and UsageError, which shows the lines to add by hand, for another form.
    """
    before = _configuration(text)
    try:
        changed = _with_types(_with_repository(text, hooks, local=local))
        proven = before is not None and _adds_one(before, _configuration(changed) or {}, hooks)
    except (InputError, yaml.YAMLError, ValueError, IndexError, AttributeError):
        proven = False
    if not proven:
        lines = "\n".join(_entry(hooks, _Form(), local=local))
        raise UsageError(
            ".pre-commit-config.yaml has a form that can't be extended. Add these lines to its "
            f"repos yourself, then run `kure-hooks init` again:\n{lines}"
        )
    return changed


def with_hooks(text: str, hooks: Sequence[str]) -> str:
    """Return a YAML configuration with more hooks in its entry; empty for one of another form."""
    try:
        changed = _with_hooks(text, hooks)
        before, after = _configuration(text) or {}, _configuration(changed) or {}
        pairs = zip(before["repos"], after["repos"], strict=True)
        (entry,) = [new for old, new in pairs if new != old]
        del entry["hooks"][-len(hooks) :]
    except (InputError, yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError):
        return ""
    return changed if before == after else ""


def _configuration(text: str) -> dict[str, Any] | None:
    """Return a configuration, None for one of several documents.

    It is read within the limits of all input, so that the parser below meets nothing deeper.
    """
    documents = read(text.encode(), PRE_COMMIT)
    if len(documents) > 1:
        return None
    for document in documents:
        decode(document, _Configuration)
        return dict(document.value)
    return {}


def _adds_one(before: dict[str, Any], after: dict[str, Any], hooks: Sequence[str]) -> bool:
    """Tell whether a configuration is another one with one more repository at its end."""
    *others, added = after["repos"]
    types = before.get(_TYPES_KEY) or []
    lacking = [name for name in HOOK_TYPES if name not in types]
    expected = {**before, "repos": before.get("repos") or [], _TYPES_KEY: [*types, *lacking]}
    return expected == {**after, "repos": others} and [
        hook["id"] for hook in added["hooks"]
    ] == list(hooks)


def toml_with_entry(text: str, hooks: Sequence[str], *, local: bool) -> str:
    """Return a prek.toml with the entry at its end, and the types of hooks at its beginning."""
    if _LIST_OF_REPOS.search(text):
        raise UsageError(
            "prek.toml has its repos in one list. Add kure-hooks to it yourself, or write them as "
            "[[repos]], then run `kure-hooks init` again."
        )
    types = ", ".join(f'"{name}"' for name in HOOK_TYPES)
    head = "" if _TYPES.search(text) else f"{_TYPES_KEY} = [{types}]\n"
    lines = ["[[repos]]", 'repo = "local"' if local else f'repo = "{HOME}"']
    if not local:
        lines.append(f'rev = "{REVISION}"')
    listed = ", ".join(_toml_hook(name, local=local) for name in hooks)
    entry = "\n".join([*lines, f"hooks = [{listed}]", ""])
    body = text if not text or text.endswith("\n") else f"{text}\n"
    changed = f"{head}{body}\n{entry}"
    try:
        tomllib.loads(changed)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise UsageError(
            f"prek.toml can't be extended: {reason}. Add this yourself:\n{entry}"
        ) from error
    return changed


def _toml_hook(name: str, *, local: bool) -> str:
    """Return one hook as a table in one line; strings and lists of TOML are as those of JSON."""
    keys: dict[str, Any] = {"id": name, "stages": _stages(name, local=local)}
    if local:
        keys |= {"name": name, "language": "system", "entry": _ENTRIES[name]}
        keys |= {"always_run": True, "pass_filenames": False}
    pairs = (f"{key} = {json.dumps(value)}" for key, value in keys.items() if value != ())
    return f"{{ {', '.join(pairs)} }}"


def _types_line() -> str:
    return f"{_TYPES_KEY}: [{', '.join(HOOK_TYPES)}]"


def _entry(hooks: Sequence[str], form: _Form, *, local: bool) -> Iterator[str]:
    """Yield the lines of the entry."""
    below = form.indent + " " * len(form.dash)
    yield f"{form.indent}{form.dash}repo: {'local' if local else HOME}"
    if not local:
        yield f"{below}rev: {REVISION}"
    yield f"{below}hooks:"
    for name in hooks:
        yield from _hook(name, f"{below}{form.inner}", form.inner_dash, local=local)


def _hook(name: str, indent: str, dash: str, *, local: bool) -> Iterator[str]:
    """Yield the lines of one hook."""
    yield f"{indent}{dash}id: {name}"
    keys = f"{indent}{' ' * len(dash)}"
    if stages := _stages(name, local=local):
        yield f"{keys}stages: [{', '.join(stages)}]"
    if local:
        yield f"{keys}name: {name}"
        yield f"{keys}entry: {_ENTRIES[name]}"
        yield f"{keys}language: system"
        yield f"{keys}always_run: true"
        yield f"{keys}pass_filenames: false"


def _stages(name: str, *, local: bool) -> Sequence[str]:
    """Return the stages to write; in commits kure-check would repeat what kure-generate tells."""
    if name.startswith("kure-check"):
        return "pre-push", "manual"
    return ("pre-commit", "pre-merge-commit", "manual") if local else ()


def _with_hooks(text: str, hooks: Sequence[str]) -> str:
    """Insert hooks behind those of the first repository that has one of kure-hooks."""
    for repository in _value(yaml.compose(text, yaml.SafeLoader), "repos").value:
        present = _value(repository, "hooks")
        names = [_value(hook, "id").value for hook in present.value]
        if any(name.startswith("kure-") for name in names) and not present.flow_style:
            local = _value(repository, "repo").value == "local"
            column = present.start_mark.column
            dash = "-".ljust(present.value[0].start_mark.column - column)
            new = [_hook(name, " " * column, dash, local=local) for name in hooks]
            lines = text.splitlines(keepends=True)
            ending = "\r\n" if "\r\n" in text else "\n"
            return _inserted(lines, _last_line(present, lines) + 1, chain(*new), ending)
    raise ValueError("no list of hooks in lines of their own")


def _with_repository(text: str, hooks: Sequence[str], *, local: bool) -> str:
    ending = "\r\n" if "\r\n" in text else "\n"
    repos = _value(yaml.compose(text, yaml.SafeLoader), "repos")
    lines = text.splitlines(keepends=True)
    if repos is None:
        entry = _entry(hooks, _Form(), local=local)
        return _inserted(lines, len(lines), ["repos:", *entry], ending)
    if repos.flow_style:
        if repos.value:
            raise ValueError("a list in brackets")
        start, end = repos.start_mark.index, repos.end_mark.index
        entry = _entry(hooks, _Form(), local=local)
        return text[:start].rstrip() + ending + ending.join(entry) + text[end:]
    first = repos.value[0]
    column = repos.start_mark.column
    form = _Form(" " * column, "-".ljust(first.start_mark.column - column))
    own_hooks = _value(first, "hooks")
    if own_hooks is not None and not own_hooks.flow_style and not first.flow_style:
        gap = own_hooks.value[0].start_mark.column - own_hooks.start_mark.column
        form = form._replace(
            inner=" " * (own_hooks.start_mark.column - first.start_mark.column),
            inner_dash="-".ljust(gap),
        )
    entry = _entry(hooks, form, local=local)
    return _inserted(lines, _last_line(repos, lines) + 1, entry, ending)


def _inserted(lines: list[str], at: int, new: Any, ending: str) -> str:
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += ending
    return "".join([*lines[:at], *(f"{line}{ending}" for line in new), *lines[at:]])


def _value(mapping: Any, key: str) -> Any:
    """Return the node of a key's value, None where there is no such key."""
    items = mapping.value if mapping else ()
    return next((value for name, value in items if name.value == key), None)


def _last_line(node: Any, lines: Sequence[str]) -> int:
    """Return the number, from 0, of the last line that a node has content in."""
    if not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last, lines)
    start, end = int(node.start_mark.line), int(node.end_mark.line)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        # Its end is where the next token begins.
        end = min(end, len(lines)) - 1
        keeps = "+" in lines[start][node.start_mark.column :][:3]
        while end > start and not keeps and not lines[end].strip():
            end -= 1
    return end


def _with_types(text: str) -> str:
    """Add the types of hooks that `install` shall install, or those that are lacking in a list."""
    root: Any = yaml.compose(text, yaml.SafeLoader)
    ending = "\r\n" if "\r\n" in text else "\n"
    types = _value(root, _TYPES_KEY)
    if types is None:
        start = root.start_mark.index
        return f"{text[:start]}{_types_line()}{ending}{text[start:]}"
    names = [item.value for item in types.value]
    lacking = [name for name in HOOK_TYPES if name not in names]
    if not lacking:
        return text
    if types.flow_style:
        end = types.end_mark.index - 1
        comma = ", " if names else ""
        return f"{text[:end].rstrip()}{comma}{', '.join(lacking)}{text[end:]}"
    lines = text.splitlines(keepends=True)
    dash = " " * types.start_mark.column + "-".ljust(
        types.value[0].start_mark.column - types.start_mark.column
    )
    return _inserted(
        lines, _last_line(types, lines) + 1, [f"{dash}{name}" for name in lacking], ending
    )
