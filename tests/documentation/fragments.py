"""The YAML that pages show, judged by what reads it: a file by its name, a part by its keys."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from types import ModuleType

import msgspec
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from kure_hooks import config, hooks, registry
from kure_hooks.apps import helm, workload
from kure_hooks.decoding import decode
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.stack.documents import (
    APPLICATION_API,
    SET_KIND,
    ApplicationDocument,
    BundleDoc,
    ClusterDocument,
    NodeDoc,
    PlainCluster,
)
from kure_hooks.stack.sets.documents import ClusterSetDocument
from kure_hooks.yamlio import read, strict
from tests.support.scripts import script

_NAMED = re.compile(r"# ([\w./-]+\.(?:yaml|yml|toml))\s")
_WORKLOAD = {
    "workload": "Deployment",
    "containers": [
        {"name": "web", "image": "web:1", "ports": [{"name": "http", "containerPort": 8080}]}
    ],
    "services": [{"name": "web", "port": 80, "targetPort": "http"}],
}
HOME = "https://github.com/kure-hooks/kure-hooks"
# Pages name this project by its tag, and all others by a commit.
_PINS = """\
rules:
  unpinned-uses:
    config:
      policies:
        "kure-hooks/*": ref-pin
        "*": hash-pin
"""


def name_of(text: str) -> str:
    """Return the path that a block's first line gives its file, empty where there is none."""
    match = _NAMED.match(text)
    return match[1] if match else ""


def fault(name: str, text: str, world) -> str:
    """Return what is wrong with a block of YAML, or nothing; `name` is the path of its file."""
    for pattern, judge in _FILES.items():
        if re.fullmatch(pattern, name):
            return judge(name, text, world)
    return "\n".join(_faults_of_parts(text))


def _keys(struct) -> set[str]:
    return set(struct.__struct_encode_fields__)


def _faults_of_parts(text: str) -> Iterator[str]:
    # A block of comments alone, such as a line for editors, has no document.
    for document in filter(None, yaml.safe_load_all(text)):
        kind, part = _part(document)
        if kind is None:
            yield f"nothing reads a mapping with the keys {', '.join(document)}"
        else:
            yield from kind(yaml.safe_dump(part, sort_keys=False))


def _part(document):
    """Return what reads a part of a file, and the part with what it lacks around it."""
    keys, api, named = set(document), document.get("apiVersion", ""), {"name": "part", **document}
    spec = document.get("spec", {})
    readers = (
        (api == APPLICATION_API, _decoded(ApplicationDocument), document),
        (document.get("kind") == SET_KIND, _decoded(ClusterSetDocument), document),
        (api.startswith("stack."), _decoded(ClusterDocument), document),
        ({"apiVersion", "kind"} <= keys or keys == {"metadata"}, _object, document),
        (keys <= _keys(config.Settings), _settings, document),
        (keys & {"gitops", "node"}, _cluster, {"node": {}, **named}),
        (keys <= {"bundle", "children"}, _decoded(NodeDoc), named),
        (keys == {"spec"} and "chart" in spec, _specified(helm), spec),
        (keys == {"spec"}, _specified(workload), {**_WORKLOAD, **spec}),
        (keys <= _keys(BundleDoc), _decoded(BundleDoc), named),
    )
    return next(((reader, part) for fits, reader, part in readers if fits), (None, document))


def _decoded(struct: type[msgspec.Struct]) -> Callable[[str], Iterator[str]]:
    def faults(text: str) -> Iterator[str]:
        try:
            decode(read(text.encode(), "part.yaml", strict)[0], struct)
        except InputError as error:
            yield str(error)

    return faults


def _cluster(text: str) -> Iterator[str]:
    yield from _decoded(PlainCluster)(text)
    tool = yaml.safe_load(text).get("gitops", {}).get("type", "flux")
    if tool not in registry.engine_names():
        yield f"no engine is called {tool}"


def _specified(kind: ModuleType) -> Callable[[str], Iterator[str]]:
    """Return what judges the spec of an application of this kind by its values alone."""

    def faults(text: str) -> Iterator[str]:
        try:
            spec = decode(read(text.encode(), "part.yaml", strict)[0], kind.Spec)
            yield from map(str, kind.problems(spec))
        except InputError as error:
            yield str(error)

    return faults


def _settings(text: str) -> Iterator[str]:
    try:
        config.load(MemoryTree({config.FILE_NAME: text.encode()}))
    except InputError as error:
        yield str(error)


def _object(text: str) -> Iterator[str]:
    """Yield nothing: an object is judged where the page's stacks take it in."""
    assert yaml.safe_load(text)["metadata"]
    yield from ()


def _settings_file(_name: str, text: str, _world) -> str:
    return "".join(_settings(text))


def _hooks_file(name: str, text: str, world) -> str:
    """Judge a configuration of hooks by both runners, and its hooks by the catalogue."""
    world.write(name, text)
    runners = ["prek"] if name.endswith(".toml") else ["pre-commit", "prek"]
    for runner in runners:
        code, output = world.run(f"{runner} validate-config {name}")
        if code:
            return output
    named = set(re.findall(r'\bid ?[:=] "?(kure-[\w-]+)', text)) if HOME in text else set()
    unknown = named - {hook.id for hook in hooks.CATALOGUE}
    return f"there is no hook {unknown}" if unknown else ""


def _judged_by_schema(schema: str) -> Callable[..., str]:
    def judge(name: str, text: str, world) -> str:
        world.write(name, text)
        path = str(world.repository / name)
        done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, path])
        return done.output if done.exit_code else ""

    return judge


def _workflow(name: str, text: str, world) -> str:
    schema = _judged_by_schema("vendor.github-workflows")(name, text, world)
    linters = [f"actionlint {name}"] if shutil.which(script("actionlint")) else []
    if shutil.which(script("zizmor")):
        config = world.root / "zizmor.yml"
        config.write_text(_PINS)
        linters.append(f"zizmor --offline --no-progress --quiet --config {config} {name}")
    code, output = world.run(" && ".join(["true", *linters]))
    return schema or (output if code else "")


def _lefthook(name: str, text: str, world) -> str:
    """Judge the events, and the rest by the program itself where it is there."""
    world.write(name, text)
    unknown = set(yaml.safe_load(text)) - {"pre-commit", "pre-merge-commit", "pre-push"}
    if unknown or not shutil.which("lefthook"):
        return ", ".join(unknown)
    done = subprocess.run(
        ["lefthook", "validate"], cwd=world.repository, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""


def _written(name: str, text: str, world) -> str:
    """Judge what commands of the page read, as far as it can be judged alone."""
    world.write(name, text)
    if name.startswith("."):
        return "" if yaml.safe_load(text) else "empty"
    return "\n".join(_faults_of_parts(text)) if name.startswith(("stacks/", "apps/")) else ""


_FILES: dict[str, Callable[..., str]] = {
    r"\.kure-hooks\.yaml": lambda name, text, world: (
        world.write(name, text) or _settings_file(name, text, world)
    ),
    r"\.pre-commit-config\.yaml|prek\.toml": _hooks_file,
    r"\.github/workflows/.*": _workflow,
    r"\.forgejo/workflows/.*": _judged_by_schema("vendor.github-workflows"),
    r"\.gitlab-ci\.yml": _judged_by_schema("vendor.gitlab-ci"),
    r"lefthook\.yml": _lefthook,
    r".+": _written,
}
