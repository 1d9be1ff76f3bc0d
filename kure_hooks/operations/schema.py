"""JSON Schemas for editors, made from the types that decode the files.

A document is told apart by its `apiVersion` and `kind`, an application in a bundle by its `kind`:
each condition leads to the schema of one kind, so that editors offer the keys of that kind alone,
and say of a wrong one what is wrong under that kind.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from kure_hooks import registry
from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.config.argocd import ArgocdOptions, ArgocdSpec
from kure_hooks.config.flux import FluxOptions, FluxSpec
from kure_hooks.config.layout import LayoutSpec
from kure_hooks.config.profile import ProfileDocument
from kure_hooks.decoding.json_schema import Schema, choice, components, document, having, text
from kure_hooks.layout.rules import LayoutRules
from kure_hooks.operations import set_schema
from kure_hooks.package_code import blamed
from kure_hooks.registry import EngineEntry, KindEntry
from kure_hooks.stack.documents import (
    APPLICATION_API,
    PROFILE_KIND,
    SET_KIND,
    STACK_API,
    ApplicationDocument,
    BundleDocument,
    ClusterDocument,
    NodeDocument,
    PlainCluster,
)
from kure_hooks.stack.sets.documents import ClusterSetDocument, ClusterTemplate

# Options that are unset in a file come from these.
_COMPLETE: Mapping[type[Struct], type[Struct]] = {
    FluxSpec: FluxOptions,
    ArgocdSpec: ArgocdOptions,
    LayoutSpec: LayoutRules,
}
_DEFINED = "#/$defs/"
_NEEDED = (("ClusterBody", "node"), ("PlainCluster", "node"), ("ClusterDocument", "spec"))
_IN_A_FILE = {"required": ["path"], "properties": {"path": {"type": "string"}}}
_DOCUMENTS = {"Cluster": ClusterDocument, "Node": NodeDocument, "Bundle": BundleDocument}
_DOCUMENTS |= {PROFILE_KIND: ProfileDocument, SET_KIND: ClusterSetDocument}
_APIS = {
    STACK_API: "Stack files: a Cluster or a ClusterSet, and the Nodes and Bundles of it.",
    APPLICATION_API: "Application files, each document of a kind that makes manifests.",
}
_KIND = "What the document describes. It decides about all other keys."
_KINDS = {
    "Cluster": "A cluster with all that runs on it.",
    "Node": "A node, which others name among their children.",
    "Bundle": "A bundle, which nodes and umbrellas name.",
    PROFILE_KIND: "A profile, which says how things are done on the clusters that name it.",
    SET_KIND: "Many clusters from one template and a table.",
}

Branch = tuple[Schema, Schema]
"""A condition, and the schema of what meets it."""


def settings() -> Schema:
    """Return the schema of the settings file."""
    return _of_one("settings", "Settings of kure-hooks", Settings)


def profile() -> Schema:
    """Return the schema of the file of a profile."""
    return _of_one("profile", "Profile of clusters of kure-hooks", ProfileDocument)


def _of_one(name: str, title: str, wanted: type[Struct]) -> Schema:
    (schema,), definitions = components([wanted], complete=_COMPLETE)
    return document(name, title, {**schema, "$defs": definitions})


def stack() -> Schema:
    """Return the schema of one document of a stack file or of an application file."""
    (*enveloped, plain, _), specs, definitions = _parts(
        *_DOCUMENTS.values(), PlainCluster, ClusterTemplate
    )
    engines = _engines(definitions)
    definitions["Gitops"]["properties"] |= {
        key: definitions["Gitops"]["properties"][key] | part for key, part in engines.items()
    }
    definitions["ApplicationRef"] = _reference(definitions["ApplicationRef"], specs)
    definitions["BundleDoc"] = _by_path(definitions["BundleDoc"], "bundle")
    _profiles(definitions)
    _roots(definitions)
    set_schema.add_template(definitions)
    branches = [
        (_is(kind, STACK_API), schema) for kind, schema in zip(_DOCUMENTS, enveloped, strict=True)
    ]
    branches += _applications(specs, definitions)
    schema = _told_apart({STACK_API: _KINDS} | _kinds(), branches)
    # Without apiVersion and kind it is a cluster in the plain spelling.
    headed = {"anyOf": [{"required": ["apiVersion"]}, {"required": ["kind"]}]}
    head = {"if": headed, "then": {"required": ["apiVersion"]}, "else": plain}
    schema["allOf"].insert(0, head)
    return document("stack", "Stack file of kure-hooks", {**schema, "$defs": definitions})


def _profiles(definitions: dict[str, Schema]) -> None:
    """Let clusters have a profile in place."""
    profile = definitions["ProfileDocument"]["properties"]["spec"]["$ref"]
    for name in ("ClusterBody", "PlainCluster"):
        definitions[name]["properties"]["profile"]["anyOf"][1] = {"$ref": profile}


def _roots(definitions: dict[str, Schema]) -> None:
    """Let each cluster have a root node, whose name may be left out, unlike that of others."""
    node = definitions["NodeDoc"]
    definitions["RootNode"] = _by_path(node, "node", named=False)
    definitions["NodeDoc"] = _by_path(node, "node")
    for name, key in _NEEDED:
        cluster = definitions[name]
        cluster["required"] = [*cluster.get("required", ()), key]
        root = cluster["properties"].get("node", {})
        for part in root.get("anyOf", ()):
            if part.get("$ref") == f"{_DEFINED}NodeDoc":
                part["$ref"] = f"{_DEFINED}RootNode"


def application() -> Schema:
    """Return the schema of one document of an application file."""
    _, specs, definitions = _parts()
    schema = _told_apart(_kinds(), _applications(specs, definitions))
    title = "Application file of kure-hooks"
    schema |= {"required": ["apiVersion"], "$defs": definitions}
    return document("application", title, schema)


def _parts(*types: Any) -> tuple[list[Schema], dict[str, Schema], dict[str, Schema]]:
    """Return the schemas of types, those of `spec` by the kind of application, and definitions.

    The types of all kinds are asked for together, so that those of one name are told apart.
    """
    every = sorted(registry.kinds().items())
    kinds = [name for name, entry in every if entry.generator.startswith("kure_hooks.")]
    wanted = (*types, ApplicationDocument, *(GENERATORS[kind].Spec for kind in kinds))
    schemas, definitions = components(wanted, complete=_COMPLETE)
    names = [schema["$ref"].removeprefix(_DEFINED) for schema in schemas[len(types) + 1 :]]
    for kind, name in zip(kinds, names, strict=True):
        definitions[f"{kind}Spec"] = definitions[name] | {"title": kind}
    for name in set(names):
        del definitions[name]
    specs = {kind: {"$ref": f"{_DEFINED}{kind}Spec"} for kind in kinds}
    for kind, entry in every:
        if kind not in specs:
            specs[kind] = _of_a_package(kind, entry, GENERATORS[kind].Spec, definitions)
    return schemas[: len(types)], specs, definitions


def _kinds() -> dict[str, dict[str, str]]:
    """Return the kinds of applications with what they are, by their apiVersion."""
    kinds: dict[str, dict[str, str]] = {APPLICATION_API: {}}
    for name, entry in sorted(registry.kinds().items()):
        if entry.api:
            kinds.setdefault(entry.api, {})
        else:
            kinds[APPLICATION_API][name] = _sentence(entry.description)
    return kinds


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].removesuffix('.')}."


def _told_apart(kinds: Mapping[str, Mapping[str, str]], branches: Iterable[Branch]) -> Schema:
    """Return the schema of documents whose head tells which branch they are of."""
    apis = {api: _APIS.get(api, "Application files of an installed package.") for api in kinds}
    heads = [
        {
            "if": having(apiVersion=api),
            "then": {"required": ["kind"], "properties": {"kind": text(_KIND) | choice(names)}},
        }
        for api, names in kinds.items()
        if names
    ]
    return {
        "type": "object",
        "properties": {
            "apiVersion": text("The API of the document, with its version.") | choice(apis),
            "kind": text(_KIND),
        },
        "allOf": [*heads, *({"if": met, "then": schema} for met, schema in branches)],
    }


def _is(kind: str, api: str) -> Schema:
    """Return the condition of a kind, which holds as well while its apiVersion is missing."""
    return having(kind=kind) | {
        "properties": {"apiVersion": {"const": api}, "kind": {"const": kind}}
    }


def _engines(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """Return what `gitops` has of the engines that are installed."""
    options = [
        _of_a_package(entry.name, entry, registry.options_of(entry), definitions)
        for entry in registry.engines()
        if entry.options
    ]
    names = {
        name: _sentence(entry.description)
        for name, entry in sorted(registry.engine_names().items())
    }
    return {
        "type": {"default": "flux", **choice(names)},
        "options": {"anyOf": options} if options else {"type": "object", "maxProperties": 0},
    }


def _applications(specs: Mapping[str, Schema], definitions: dict[str, Schema]) -> list[Branch]:
    """Return the branch of each kind of application documents."""
    base = definitions.pop("ApplicationDocument")
    branches: list[Branch] = []
    for kind, entry in sorted(registry.kinds().items()):
        if entry.api:
            branches.append((having(apiVersion=entry.api), specs[kind]))
            continue
        properties = base["properties"] | {
            "apiVersion": base["properties"]["apiVersion"] | {"const": APPLICATION_API},
            "kind": text(_sentence(entry.description)) | {"const": kind},
            "spec": specs[kind] | text("What the application consists of.", over=True),
        }
        properties["apiVersion"].pop("enum", None)
        required = [*base["required"], "spec"]
        document = base | {"title": kind, "properties": properties, "required": required}
        branches.append((_is(kind, APPLICATION_API), document))
    return branches


def _reference(base: Schema, specs: Mapping[str, Schema]) -> Schema:
    """Return the schema of an entry of `applications`: a path alone, or an application in place."""
    properties = base["properties"]
    described = text("What the application consists of.", over=True)
    kinds = {name: _sentence(entry.description) for name, entry in registry.kinds().items()}
    beside = {"path": properties["path"], "overrides": properties["overrides"]}
    in_place = {key: part for key, part in properties.items() if key not in beside}
    in_place["name"] = properties["name"] | {"type": "string"}
    in_place["kind"] = text("The kind of the application.") | choice(
        {name: kinds[name] for name in sorted(kinds)}
    )
    in_file = {"properties": beside, "additionalProperties": False}
    branches = [
        {"if": having(kind=kind), "then": {"properties": {"spec": schema | described}}}
        for kind, schema in specs.items()
    ]
    return {
        **{key: base[key] for key in ("title", "description", "type")},
        "properties": properties,
        "if": _IN_A_FILE,
        "then": in_file,
        "else": {
            "properties": in_place | {"path": text("No file is named here.") | {"type": "null"}},
            "additionalProperties": False,
            "required": ["name", "kind", "spec"],
            "allOf": branches,
        },
    }


def _by_path(part: Schema, noun: str, *, named: bool = True) -> Schema:
    """Return the schema of a part that has a name, or a `path` and nothing but a name beside it."""
    words = f"The file that path names holds the {noun}, so this key has to be set there."
    names = {"enum": ["path", "name"], "errorMessage": words}
    name = {"name": part["properties"]["name"] | {"type": "string"}}
    alone = {"required": ["name"], "properties": name} if named else {}
    return part | {"if": _IN_A_FILE, "then": {"propertyNames": names}, "else": alone}


def _of_a_package(
    name: str, entry: EngineEntry | KindEntry, wanted: Any, definitions: dict[str, Schema]
) -> Schema:
    """Return the schema of a type of an installed package, whose names may be those of others."""
    template = f"{_DEFINED}{name}.{{name}}"
    with blamed(registry.described(entry), "the schema of its type"):
        (schema,), more = components([wanted], template)
    definitions.update({f"{name}.{key}": value for key, value in more.items()})
    return {**schema, "title": name}


def printed(schema: Schema) -> str:
    """Return a schema as the command prints it."""
    return f"{json.dumps(schema, indent=2)}\n"


SCHEMAS: dict[str, Callable[[], Schema]] = {
    "stack": stack,
    "application": application,
    "settings": settings,
    "profile": profile,
}
