"""Bundle fields that are Flux's own: what Argo CD 3.5 has no equivalent for, said and not dropped.

An error where the cluster would not get what the stack says. A warning, with the id AC003, where it
gets the same objects but one wish is not met.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from kure_hooks.apps import is_release
from kure_hooks.decoding.types import key_of
from kure_hooks.engines.annotations import KUSTOMIZE, opts_out
from kure_hooks.engines.interface import Check
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity, plain
from kure_hooks.stack.bundle_options import BundleOptions, Ignore, Target
from kure_hooks.stack.model import Bundle

# Argo CD has these for all Applications at once.
_FOR_ALL: Mapping[str, str] = {
    "interval": "timeout.reconciliation in argocd-cm, which is for all Applications",
    "timeout": "controller.sync.timeout.seconds in argocd-cmd-params-cm, for all Applications",
}
_UNMET: Mapping[str, str] = {
    "service_account_name": "destinationServiceAccounts in a project of your own",
    "build_metadata": "Argo CD's own annotation, which tells what an object belongs to",
    "health_checks": "the health of the Application, which is that of all its own objects",
}
_REFUSED: Mapping[str, str] = {
    "decryption": "Delete it: Argo CD needs a plugin, or sealed or external secrets.",
    "health_check_exprs": "Delete it: Argo CD tells health by Lua in argocd-cm.",
}
_REGULAR_EXPRESSION = re.compile(r"[^\w.:/-]|\.[*+?]")


def settings_of_all_are_told(plan: Plan) -> Iterator[Finding]:
    """Warn once for all bundles about settings that Argo CD has once for all Applications."""
    for field, instead in _FOR_ALL.items():
        found = [each for each in plan.cluster.bundles() if getattr(each.options, field)]
        if found:
            names = ", ".join(each.name for each in found)
            problem = f"the {field} of {names} is not written"
            yield _warning(found[0], field, problem, instead)


def wishes_are_told(plan: Plan) -> Iterator[Finding]:
    """Warn about fields that are left out without harm to the objects."""
    for bundle in plan.cluster.bundles():
        options = bundle.options
        for field, instead in _UNMET.items():
            if getattr(options, field):
                key = key_of(BundleOptions, field)
                problem = f"{key} of bundle {bundle.name} is not written"
                yield _warning(bundle, key, problem, instead)
        if options.force and not options.argocd.force:
            problem = f"force of bundle {bundle.name} is not written"
            expected = "argocd.force: true, with which every sync deletes and creates each object"
            yield _warning(bundle, "force", problem, expected)


def nothing_is_lost(plan: Plan) -> Iterator[Finding]:
    """Refuse fields that would change the objects on the cluster."""
    for bundle in plan.cluster.bundles():
        for field, instead in _REFUSED.items():
            if getattr(bundle.options, field):
                yield _refused(bundle, key_of(BundleOptions, field), instead=instead)
        for rule in (_elsewhere, _expressions, _secrets, _chart_variables):
            yield from rule(bundle)
        for index, ignore in enumerate(bundle.options.ignore):
            yield from _ignore(bundle, index, ignore)


@of_rule("AC003")
def marks_of_flux_are_told(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """Warn about labels and annotations of an object that only Flux heeds."""
    del tree  # the objects are all that counts
    for bundle in plan.cluster.bundles():
        for application, product in contents[bundle.name]:
            config_maps = (generator.manifest for generator in product.config_maps)
            for manifest in (*product.manifests, *config_maps):
                for mark, instead in _unheard(bundle, manifest):
                    problem = f"Argo CD ignores {mark} of {identity(manifest)}"
                    yield application.key("spec").fault(problem, use(instead), Severity.WARNING)


RULES: Sequence[Check] = (settings_of_all_are_told, wishes_are_told, nothing_is_lost)


def _unheard(bundle: Bundle, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield the marks of an object that have no effect, each with what there is instead."""
    if opts_out(manifest, "ssa", "ifnotpresent"):
        instead = "ignoreDifferences for all that may change, with RespectIgnoreDifferences=true"
        yield f"{KUSTOMIZE}/ssa: IfNotPresent", instead
    if opts_out(manifest, "force", "enabled") and not bundle.options.argocd.force:
        instead = "argocd.force: true, with which every sync deletes and creates the object"
        yield f"{KUSTOMIZE}/force: enabled", instead


def _elsewhere(bundle: Bundle) -> Iterator[Finding]:
    destination = bundle.options.argocd.destination
    named = destination and (destination.server or destination.name)
    if bundle.options.kube_config and not named:
        expected = "argocd.destination with a registered cluster"
        yield _refused(bundle, "kubeConfig", instead=expected)


@of_rule("AC002")
def _expressions(bundle: Bundle) -> Iterator[Finding]:
    for dependency in bundle.depends_on:
        if dependency.ready_expr:
            problem = f"bundle {bundle.name} has a readyExpr, which sync waves can't express"
            yield dependency.key("readyExpr").fault(problem, "Write the dependency without it.")


@of_rule("AC007")
def _secrets(bundle: Bundle) -> Iterator[Finding]:
    post_build = bundle.options.post_build
    for index, each in enumerate(post_build.substitute_from if post_build else ()):
        if each.kind == "Secret":
            problem = f"bundle {bundle.name} would get the Secret {each.name} into the repository"
            place = bundle.key("postBuild", "substituteFrom", index)
            yield place.fault(problem, "Use a ConfigMap of the stack.")


@of_rule("AC008")
def _chart_variables(bundle: Bundle) -> Iterator[Finding]:
    if not bundle.options.post_build:
        return
    for each in bundle.applications:
        if is_release(each) and "${" in str(plain(each.spec)):
            problem = f"variables in {each.kind} {each.name} are not replaced under Argo CD"
            yield each.key("spec").fault(problem, "the values themselves")


def _ignore(bundle: Bundle, index: int, ignore: Ignore) -> Iterator[Finding]:
    target = ignore.target or Target()
    for key in ("version", "label_selector", "annotation_selector"):
        if getattr(target, key):
            steps = ("ignore", index, "target", key_of(Target, key))
            yield _refused(bundle, *steps, instead="group, kind, name and namespace")
    for key in ("group", "kind", "name", "namespace"):
        if _REGULAR_EXPRESSION.search(getattr(target, key) or ""):
            steps = ("ignore", index, "target", key)
            yield _refused(bundle, *steps, instead="a name, no regular expression")


def _refused(bundle: Bundle, *steps: str | int, instead: str) -> Finding:
    key = ".".join(each for each in steps if isinstance(each, str))
    problem = f"bundle {bundle.name} has {key}, for which Argo CD has no equivalent"
    return bundle.key(*steps).fault(problem, use(instead), rule="AC002")


def _warning(bundle: Bundle, key: str, problem: str, instead: str) -> Finding:
    return bundle.key(key).fault(problem, use(instead), Severity.WARNING, rule="AC003")


def use(instead: str) -> str:
    """Return the order to use something else, which may be a whole sentence already."""
    return instead if instead.endswith(".") else f"Use {instead}."
