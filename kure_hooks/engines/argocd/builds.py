"""The kustomize options of a bundle for Argo CD 3.5."""

from collections.abc import Mapping
from typing import Any

from msgspec import json

from kure_hooks.engines.substituted import substituted_text, substituted_value
from kure_hooks.engines.variables import variables
from kure_hooks.errors import InputError
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.stack.bundle_options import BundleOptions, Image
from kure_hooks.stack.model import Bundle
from kure_hooks.yamlio import dump, read
from kure_hooks.yamlio.place import Place


def kustomize(plan: Plan, bundle: Bundle, contents: Contents) -> Manifest:
    """Return the kustomize section of a bundle's source, empty for a plain build.

    Flux substitutes variables after the build, so that they may be in patches and images as well.
    InputError for those that can't be substituted.
    """
    found = _shared(bundle.options) | (written(bundle.options.argocd.kustomize) or {})
    known = variables(plan, bundle, contents)
    if known is None:
        return found
    what, place = f"bundle {bundle.name}", bundle.key("postBuild")
    patches = [_patch(each, known, place, what) for each in found.pop("patches", ())]
    changed: Manifest = _substituted(found, known, place, what)
    return changed | without_empty({"patches": patches})


def _shared(options: BundleOptions) -> Manifest:
    return without_empty(
        {
            "namespace": options.target_namespace,
            "namePrefix": options.name_prefix,
            "nameSuffix": options.name_suffix,
            "images": [_image(each) for each in options.images],
            "patches": written(options.patches),
            "components": list(options.components),
            "ignoreMissingComponents": options.ignore_missing_components,
        }
    )


def _image(image: Image) -> str:
    """Return an image override as Argo CD writes it: `old=new:tag@digest`."""
    renamed = f"{image.name}={image.new_name}" if image.new_name else image.name
    tag = f":{image.new_tag}" if image.new_tag else ""
    return f"{renamed}{tag}" + (f"@{image.digest}" if image.digest else "")


def _substituted(value: Any, known: Mapping[str, str], place: Place, what: str) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(each, known, place, what) for key, each in value.items()}
    if isinstance(value, list):
        return [_substituted(each, known, place, what) for each in value]
    return substituted_text(value, known, place, what) if isinstance(value, str) else value


def _patch(patch: Manifest, known: Mapping[str, str], place: Place, what: str) -> Manifest:
    """Return a patch as it is once its values are in an object, where Flux substitutes."""
    text = patch["patch"]
    if "$" not in text:
        return patch
    try:
        (document,) = read(text.encode(), place.document.path)
    except (InputError, ValueError):  # kustomize has the better words for it
        return patch | {"patch": substituted_text(text, known, place, what)}
    value = substituted_value({"patch": document.value}, known, place, what)["patch"]
    changed = dump(value) if isinstance(value, dict) else json.encode(value).decode()
    return patch | {"patch": changed}
