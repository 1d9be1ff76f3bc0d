"""Reads generated trees the way Flux, Argo CD and kustomize do; knows nothing of the generator.

The invariants a to f of a tree are checked on its bytes; each function yields what is wrong.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from posixpath import normpath
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KUSTOMIZE = "kustomize.config.k8s.io"
_FLUX = "kustomize.toolkit.fluxcd.io"
_ARGOCD = "argoproj.io"
_GITOPS = (_FLUX, _ARGOCD, "source.toolkit.fluxcd.io", "fluxcd.controlplane.io")

_SOURCES = ("GitRepository", "OCIRepository", "Bucket")

Object = dict[str, Any]
Identity = tuple[str, str, str, str]


@dataclass(frozen=True)
class TreeReader:
    """The files of one cluster below `root`, such as `clusters/prod`.

    `packages` maps a source's name or URL to the directory that it has at its root; the
    repository's own source has the repository there.
    """

    files: Mapping[str, bytes]
    root: str
    packages: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def configs(self) -> dict[str, Object]:
        """The kustomization.yaml of each directory that has one."""
        return {
            path.removesuffix("/kustomization.yaml"): config
            for path, data in self.files.items()
            if path.endswith("/kustomization.yaml")
            for config in yaml.load_all(data, _LOADER)
        }

    @cached_property
    def extras(self) -> set[str]:
        """What is read beside objects: the files of ConfigMaps, configurations and values files."""
        return self.values | {
            f"{directory}/{name}"
            for directory, config in self.configs.items()
            for name in (
                *config.get("configurations", ()),
                *(name for each in _generators(config) for name in each.values()),
            )
        }

    @cached_property
    def values(self) -> set[str]:
        """The files that Applications read as the values of a chart."""
        found = set()
        for data in self.files.values():
            documents = yaml.load_all(data, _LOADER) if b"valueFiles:" in data else ()
            for each in (made for one in documents for made in expanded(one, self.files)):
                sources = each.get("spec", {}).get("sources", ())
                bases = {f"${one['ref']}": one["repoURL"] for one in sources if "ref" in one}
                for name in (name for one in sources for name in _value_files(one)):
                    base, _, path = name.partition("/")
                    found.add(normpath(f"{self.packages.get(bases[base], '')}/{path}").lstrip("/"))
        return found

    @cached_property
    def parameters(self) -> set[str]:
        """The files that ApplicationSets read the parameters of their Applications from."""
        sets = (
            each
            for data in self.files.values()
            if b"kind: ApplicationSet" in data
            for each in yaml.load_all(data, _LOADER)
            if kind(each) == (_ARGOCD, "ApplicationSet")
        )
        return {
            path
            for each in sets
            for generator in each["spec"]["generators"]
            for path in _read_by(generator, self.files)
        }

    @cached_property
    def documents(self) -> dict[str, list[Object]]:
        """The documents of each file that holds objects or a configuration of kustomize."""
        return {
            path: list(yaml.load_all(data, _LOADER))
            for path, data in self.files.items()
            if path not in self.extras | self.parameters
        }

    @cached_property
    def directories(self) -> set[str]:
        """Every directory that holds a file, directly or not."""
        parts = (path.split("/") for path in self.files)
        return {"/".join(each[:end]) for each in parts for end in range(1, len(each))}

    def closure(self, directory: str, above: tuple[str, ...] = ()) -> Iterator[str]:
        """Yield the files that kustomize reads; AssertionError where it would refuse.

        The rules are those of kustomize 5.8 with its default load restrictor.
        """
        name = f"{directory}/kustomization.yaml"
        assert name in self.files, f"{directory} has no kustomization.yaml"
        config = self.configs[directory]
        generating = {"configMapGenerator", "configurations"}
        assert set(config) - generating == {"apiVersion", "kind", "resources"}, name
        assert generating & set(config) in (set(), generating), name
        assert group(config) == _KUSTOMIZE, name
        assert isinstance(config["resources"], list), f"{name} is empty for kustomize"
        yield name
        for path in sorted(each for each in self.extras if each.rpartition("/")[0] == directory):
            assert path in self.files, f"{name} needs {path}, which is not there"
            yield path
        for entry in config["resources"]:
            path = normpath(f"{directory}/{entry}")
            assert not entry.startswith("/"), f"{name} has the absolute {entry}"
            if path in self.files:
                assert path.startswith(f"{directory}/"), f"{name} leaves its root by {entry}"
                assert not path.endswith("/kustomization.yaml"), f"{name} lists a configuration"
                yield path
            else:
                stack = (*above, directory)
                assert path in self.directories, f"{name} lists {entry}, which is not there"
                inside = [each for each in stack if f"{each}/".startswith(f"{path}/")]
                assert not inside, f"{name}: {entry} is a cycle"
                yield from self.closure(path, stack)

    def built(self, directory: str) -> list[Object]:
        """Return the objects of a closure."""
        found: list[Object] = []
        for path in self.closure(directory):
            inside, _, name = path.rpartition("/")
            if name == "kustomization.yaml":
                found += self.generated(inside)
            elif path not in self.extras:
                found += self.documents[path]
        return found

    def generated(self, directory: str) -> Iterator[Object]:
        """Yield the ConfigMaps that the kustomization.yaml of a directory makes."""
        for entry in self.configs[directory].get("configMapGenerator", ()):
            keys = dict(map(_keyed, entry["files"]))
            texts = {key: self.files[f"{directory}/{name}"].decode() for key, name in keys.items()}
            suffix = name_suffix(texts)
            place = {"namespace": entry["namespace"]} if "namespace" in entry else {}
            metadata = {"name": f"{entry['name']}-{suffix}", **place, **entry.get("options", {})}
            yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": texts}

    @cached_property
    def gitops(self) -> list[Object]:
        """Return every object of Flux and Argo CD, wherever it lies."""
        return [
            each
            for documents in self.documents.values()
            for each in documents
            if group(each) in _GITOPS
        ]

    @cached_property
    def payloads(self) -> dict[str, list[str]]:
        """The payload directories of each object that applies any, but for the bootstrap's."""
        own = {"flux", "flux-system", f"{self.root.rpartition('/')[2]}-root", "autopilot-bootstrap"}
        named: dict[str, list[str]] = {}
        for each, directory in self.applied():
            if each["metadata"]["name"] not in own:
                named.setdefault(each["metadata"]["name"], []).append(directory)
        return named

    @cached_property
    def starts(self) -> list[str]:
        """The directories that are applied: the entry point and every payload."""
        return [self.root, *(each for found in self.payloads.values() for each in found)]

    def payload(self, each: Object) -> list[str]:
        """Return the directories that an object applies, itself or by what it makes."""
        applies = ((_FLUX, "Kustomization"), (_ARGOCD, "Application"))
        return [
            directory
            for made in expanded(each, self.files)
            if kind(made) in applies
            for directory in self.payloads.get(made["metadata"]["name"], ())
        ]

    def applied(self) -> Iterator[tuple[Object, str]]:
        """Yield each object that applies a directory, and that directory."""
        for each in (made for found in self.gitops for made in expanded(found, self.files)):
            spec = each.get("spec", {})
            if kind(each) == (_FLUX, "Kustomization"):
                base = self.packages.get(spec["sourceRef"]["name"], "")
                yield each, normpath(f"{base}/{spec['path']}").lstrip("/")
            elif kind(each) == (_ARGOCD, "Application"):
                for source in spec.get("sources") or [spec["source"]]:
                    if "path" in source and "helm" not in source:
                        base = self.packages.get(source["repoURL"], "")
                        yield each, normpath(f"{base}/{source['path']}").lstrip("/")
            elif each["kind"] == "FluxInstance" and "sync" in spec:
                yield each, normpath(spec["sync"]["path"])


