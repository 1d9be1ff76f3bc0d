"""Measures validation beside kubeconform and beside the API server's own code, in turns.

Three cases: built-in documents beside `kubeconform -strict` with the same schemas as files; custom
resources with rules in CEL beside the oracle of tests/oracles; and the check of a fleet that
validates what it generates, beside one that does not. Every run is a whole process, its start
included. The processor's time counts all processes of a run. The machine may be busy with something
else, which only ever adds to a run, so that the fastest runs are compared.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from fleet import (
    CHANGED,
    IN_SYNC,
    KURE_HOOKS,
    NO_BYTECODE,
    PROJECT,
    SIZES,
    fleet,
    kure_hooks,
    write,
)

from kure_hooks.schemas.export import builtin_schema
from kure_hooks.schemas.packed import Catalogue
from kure_hooks.yamlio import dump

VERSION = "1.34"
COUNTS = (10, 100, 2_000)
RESOURCES = 2_000
TOOLS = PROJECT / ".tools/bin"
TEMPLATE = "{{.ResourceKind}}{{.KindSuffix}}.json"

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  namespace: team
  labels:
    app.kubernetes.io/name: app-{number}
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: app-{number}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-{number}
    spec:
      containers:
      - name: main
        image: registry.example.com/app-{number}:1.0.0
        args: [--verbose, --listen=:8080]
        env:
        - name: LOG_LEVEL
          value: info
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        ports:
        - name: http
          containerPort: 8080
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
          limits:
            memory: 128Mi
        securityContext:
          allowPrivilegeEscalation: false
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: app-{number}
  namespace: team
  labels:
    app.kubernetes.io/name: app-{number}
spec:
  selector:
    app.kubernetes.io/name: app-{number}
  ports:
  - name: http
    port: 80
    targetPort: http
"""
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: app-{number}
  namespace: team
data:
  LOG_LEVEL: info
  settings.ini: |
    region = eu
    number = {number}
"""
DOCUMENTS = (DEPLOYMENT, SERVICE, CONFIG_MAP)
KINDS = (("apps/v1", "Deployment"), ("v1", "Service"), ("v1", "ConfigMap"))

RULED = (
    ("fluxcd.controlplane.io/v1", "ResourceSet"),
    ("gateway.networking.k8s.io/v1", "Gateway"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    ("source.toolkit.fluxcd.io/v1", "OCIRepository"),
)
"""Kinds with rules, the ones that many repositories have."""


@dataclass(frozen=True)
class Run:
    """What one run took: by the clock, and of all processors."""

    seconds: float
    cpu: float


def main() -> None:
    """Print a line for each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="runs of each kind (default: 7)")
    parser.add_argument("--size", choices=SIZES, default="M", help="the fleet (default: M)")
    options = parser.parse_args()
    sys.stdout.write(f"{'':<26}{'ours':>9}{'CPU':>8}{'other':>9}{'CPU':>8}{'ratio':>8}{'CPU':>8}\n")
    with TemporaryDirectory(prefix="kure-hooks-validate-") as directory:
        root = Path(directory)
        cases = (built_in(root), custom(root), checks(root, options.size))
        for name, ours, other in chain.from_iterable(cases):
            show(name, *pairs(ours, other, options.runs))


def built_in(root: Path) -> Iterator[tuple[str, Callable[[], Run], Callable[[], Run]]]:
    """Yield the validation of built-in documents by ourselves and by kubeconform."""
    catalogue = Catalogue()
    for api_version, kind in KINDS:
        schema = catalogue.structural(api_version, kind, VERSION) or {}
        file = root / "schemas" / f"{kind.lower()}-{api_version.replace('/', '-')}.json"
        write(file, json.dumps(builtin_schema(schema, strict=True)))
    for count in COUNTS:
        file = root / f"{count}.yaml"
        parts = (DOCUMENTS[number % 3].format(number=number) for number in range(count))
        write(file, "---\n".join(parts))
        location = f"{root / 'schemas'}/{TEMPLATE}"
        other = (str(TOOLS / "kubeconform"), "-strict", "-schema-location", location, str(file))
        yield f"{count:,} built-in documents", validating(file), process(other, root)


