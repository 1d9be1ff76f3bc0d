"""The first set-up: files that a repository lacks are written, others changed when asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from kure_hooks import config
from kure_hooks.drift.hunks import unified
from kure_hooks.errors import InputError, ReadError, UsageError
from kure_hooks.files.globs import matches
from kure_hooks.files.lock import exclusive
from kure_hooks.files.paths import path_problem
from kure_hooks.files.writer import write_tree
from kure_hooks.operations import fleet
from kure_hooks.operations.generate import lock_file
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import merging
from kure_hooks.secrecy.texts import scrub
from kure_hooks.setup import hook_entry, starters, surroundings
from kure_hooks.setup.surroundings import GITLAB, PRE_COMMIT, PREK, Surroundings, survey

_YAML = (".yml", ".yaml")
_ATTRIBUTES = ".gitattributes"
_OF_STACKS = ("kure-generate", "kure-check")
_SCHEMAS = ".kure-hooks"
_TITLES = {"flux": "Flux", "argocd": "Argo CD"}


@dataclass(frozen=True)
class Wish:
    """The wishes of whoever sets up; empty strings leave the choice to what there is.

    `cluster` is the name of a first cluster, `local` says that hooks run the kure-hooks on PATH,
    and `schemas` that the JSON Schemas for editors are written into the repository.
    """

    cluster: str = ""
    engine: str = ""
    forge: str = ""
    local: bool = False
    schemas: bool = False


@dataclass(frozen=True)
class SetUp:
    """The files to write: `created` are new, `changed` exist, both with their whole new text.

    `before` has the present text of the changed ones, `notes` what is left to somebody else, and
    `commands` what to run next. `driver` tells that git is to be told of the merge driver, by
    settings of this clone alone.
    """

    created: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    commands: Sequence[str] = ()
    driver: bool = False

    def diff(self, path: str) -> Iterator[str]:
        """Yield the lines of a unified diff of one file, with its secrets hidden."""
        yield f"--- {f'a/{path}' if path in self.before else '/dev/null'}"
        yield f"+++ b/{path}"
        after = self.created.get(path) or self.changed[path]
        yield from unified(self._shown(path), scrub(after))

    def _shown(self, path: str) -> str | None:
        return scrub(self.before[path]) if path in self.before else None


def init(workspace: Workspace, wish: Wish) -> SetUp:
    """Return what a repository lacks; nothing is written.

    A repository that has manifests of Flux or Argo CD gets no first stack unless `wish` names a
    cluster: it is linted as it is until somebody imports it. Raises UsageError outside of git and
    below its top, and for a configuration of hooks that can't be extended.
    """
    if not workspace.git:
        raise UsageError(
            f"init needs a git repository, and {workspace.root.name} is in none. "
            "Run `git init` first."
        )
    if workspace.below:
        raise UsageError(
            f"init sets up the whole repository, and {workspace.below} is only a part of it. "
            "Run it at the top, or name that with --root."
        )
    return _Planning(workspace, wish).set_up()


def write(workspace: Workspace, set_up: SetUp, *, changes: bool) -> tuple[str, ...]:
    """Write what is new, and with `changes` what changes; return the paths."""
    if set_up.driver:
        merging.set_driver(workspace.root)
    files = {**set_up.created, **(set_up.changed if changes else {})}
    with exclusive(lock_file(workspace)):
        encoded = {path: text.encode() for path, text in files.items()}
        return write_tree(workspace.root, encoded).written


class _Planning:
    """The decisions of one set-up, in their order."""

    def __init__(self, workspace: Workspace, wish: Wish) -> None:
        self.tree = workspace.present
        self.settings = workspace.settings
        self.wish = wish
        self.root = workspace.root
        self.around: Surroundings = survey(self.tree, workspace.origin)
        self.paths = frozenset(self.tree.paths())
        stacks = fleet.find(self.tree, self.settings)
        self.is_imported = bool(self.around.tools and not stacks and not wish.cluster)
        self.has_stack = bool(stacks)
        self.lacks_stack = not stacks and not self.is_imported
        self.forge = wish.forge or self.around.forge
        self.engine = wish.engine or (*self.around.tools, "flux")[0]
        self.command = "lint" if self.is_imported else "check"
        self.created: dict[str, str] = {}
        self.changed: dict[str, str] = {}
        self.before: dict[str, str] = {}
        self.notes: list[str] = []

    def set_up(self) -> SetUp:
        """Return the whole set-up."""
        self._settings()
        self._schemas()
        self._hooks()
        self._workflow()
        driver = self._attributes()
        return SetUp(
            self.created, self.changed, self.before, self.notes, tuple(self._commands()), driver
        )

    def _settings(self) -> None:
        if config.FILE_NAME not in self.paths:
            schemas = _SCHEMAS if self.wish.schemas else starters.SCHEMAS
            text = starters.settings(self.engine, self.around.url, schemas)
            self.created[config.FILE_NAME] = text
        if not self.lacks_stack:
            return
        name = self.wish.cluster or "dev"
        path = f"stacks/{name}.yaml"
        if problem := path_problem(path):
            raise UsageError(f"--cluster {name}: the path {problem}. Choose another name.")
        if not any(matches(pattern, path) for pattern in self.settings.stacks):
            self.notes.append(
                f"`stacks` in {config.FILE_NAME} matches no file, nor {path}. Add the pattern "
                '"stacks/*.yaml" to it and run `kure-hooks init` again.'
            )
            return
        schemas = f"{'../' * path.count('/')}{_SCHEMAS}" if self.wish.schemas else starters.SCHEMAS
        self.created[path] = starters.stack(name, self.engine, schemas)
        if self.engine == "argocd" and not self.around.url:
            self.notes.append(
                "git knows no remote named origin, so argocd.repoURL in .kure-hooks.yaml is made "
                "up. Write the URL that Argo CD reads this repository from."
            )

    def _schemas(self) -> None:
        """Keep the JSON Schemas for editors beside the files, for work without a network."""
        from kure_hooks.operations.schema import SCHEMAS, printed  # noqa: PLC0415 - on demand

        for name, make in SCHEMAS.items() if self.wish.schemas else ():
            path, text = f"{_SCHEMAS}/{name}.schema.json", printed(make())
            if path not in self.paths:
                self.created[path] = text
            elif self._text(path) != text:
                self._change(path, text)

    def _hooks(self) -> None:
        hooks = ("kure-lint",) if self.is_imported else _OF_STACKS
        local = self.wish.local
        path = self.around.runner
        if not path and self.around.other_hooks:
            command = "lint" if self.is_imported else "generate"
            self.notes.append(
                f"{self.around.other_hooks} runs the hooks of this repository. Let it run "
                f"`kure-hooks {command} --source index` before each commit."
            )
        elif not path:
            self.created[PRE_COMMIT] = hook_entry.new_file(hooks, local=local)
        elif not hook_entry.has_entry(text := self._text(path)):
            extend = hook_entry.toml_with_entry if path == PREK else hook_entry.with_entry
            self._change(path, extend(text, hooks, local=local))
        elif self.has_stack and not any(name in text for name in _OF_STACKS):
            self._watch_stacks(path, text)

    def _watch_stacks(self, path: str, text: str) -> None:
        """Let hooks that were set up before there were stacks look at them."""
        suffix = "-system" if "kure-lint-system" in text else ""
        hooks = [f"{name}{suffix}" for name in _OF_STACKS]
        if path != PREK and (changed := hook_entry.with_hooks(text, hooks)):
            self._change(path, changed)
            return
        self.notes.append(
            f"There are stacks now, and the hooks in {path} do not look at them. Add "
            f"{' and '.join(hooks)} beside kure-lint{suffix}."
        )

    def _workflow(self) -> None:
        if not self.forge:
            self.notes.append(
                "No forge is known, so there is no workflow yet. Name yours with --forge github, "
                "gitlab or forgejo."
            )
            return
        path = starters.WORKFLOWS[self.forge]
        if self.has_stack and self._lints_only(path):
            return
        directory = path.rpartition("/")[0]
        others = [name for name in self.paths if directory and name.startswith(f"{directory}/")]
        known = [name for name in (*others, path) if name in self.paths]
        texts = [self._text(name) for name in known if name.endswith(_YAML)]
        if ours := [text for text in texts if "kure-hooks" in text]:
            if self.has_stack and not any(word in "".join(ours) for word in ("check", "generate")):
                self.notes.append(
                    "There are stacks now, and the workflow does not look at them. Let it run "
                    "`kure-hooks check`."
                )
            return
        if self.forge != GITLAB:
            self._add(path, starters.workflow(self.forge, self.command))
        elif path in self.paths:
            self._pipeline(path)
        else:
            self.created[path] = starters.gitlab_job(self.command)

    def _lints_only(self, path: str) -> bool:
        """Change a workflow that was written before there were stacks, if it is as it was then."""
        write = (
            starters.gitlab_job if self.forge == GITLAB else partial(starters.workflow, self.forge)
        )
        if path not in self.paths or self._text(path) != write("lint"):
            return False
        self._change(path, write("check"))
        return True

    def _pipeline(self, path: str) -> None:
        """Add a job to the pipeline of GitLab that exists, or tell why that can't be done."""
        text = self._text(path)
        try:
            stage = surroundings.stage(text)
        except InputError as error:
            job = starters.gitlab_job(self.command)
            self.notes.append(
                f"The job of kure-hooks can't be added to this pipeline: {error.findings[0]}. Add "
                f"it yourself:\n{job.rstrip()}"
            )
            return
        job = starters.gitlab_job(self.command, stage)
        self._change(path, f"{_ended(text)}\n{job}")

    def _add(self, path: str, text: str) -> None:
        if path not in self.paths:
            self.created[path] = text

    def _attributes(self) -> bool:
        """Name the merge driver for what is generated; tell whether git doesn't know it yet."""
        if self.is_imported:
            return False
        present = self._text(_ATTRIBUTES) if _ATTRIBUTES in self.paths else ""
        text = starters.attributes(self.settings.output, self.forge, present)
        if not present:
            self.created[_ATTRIBUTES] = text
        elif text != present:
            self._change(_ATTRIBUTES, text)
        return not merging.has_driver(self.root)

    def _change(self, path: str, text: str) -> None:
        self.before[path], self.changed[path] = self._text(path), text

    def _text(self, path: str) -> str:
        try:
            return self.tree.read(path).decode()
        except (ReadError, UnicodeDecodeError) as error:
            reason = error.reason if isinstance(error, ReadError) else "is not UTF-8"
            raise UsageError(f"{path} {reason}") from error

    def _commands(self) -> Iterator[str]:
        """Yield what to run next, as a shell takes it."""
        runs_hooks = self.around.runner or not self.around.other_hooks
        if self.is_imported:
            tools = " and ".join(_TITLES[tool] for tool in self.around.tools)
            yield f"kure-hooks lint    # works at once, on {self.around.owners} objects of {tools}"
            for tool in self.around.tools:
                yield f"kure-hooks import {tool} --cluster NAME    # makes stack files of them"
            yield "kure-hooks init    # again after an import: hooks check the stacks then"
        else:
            yield "kure-hooks generate"
        yield "git add --all"
        if runs_hooks:
            is_prek = self.around.runner == PREK
            yield "prek install" if is_prek else "pre-commit install    # or prek install"
        yield "git commit -m 'Add kure-hooks'"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
