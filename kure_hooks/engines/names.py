"""Names that objects get on the cluster, with the prefix and the suffix of their bundle."""

from collections.abc import Iterator

from kure_hooks.decoding.refusals import generated_name_problem, name_problem
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import kind_of
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Bundle

# kustomize 5.8 leaves the names of these alone.
_KEPT = {
    ("", "Namespace"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
}


@of_rule("EN004")
def names_fit_with_affixes(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """An object has a name that the API server takes after kustomize has changed it."""
    del tree  # the objects are all that counts
    for bundle in plan.cluster.bundles():
        prefix, suffix = bundle.options.name_prefix or "", bundle.options.name_suffix or ""
        if prefix or suffix:
            for _, product in contents[bundle.name]:
                for problem, expected in _problems(bundle, product):
                    key = "namePrefix" if prefix else "nameSuffix"
                    yield bundle.key(key).fault(problem, expected)


def _problems(bundle: Bundle, product: Product) -> Iterator[tuple[str, str]]:
    """Yield why objects can't have the names that they get, one for each."""
    prefix, suffix = bundle.options.name_prefix or "", bundle.options.name_suffix or ""
    for manifest in product.manifests:
        kind = kind_of(manifest)
        if kind not in _KEPT:
            name = f"{prefix}{manifest['metadata']['name']}{suffix}"
            if problem := name_problem(*kind, name):
                yield problem
    for generator in product.config_maps:
        if problem := generated_name_problem(f"{prefix}{generator.name}{suffix}"):
            yield problem
