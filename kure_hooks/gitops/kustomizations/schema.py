"""The file of kustomize's as it is written: its fields and their types (kustomize 5.8)."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from kure_hooks.kustomize.plugins import NEEDS_HELM
from kure_hooks.yamlio import Pointer

Texts = dict[str, str | None] | None


class _Fields(Struct, forbid_unknown_fields=True, rename="camel"):
    """A mapping that kustomize reads; null stands for an empty value everywhere."""


class Metadata(Struct, rename="camel"):
    """Names of the file, which mean nothing to a build."""

    name: str | None = None
    namespace: str | None = None
    labels: Texts = None
    annotations: Texts = None


class Field(_Fields):
    """A field that labels are written to as well."""

    path: str | None = None
    create: bool | None = None
    group: str | None = None
    version: str | None = None
    kind: str | None = None


class Label(_Fields):
    """An entry of `labels`."""

    pairs: Texts = None
    include_selectors: bool | None = None
    include_templates: bool | None = None
    include_volume_claim_templates: bool | None = None
    fields: list[Field] | None = None


class Target(_Fields):
    """The objects that a patch is for."""

    group: str | None = None
    version: str | None = None
    kind: str | None = None
    name: str | None = None
    namespace: str | None = None
    label_selector: str | None = None
    annotation_selector: str | None = None


class PatchOptions(_Fields):
    """Names that a patch may change."""

    allow_name_change: bool | None = None
    allow_kind_change: bool | None = None


class Patch(_Fields):
    """An entry of `patches` or `patchesJson6902`."""

    path: str | None = None
    patch: str | None = None
    target: Target | None = None
    options: PatchOptions | None = None


class Image(_Fields):
    """An entry of `images`."""

    name: str | None = None
    new_name: str | None = None
    tag_suffix: str | None = None
    new_tag: str | None = None
    digest: str | None = None


class Replica(_Fields):
    """An entry of `replicas`."""

    name: str | None = None
    count: int | None = None


class GeneratorOptions(_Fields):
    """The options of one generator, or of all."""

    labels: Texts = None
    annotations: Texts = None
    disable_name_suffix_hash: bool | None = None
    immutable: bool | None = None


class Generator(_Fields):
    """An entry of `configMapGenerator` or `secretGenerator`."""

    name: str | None = None
    namespace: str | None = None
    behavior: str | None = None
    literals: list[str] | None = None
    files: list[str] | None = None
    envs: list[str] | None = None
    env: str | None = None
    options: GeneratorOptions | None = None


class SecretGenerator(Generator):
    """An entry of `secretGenerator`."""

    type: str | None = None


class Kustomization(_Fields):
    """All fields of the file. Those of any type are not followed."""

    api_version: str | None = None
    kind: str | None = None
    metadata: Metadata | None = None
    openapi: Texts = None
    name_prefix: str | None = None
    name_suffix: str | None = None
    namespace: str | None = None
    common_labels: Texts = None
    labels: list[Label] | None = None
    common_annotations: Texts = None
    patches_strategic_merge: list[str] | None = None
    patches_json6902: list[Patch] | None = None
    patches: list[Patch] | None = None
    images: list[Image] | None = None
    image_tags: list[Image] | None = None
    replacements: list[Any] | None = None
    replicas: list[Replica] | None = None
    vars: list[Any] | None = None
    sort_options: Any = None
    resources: list[str] | None = None
    components: list[str] | None = None
    crds: list[str] | None = None
    bases: list[str] | None = None
    config_map_generator: list[Generator] | None = None
    secret_generator: list[SecretGenerator] | None = None
    helm_globals: Any = None
    helm_charts: list[Any] | None = None
    helm_chart_inflation_generator: list[Any] | None = None
    generator_options: GeneratorOptions | None = None
    configurations: list[str] | None = None
    generators: list[str] | None = None
    transformers: list[str] | None = None
    validators: list[str] | None = None
    build_metadata: list[str] | None = None

    def generators_in(self) -> Iterator[tuple[Pointer, Generator]]:
        """Yield the generators of a file, each with the pointer to it."""
        for key, generators in (
            ("configMapGenerator", self.config_map_generator),
            ("secretGenerator", self.secret_generator),
        ):
            for index, generator in enumerate(generators or ()):
                yield (key, index), generator

    def unfollowed(self) -> Iterator[tuple[str, bool]]:
        """Yield why the result of a file can't be known, and whether it may change any object."""
        if self.helm_charts or self.helm_chart_inflation_generator:
            yield NEEDS_HELM, False
        for key in ("generators", "validators", "crds", "openapi"):
            if getattr(self, key):
                yield f"has {key}, which are not followed", False
        for key in ("configurations", "replacements", "vars", "transformers"):
            if getattr(self, key):
                yield f"has {key}, which may change any object", True