def check(tree: TreeReader) -> None:
    """Assert the invariants a to f of a tree."""
    check_paths(tree)
    check_closures(tree)
    check_owners(tree)
    check_gitops(tree)
    check_references(tree)
    check_events(tree)


def check_paths(tree: TreeReader) -> None:
    """Invariant a: every path that an object names is a directory of the tree."""
    for each, directory in tree.applied():
        assert directory in tree.directories, f"{each['metadata']['name']} applies {directory}"


def check_closures(tree: TreeReader) -> None:
    """Invariant b: every kustomization.yaml builds, and no object is in a build twice."""
    for name in tree.files:
        if name.endswith("/kustomization.yaml"):
            built = Counter(map(identity, tree.built(name.removesuffix("/kustomization.yaml"))))
            assert set(built.values()) <= {1}, f"{name}: {built.most_common(1)}"


def check_owners(tree: TreeReader) -> None:
    """Invariant c: no object is applied by two."""
    owners: dict[Identity, str] = {}
    starts = {"the entry point": [tree.root]} | tree.payloads
    for owner, directories in starts.items():
        for each in (identity(one) for start in directories for one in tree.built(start)):
            assert owners.setdefault(each, owner) == owner, f"{each}: {owner}, {owners[each]}"


def check_gitops(tree: TreeReader) -> None:
    """Invariant d: each GitOps object is reached once from the entry point, never by itself."""
    reached: Counter[Identity] = Counter()
    waiting = [tree.root]
    while waiting:
        directory = waiting.pop()
        for each in tree.built(directory):
            if group(each) in _GITOPS:
                reached[identity(each)] += 1
                for payload in tree.payload(each):
                    assert payload != directory, f"{each['metadata']['name']} applies itself"
                    waiting.append(payload)
    assert reached == Counter(map(identity, tree.gitops))
    assert set(reached.values()) <= {1}


def check_references(tree: TreeReader) -> None:
    """Invariant e: every file is read by exactly one closure, or by an ApplicationSet."""
    read = Counter(path for directory in tree.starts for path in tree.closure(directory))
    read.update(tree.parameters)
    assert set(read) == set(tree.files)
    assert set(read.values()) == {1}


