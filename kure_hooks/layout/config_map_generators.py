"""Augmented manifests: extra files, and the ConfigMaps that kustomize 5.8 makes of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kure_hooks.decoding.refusals import (
    annotations_problem,
    data_problem,
    generated_name_problem,
    key_problem,
)
from kure_hooks.files.paths import collision_key, segment_problem
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.file_names import DIGEST, RESERVED
from kure_hooks.manifests import Manifest, identity
from kure_hooks.stack.interface import ConfigMapGenerator, Product
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.place import Place

CONFIGURATION = "kustomizeconfig.yaml"
"""The file that tells kustomize where names of ConfigMaps are written."""

REFERENCES: Manifest = {
    "nameReference": [
        {
            "kind": "ConfigMap",
            "version": "v1",
            "fieldSpecs": [
                {
                    "group": "helm.toolkit.fluxcd.io",
                    "kind": "HelmRelease",
                    "path": "spec/valuesFrom/name",
                }
            ],
        }
    ]
}
"""Where kustomize doesn't look for the name of a ConfigMap by itself."""


def problems(found: Sequence[tuple[Application, Product]]) -> Iterator[Finding]:
    """Yield what kustomize can't do with the products of one bundle."""
    for application, product in found:
        places = {
            file: config_map.places.get(key, application.key("spec"))
            for config_map in product.config_maps
            for key, file in config_map.files.items()
        }
        for name, problem in _names(product.files):
            yield places.get(name, application.key("spec")).fault(
                problem, "Choose another name.", rule="LY004"
            )
        for generator in product.config_maps:
            for key, problem in _keys(generator, product.files):
                place = generator.places.get(key, application.key("spec"))
                yield place.fault(problem, "Choose another name.", rule="LY004")
            yield from _refused(application, generator, product.files)
    yield from _secrets(found)


def entries(generators: Sequence[ConfigMapGenerator]) -> Manifest:
    """Return the keys of a kustomization.yaml that make the ConfigMaps; none without any."""
    if not generators:
        return {}
    return {
        "configMapGenerator": [_entry(generator) for generator in generators],
        "configurations": [CONFIGURATION],
    }


def _entry(generator: ConfigMapGenerator) -> Manifest:
    options = {"labels": generator.labels, "annotations": generator.annotations}
    flags = {
        "disableNameSuffixHash": generator.keeps_name,
        "immutable": generator.immutable,
    }
    entry = {
        "name": generator.name,
        "namespace": generator.namespace,
        "behavior": generator.behavior,
        "files": [
            key if key == name else f"{key}={name}" for key, name in sorted(generator.files.items())
        ],
        "options": {key: dict(sorted(item.items())) for key, item in options.items() if item}
        | {key: flag for key, flag in flags.items() if flag},
    }
    return {key: item for key, item in entry.items() if item}


def _names(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield extra files by name, and what is wrong with the name."""
    alike = Counter(map(collision_key, files))
    for name in sorted(files):
        if problem := segment_problem(name):
            yield name, f"the extra file {name!r} {problem}"
        elif collision_key(name) in {*RESERVED, CONFIGURATION}:
            yield name, f"the extra file {name} has a name that is taken by kustomize"
        elif DIGEST.search(collision_key(name).removesuffix(".yaml")):
            yield name, f"the extra file {name} is called like a file with a digest in its name"
        elif "=" in name:
            yield name, f"the extra file {name} has a =, which kustomize can't read"
        elif alike[collision_key(name)] > 1:
            yield name, f"the extra file {name} differs from another one in case only"


def _keys(generator: ConfigMapGenerator, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield keys of a ConfigMap, and what is wrong with them."""
    for key, name in sorted(generator.files.items()):
        if key_problem(key):
            yield key, f"ConfigMap {generator.name} can't have the key {key!r}"
        elif name not in files:
            yield key, f"ConfigMap {generator.name} is made of {name}, which is no extra file"


@of_rule("LY005")
def _refused(
    application: Application, generator: ConfigMapGenerator, files: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Yield what the API server refuses of a ConfigMap that kustomize makes."""
    sizes = {key: len(files.get(name, b"")) for key, name in generator.files.items()}
    place = application.key("spec")
    if problem := data_problem(sizes.values()):
        largest = max(sizes, key=lambda key: sizes[key])
        yield generator.places.get(largest, place).fault(*problem)
    if problem := generated_name_problem(generator.name):
        first = next(iter(generator.places.values()), None)
        yield (first.above(2).below("name") if first else place).fault(*problem)
    if problem := annotations_problem(generator.annotations):
        yield application.key("annotations").fault(*problem)


@of_rule("LY006")
def _secrets(found: Sequence[tuple[Application, Product]]) -> Iterator[Finding]:
    """Yield the Secrets that a HelmRelease would no longer find.

    The name of a generated ConfigMap gets its suffix wherever REFERENCES leads, whatever kind is
    written beside it.
    """
    made = {
        (config_map.namespace or "default", config_map.name)
        for _, product in found
        for config_map in product.config_maps
    }
    for application, product in found:
        for manifest in product.manifests if made else ():
            namespace = identity(manifest).namespace or "default"
            for name in _secret_names(manifest):
                if (namespace, name) in made:
                    problem = f"kustomize would take Secret {name} for the ConfigMap of that name"
                    yield _reference(application, name).fault(problem, "Choose another name.")


def _reference(application: Application, secret: str) -> Place:
    """Return the place where a release names a Secret; `spec` of what is written as manifest."""
    values = application.key("spec", "valuesFrom")
    for index, each in enumerate(values.value if values.exists else ()):
        if each["kind"] == "Secret" and each["name"] == secret:
            return values.below(index, "name")
    return application.key("spec")


def _secret_names(manifest: Manifest) -> Iterator[str]:
    """Yield the Secrets in the values of a HelmRelease, which an author may have written anyhow."""
    spec: Any = manifest.get("spec")
    if manifest["kind"] != "HelmRelease" or not isinstance(spec, dict):
        return
    values = spec.get("valuesFrom")
    for each in values if isinstance(values, list) else ():
        if isinstance(each, dict) and each.get("kind") == "Secret":
            yield str(each.get("name"))
