"""The Applications that ApplicationSets make (Argo CD 3.5)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kure_hooks.gitops.budget import Budget
from kure_hooks.gitops.generators import Generators
from kure_hooks.gitops.git_generators import Checkout
from kure_hooks.gitops.parameters import Parameters
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.templating.rendering import Templates
from kure_hooks.gitops.templating.values import Budget as Allowance
from kure_hooks.gitops.templating.values import TemplateError, UnknownError, outlet
from kure_hooks.manifests import Manifest, kind_of, text_at, value_at
from kure_hooks.objects.written import Object

APPLICATION_SET = ("argoproj.io", "ApplicationSet")
FINALIZER = "resources-finalizer.argocd.argoproj.io"
"""The finalizer that the controller gives an Application which has none."""

_HEAD = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
_METADATA = ("name", "labels", "annotations", "finalizers")
_UNFILLED = ("{{", "<no value>")
# Lists that a patch adds to; it takes the place of all others.
_ADDED = ("finalizers",)
# So many reasons of a set are kept, and so many characters of each.
_MOST_REASONS = 20
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Expansion:
    """The Applications that an ApplicationSet makes, and what is not known about them.

    `unknown` are ends of the sentence `<ApplicationSet> ...`: there may be more Applications then.
    `faults` are those of them that say why Argo CD refuses the set, or the name of an Application.
    """

    applications: tuple[Resource, ...] = ()
    unknown: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def expand(
    resource: Resource, checkout: Checkout, is_here: Callable[[str], bool], budget: Budget
) -> Expansion:
    """Return the Applications of an ApplicationSet, in the order of its generators.

    `is_here` tells whether a URL is that of this repository, whose files are then the parameters of
    generators of git. An Application is where the template of the set is written. All work is taken
    from the budget.
    """
    if not is_set(resource.manifest):
        return Expansion()
    with budget.allowance() as allowance:
        return _Set(resource, checkout, is_here, _templates(resource, allowance)).expand()


def _templates(resource: Resource, allowance: Allowance) -> Templates:
    spec = value_at(resource.manifest, "spec")
    options = value_at(spec, "goTemplateOptions")
    texts = tuple(map(str, options)) if isinstance(options, list) else ()
    return Templates(value_at(spec, "goTemplate") is True, texts, allowance)


def is_set(manifest: Manifest) -> bool:
    """Tell whether an object is an ApplicationSet."""
    return kind_of(manifest) == APPLICATION_SET


class _Set:
    """One ApplicationSet, with what is found out about it."""

    def __init__(
        self,
        resource: Resource,
        checkout: Checkout,
        is_here: Callable[[str], bool],
        templates: Templates,
    ) -> None:
        self._resource = resource
        self._spec = value_at(resource.manifest, "spec")
        self._templates = templates
        self._generators = Generators(checkout, templates, is_here)
        self._unknown: dict[str, None] = {}
        self._faults: dict[str, None] = {}

    def expand(self) -> Expansion:
        """See `expand`."""
        applications = tuple(self._all())
        return Expansion(applications, tuple(self._unknown), tuple(self._faults))

    def _all(self) -> Iterator[Resource]:
        generators = value_at(self._spec, "generators")
        for index, generator in enumerate(generators if isinstance(generators, list) else ()):
            pointer = ("spec", "generators", index)
            kinds = self._generators.kinds(generator) if isinstance(generator, dict) else []
            if not kinds:
                self._doubt("has a generator of an unknown kind")
            for kind in kinds:
                yield from self._of_generator(generator, kind, pointer)

    def _of_generator(
        self, generator: Manifest, kind: str, pointer: tuple[str | int, ...]
    ) -> Iterator[Resource]:
        try:
            made = self._generators.made(generator, kind, pointer)
        except UnknownError as error:
            self._doubt(str(error))
            return
        except TemplateError as error:
            self._refuse(str(error))
            return
        template = _filled_up(made.template, value_at(self._spec, "template"))
        for parameters in made.sets:
            try:
                yield self._application(template, parameters)
            except UnknownError as error:
                self._doubt(str(error))
            except TemplateError as error:
                self._refuse(str(error))

    def _doubt(self, reason: str) -> None:
        _keep(reason, self._unknown)

    def _refuse(self, reason: str) -> None:
        self._doubt(reason)
        _keep(reason, self._faults)

    def _application(self, template: Any, parameters: Parameters) -> Resource:
        values = parameters.values
        metadata = value_at(template, "metadata")
        head = metadata if isinstance(metadata, dict) else {}
        made: Manifest = {
            "metadata": {key: head[key] for key in _METADATA if head.get(key)},
            "spec": value_at(template, "spec") or {},
        }
        if values:
            made = self._templates.value(made, values)
            preserves = value_at(self._spec, "syncPolicy", "preserveResourcesOnDeletion") is True
            if not preserves and not made["metadata"].get("finalizers"):
                made["metadata"]["finalizers"] = [FINALIZER]
        made = self._patched(made, values)
        namespace = text_at(self._resource.manifest, "metadata", "namespace")
        made["metadata"] |= {"namespace": namespace} if namespace else {}
        name = text_at(made, "metadata", "name")
        if not name or any(mark in name for mark in _UNFILLED):
            message = f"makes an Application with the name {name!r}"
            raise TemplateError(message)
        return self._placed({**_HEAD, **made}, parameters)

    def _patched(self, made: Manifest, values: Mapping[str, Any]) -> Manifest:
        """Return an Application with the patch of the set over it, which can't change its project.

        The controller merges it strategically: mappings key by key, all lists but finalizers as a
        whole.
        """
        written = value_at(self._spec, "templatePatch")
        if not isinstance(written, str):
            return made
        patch = outlet(self._templates.yaml(self._templates.text(written, values)))
        if patch is None:
            return made
        if not isinstance(patch, dict):
            message = "has a templatePatch that is no mapping"
            raise TemplateError(message)
        patched: Manifest = _merged(made, patch)
        project = value_at(made, "spec", "project")
        if isinstance(patched.get("spec"), dict) and project is not None:
            patched["spec"] = {**patched["spec"], "project": project}
        if not isinstance(patched.get("metadata"), dict):
            patched["metadata"] = {}
        return {key: item for key, item in patched.items() if key not in _HEAD}

    def _placed(self, manifest: Manifest, parameters: Parameters) -> Resource:
        written = self._resource.source
        template = value_at(written.manifest, "spec", "template") if written else None
        source = None
        if written is not None and isinstance(template, dict):
            pointer = (*written.pointer, "spec", "template")
            source = Object(written.document, pointer, {**_HEAD, **template})
        document = self._resource.document
        place = self._resource.at(*parameters.pointer)
        return Resource(document, (), manifest, place, source)


def _keep(reason: str, reasons: dict[str, None]) -> None:
    """Add a reason to the first ones, shortened where it has a long text of somebody's."""
    if len(reasons) < _MOST_REASONS:
        short = reason[:_LONGEST_REASON]
        reasons[short if short == reason else f"{short}..."] = None


def _filled_up(template: Any, usual: Any) -> Any:
    """Return the template of a generator, with those of the set where it has none or nothing."""
    if isinstance(template, dict) and isinstance(usual, dict):
        keys = [*template, *(key for key in usual if key not in template)]
        return {key: _filled_up(template.get(key), usual.get(key)) for key in keys}
    return template or usual


def _merged(value: Any, patch: Any, key: str = "") -> Any:
    if isinstance(patch, dict):
        if any(str(name).startswith("$") for name in patch):
            message = "has a templatePatch with a directive, which is not followed here"
            raise UnknownError(message)
        base = value if isinstance(value, dict) else {}
        both = {**base, **{name: _merged(base.get(name), patch[name], name) for name in patch}}
        return {name: item for name, item in both.items() if item is not None}
    if key in _ADDED and isinstance(value, list) and isinstance(patch, list):
        return [*patch, *(item for item in value if item not in patch)]
    if isinstance(value, str) and not isinstance(patch, str | None):
        message = f"has a templatePatch whose {key} is no text"
        raise TemplateError(message)
    return patch