def check_events(tree: TreeReader) -> None:
    """Invariant f: nothing waits for itself."""
    needs: dict[tuple[str, Any], list[tuple[str, Any]]] = {}
    for each in tree.gitops:
        if kind(each) == (_FLUX, "Kustomization"):
            name, spec = each["metadata"]["name"], each["spec"]
            waits = (("ready", one["name"]) for one in spec.get("dependsOn", ()))
            checks = (
                ("ready", one["name"])
                for one in spec.get("healthChecks", ())
                if one["kind"] == "Kustomization"
            )
            needs.setdefault(("apply", name), []).extend(waits)
            needs["apply", name].append(("there", _source(each)))
            needs["ready", name] = [("apply", name), *checks]
            for inner in (one for start in tree.payload(each) for one in tree.built(start)):
                if inner["kind"] in _SOURCES and group(inner) == "source.toolkit.fluxcd.io":
                    needs["there", identity(inner)] = [("apply", name)]
                if kind(inner) == (_FLUX, "Kustomization"):
                    contained = inner["metadata"]["name"]
                    needs.setdefault(("apply", contained), []).append(("apply", name))
                    needs["ready", name] += [("ready", contained)] if spec.get("wait") else []
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        raise AssertionError(f"these wait for each other: {error.args[1]}") from error


def _source(kustomization: Object) -> Identity:
    """Return the source of a Kustomization."""
    reference, home = kustomization["spec"]["sourceRef"], kustomization["metadata"]["namespace"]
    group_of = "source.toolkit.fluxcd.io"
    return group_of, reference["kind"], reference.get("namespace", home), reference["name"]


def expanded(manifest: Object, files: Mapping[str, bytes]) -> list[Object]:
    """Return the Applications that an ApplicationSet makes, for any other object itself.

    It has one generator: a list, or JSON files of the repository. The texts of an element fill
    `{{ .key }}` in the template, and its `patch` is one where the set has a template of patches.
    """
    if kind(manifest) != (_ARGOCD, "ApplicationSet"):
        return [manifest]
    spec = manifest["spec"]
    assert spec.get("templatePatch", "{{ .patch | toJson }}") == "{{ .patch | toJson }}"
    (generator,) = spec["generators"]
    found = generator["list"]["elements"] if "list" in generator else None
    made = []
    for element in found or (json.loads(files[path]) for path in _read_by(generator, files)):
        text = json.dumps(spec["template"])
        for key in (key for key, each in element.items() if isinstance(each, str)):
            text = text.replace("{{ ." + key + " }}", element[key])
        assert "{{" not in text
        patch = element["patch"] if "templatePatch" in spec else {}
        head = {"apiVersion": manifest["apiVersion"], "kind": "Application"}
        made.append(head | _patched(json.loads(text), patch))
    return made


def _read_by(generator: Object, files: Mapping[str, bytes]) -> list[str]:
    """Return the files that a generator reads: `*` is anything but a slash."""
    patterns = [each["path"] for each in generator.get("git", {}).get("files", ())]
    return [
        path
        for path in sorted(files)
        if any(fnmatch(path, each) and path.count("/") == each.count("/") for each in patterns)
    ]


def _patched(value: Any, patch: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(patch, dict):
        return patch
    return value | {key: _patched(value.get(key), each) for key, each in patch.items()}


def name_suffix(texts: Mapping[str, str]) -> str:
    """Return what kustomize 5.8 appends to the name of a ConfigMap: a digest of its content.

    The name itself is not part of it, and Go writes some characters of JSON as escapes.
    """
    content = {"data": texts, "kind": "ConfigMap", "name": ""}
    encoded = json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for character in "<>&":
        encoded = encoded.replace(character, f"\\u{ord(character):04x}")
    digest = hashlib.sha256(encoded.encode()).hexdigest()[:10]
    return digest.translate(str.maketrans("013ae", "ghkmt"))


def _generators(config: Object) -> Iterator[dict[str, str]]:
    """Yield the files of each ConfigMap by key."""
    for entry in config.get("configMapGenerator", ()):
        yield dict(map(_keyed, entry["files"]))


def _value_files(source: Object) -> Sequence[str]:
    """Return the values files of a chart."""
    files: Sequence[str] = source.get("helm", {}).get("valueFiles", ())
    return files


def _keyed(reference: str) -> tuple[str, str]:
    key, equals, name = reference.partition("=")
    return (key, name) if equals else (reference, reference)


def group(manifest: Object) -> str:
    """Return the API group of an object; the core group is empty."""
    return str(manifest["apiVersion"]).rpartition("/")[0]


def kind(manifest: Object) -> tuple[str, str]:
    """Return group and kind of an object."""
    return group(manifest), manifest["kind"]


def identity(manifest: Object) -> Identity:
    """Return what makes two objects the same; no namespace and `default` are equal."""
    metadata = manifest["metadata"]
    return (*kind(manifest), metadata.get("namespace") or "default", metadata["name"])