def custom(root: Path) -> Iterator[tuple[str, Callable[[], Run], Callable[[], Run]]]:
    """Yield the validation of valid custom resources by ourselves and by the oracle.

    Both judge by the schemas that come with kure-hooks; the oracle reads them as CRDs.
    """
    sys.path.insert(0, str(PROJECT))
    from tests.support.api_server import judge  # noqa: PLC0415 - where the path is set
    from tests.support.custom_resources import Kind, resource  # noqa: PLC0415

    chance = Random(1)  # noqa: S311 - repeatable on purpose
    share = RESOURCES // len(RULED)
    lines, documents = [], []
    for api_version, name in RULED:
        kind = Kind(definition(api_version, name), api_version.split("/")[1])
        drawn = [resource(kind, chance) for _ in range(share * 4)]
        _, answers = judge(kind.crd, drawn, version=kind.version)
        valid = [content for content, answer in zip(drawn, answers, strict=True) if answer.valid]
        lines.append(json.dumps({"crd": kind.crd, "check": False}))
        for number in range(share):
            content = valid[number % len(valid)]
            metadata = {"name": content["metadata"]["name"], "namespace": f"n{number}"}
            content = content | {"metadata": metadata}
            lines.append(json.dumps({"version": kind.version, "object": content}))
            documents.append(dump(content))
    file = root / "custom.yaml"
    write(file, "---\n".join(documents))
    text = ("\n".join(lines) + "\n").encode()
    other = process((str(TOOLS / "apiextensions-oracle"),), root, text)
    yield f"{len(documents):,} custom resources", validating(file), other


def definition(api_version: str, kind: str) -> dict[str, Any]:
    """Return a CRD with the packed schema of a kind."""
    group, version = api_version.split("/")
    schema = Catalogue().structural(api_version, kind, VERSION) or {}
    served = {"name": version, "served": True, "storage": True, "subresources": {"status": {}}}
    served["schema"] = {"openAPIV3Schema": expanded(schema, schema.pop("definitions", {}))}
    plural = f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [served],
        },
    }


def expanded(part: Any, definitions: dict[str, Any]) -> Any:
    """Return a part of a schema with what it refers to in its place."""
    if isinstance(part, list):
        return [expanded(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if isinstance(reference := part.get("$ref"), str):
        return expanded(definitions[reference.rpartition("/")[2]], definitions)
    return {key: expanded(value, definitions) for key, value in part.items()}


def checks(root: Path, size: str) -> Iterator[tuple[str, Callable[[], Run], Callable[[], Run]]]:
    """Yield the check of a fleet with what it generates validated, and without."""
    repository = root / "fleet"
    for path, text in fleet(SIZES[size]):
        write(repository / path, text)
    arguments = ("--root", str(repository), "--quiet", "--config")
    configs = {}
    for name in ("true", "false"):
        configs[name] = root / f"{name}.yaml"
        settings = f"version: 1\nstacks: [stacks/*.yaml]\nvalidate: {{onGenerate: {name}}}\n"
        write(configs[name], settings)
    kure_hooks(CHANGED, "generate", *arguments, str(configs["false"]))

    def checking(name: str) -> Callable[[], Run]:
        def run() -> Run:
            done = kure_hooks(IN_SYNC, "check", *arguments, str(configs[name]))
            return Run(done.seconds, done.cpu)

        return run

    yield f"check of fleet {size}", checking("true"), checking("false")


def validating(file: Path) -> Callable[[], Run]:
    """Return the validation of a file by kure-hooks."""
    command = (*KURE_HOOKS, "validate", "--kubernetes", VERSION, file.name)
    return process(command, file.parent)


def process(command: Sequence[str], cwd: Path, text: bytes = b"") -> Callable[[], Run]:
    """Return the run of a program, which has to end with 0."""

    def run() -> Run:
        # As it is installed: with bytecode, which a first run that is not measured leaves behind.
        environment = {key: value for key, value in os.environ.items() if key != NO_BYTECODE}
        environment["PYTHONPATH"] = str(PROJECT)
        (cwd / "input").write_bytes(text)
        start = time.perf_counter()
        with (
            (cwd / "input").open("rb") as given,
            subprocess.Popen(
                command, cwd=cwd, env=environment, stdin=given, stdout=subprocess.DEVNULL
            ) as started,
        ):
            _, status, usage = os.wait4(started.pid, 0)
            seconds = time.perf_counter() - start
            started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {started.returncode}")
        return Run(seconds, usage.ru_utime + usage.ru_stime)

    return run


def pairs(
    ours: Callable[[], Run], other: Callable[[], Run], runs: int
) -> tuple[list[Run], list[Run]]:
    """Run both in turns, after one run of each that is not measured."""
    ours()
    other()
    taken = [(ours(), other()) for _ in range(runs)]
    return [mine for mine, _ in taken], [theirs for _, theirs in taken]


def show(name: str, ours: Sequence[Run], other: Sequence[Run]) -> None:
    """Print the fastest run of each, and their ratio."""
    mine, theirs = fastest(ours), fastest(other)
    sys.stdout.write(
        f"{name:<26}{mine.seconds:>9.3f}{mine.cpu:>8.3f}{theirs.seconds:>9.3f}{theirs.cpu:>8.3f}"
        f"{mine.seconds / theirs.seconds:>8.2f}{mine.cpu / theirs.cpu:>8.2f}\n"
    )
    sys.stdout.flush()


def fastest(runs: Sequence[Run]) -> Run:
    """Return the least time of each sort."""
    return Run(min(run.seconds for run in runs), min(run.cpu for run in runs))


if __name__ == "__main__":
    main()
