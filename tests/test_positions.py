"""Every rule's finding stands at the very value, with its full key path.

In the inputs the value is between guillemets, which are taken out before the input is read; where a
key is missing they are around the mapping that should have it.
"""

import re
from pathlib import Path

import pytest
import yaml

from kure_hooks.engines.argocd.bootstrap import rules as argocd_bootstrap
from kure_hooks.engines.argocd.ordering.strategies import STRATEGIES
from kure_hooks.engines.argocd.tool import ARGOCD
from kure_hooks.engines.flux.bootstrap import rules as flux_bootstrap
from kure_hooks.engines.flux.tool import FLUX
from kure_hooks.errors import InputError
from kure_hooks.layout import plan_rules
from kure_hooks.lint.rules import MODULES as OF_LINT
from kure_hooks.rules import RULES
from kure_hooks.stack import rules
from tests.support.generate import generated

FLUX_HEAD = "name: prod\nnode:\n  name: prod\n  children:\n"
ARGOCD_HEAD = (
    "name: prod\ngitops: {type: argocd, argocd: {repoURL: 'https://h/f.git'}}\n"
    "node:\n  name: prod\n  children:\n"
)
BUNDLE = "node.children[0].bundle."


def flux(*bundles, head=FLUX_HEAD):
    lines = (f"  - {{name: n{at}, bundle: {each}}}\n" for at, each in enumerate(bundles))
    return head + "".join(lines)


def argocd(*bundles, ordering="waves"):
    return flux(*bundles, head=ARGOCD_HEAD.replace("f.git'", f"f.git', ordering: {ordering}"))


def boot(text, engine="flux", **more):
    options = "".join(f"  {key}: {value}\n" for key, value in more.items())
    gitops = f"gitops:\n  type: {engine}\n{options}  bootstrap: {text}\n"
    return f"name: prod\n{gitops}node: {{name: prod}}\n"


def chart(spec, **bundle):
    more = "".join(f", {key}: {value}" for key, value in bundle.items())
    return f"{{name: a{more}, applications: [{{name: web, kind: HelmChart, spec: {spec}}}]}}"


SOURCE = "source: {type: HelmRepository, url: 'https://h/c'}, chart: {name: web, version: '1'}"
SYNC = "enabled: true, sourceURL: 'https://h/f.git', sourceRef: main"
OBJECT = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
OWN = f"{{name: a, kind: Manifests, spec: {{objects: [{OBJECT}]}}}}"
PACKAGE = "packageRef: {group: g, version: v1, kind: GitRepository, name: p, url: 'https://h/%s'}"
OCI = (PACKAGE % "a")[12:].replace("https://h/a", "«oci://h»").replace("'", "")


OF_STACK = {
    "names_are_file_names": (flux("{name: «aux»}"), f"{BUNDLE}name"),
    "sibling_nodes_differ": (
        "name: prod\nnode: {name: prod, children: [{name: a}, {name: «a»}]}\n",
        "node.children[1].name",
    ),
    "bundle_names_differ": (flux("{name: a}", "{name: «a»}"), "node.children[1].bundle.name"),
    "application_names_differ": (
        flux(f"{{name: b, applications: [{OWN}, {OWN.replace('name: a,', 'name: «a»,')}]}}"),
        f"{BUNDLE}applications[1].name",
    ),
    "dependencies_differ": (
        flux("{name: a}", "{name: b, dependsOn: [a], namedDependsOn: [{name: «a»}]}"),
        "node.children[1].bundle.namedDependsOn[0].name",
    ),
    "dependencies_are_known": (
        flux("{name: a, dependsOn: [{name: «b»}]}"),
        f"{BUNDLE}dependsOn[0].name",
    ),
    "expressions_are_cel": (
        flux("{name: a}", "{name: b, dependsOn: [{name: a, readyExpr: «dep.status. ==»}]}"),
        "node.children[1].bundle.dependsOn[0].readyExpr",
    ),
    "payloads_are_whole": (
        flux("{name: a, payload: «{path: apps}», applications: [{name: x, kind: Manifests}]}"),
        f"{BUNDLE}payload",
    ),
    "umbrellas_wait_for_their_own": (
        flux("{name: a, wait: «false», children: [{name: b}]}"),
        f"{BUNDLE}wait",
    ),
    "umbrellas_have_no_packages": (
        (
            "name: prod\nnode:\n  name: prod\n"
            f"  {PACKAGE % 'a'}\n  bundle: {{name: a, children: «[{{name: b}}]»}}\n"
        ),
        "node.bundle.children",
    ),
    "nobody_waits_for_ever": (
        flux("{name: a, dependsOn: [«b»]}", "{name: b, dependsOn: [{name: a}]}"),
        f"{BUNDLE}dependsOn[0]",
    ),
    "clusters_differ": ("name: prod\nnode: {}\n---\nname: «prod»\nnode: {}\n", "name"),
}

OF_LAYOUT = {
    "directories_differ": (
        (
            "name: prod\nlayout: {applicationGrouping: name}\nnode:\n  name: prod\n  bundle:\n"
            f"    name: all\n    applications: [{OWN}]\n    children: [{{name: «a»}}]\n"
        ),
        "node.bundle.children[0].name",
    ),
    "names_differ": (
        (
            "name: prod\nlayout: {fluxPlacement: integrated}\nnode:\n  name: prod\n  children:\n"
            "  - {name: one, bundle: {name: a-web}}\n"
            "  - {name: two, bundle: {name: a, applications: [{name: «web», kind: Manifests, "
            "spec: {configMaps: [{name: c, files: [../note.txt]}]}}]}}\n"
        ),
        "node.children[1].bundle.applications[0].name",
    ),
    "packages_differ": (
        (
            "name: prod\nnode:\n  name: prod\n  children:\n"
            f"  - {{name: a, bundle: {{name: a}}, {PACKAGE % 'a'}}}\n"
            f"  - {{name: b, bundle: {{name: b}}, packageref: «{(PACKAGE % 'b')[12:]}»}}\n"
        ),
        "node.children[1].packageref",
    ),
}

OF_BOTH = {
    "sources_are_this_repository": (
        flux(
            "{name: a, sourceRef: {kind: GitRepository, name: s, url: 'https://h/f'}}",
            "{name: b, sourceRef: {kind: GitRepository, name: t, url: «'https://h/g'»}}",
        ),
        "node.children[1].bundle.sourceRef.url",
    ),
    "packages_are_not_this_repository": (
        f"name: prod\ngitops: {{bootstrap: {{{SYNC}}}}}\nnode:\n  name: prod\n"
        f"  bundle: {{name: a}}\n  {PACKAGE % 'f'}\n".replace("'https://h/f'", "«'https://h/f'»"),
        "node.packageRef.url",
    ),
    "gitops_patches_can_be_read": (
        (
            "name: prod\ngitops: {patches: [{patch: «'['», target: {kind: Kustomization}}]}\n"
            "node: {name: prod}\n"
        ),
        "gitops.patches[0].patch",
    ),
}

OF_FLUX = {
    "sources_have_directories": (
        flux("{name: a, argocd: {source: «{ref: values}»}}"),
        f"{BUNDLE}argocd.source",
    ),
    "artifacts_hold_this_repository": (
        flux("{name: a, sourceRef: {kind: «ExternalArtifact», name: s}}"),
        f"{BUNDLE}sourceRef.kind",
    ),
    "sources_can_be_written": (
        flux("{name: a, sourceRef: {kind: GitRepository, name: s, url: «oci://h/f»}}"),
        f"{BUNDLE}sourceRef.url",
    ),
    "one_source_has_one_definition": (
        flux(
            "{name: a, sourceRef: {kind: GitRepository, name: s, url: 'https://h/f', branch: a}}",
            "{name: b, sourceRef: «{kind: GitRepository, name: s, url: 'https://h/f', branch: b}»}",
        ),
        "node.children[1].bundle.sourceRef",
    ),
    "references_are_complete": (flux("{name: a, kubeConfig: «{}»}"), f"{BUNDLE}kubeConfig"),
    "dependencies_are_at_home": (
        flux("{name: a, dependsOn: [{name: b, namespace: «elsewhere»}]}", "{name: b}"),
        f"{BUNDLE}dependsOn[0].namespace",
    ),
    "dependencies_run": (
        flux("{name: a, dependsOn: [b]}", "{name: b, suspend: «true»}"),
        "node.children[1].bundle.suspend",
    ),
    "health_checks_are_heard": (
        flux("{name: a, wait: true, healthChecks: «[{kind: Deployment, name: d}]»}"),
        f"{BUNDLE}healthChecks",
    ),
    "umbrellas_are_at_home": (
        flux("{name: a, children: [{name: b}], kubeConfig: «{secretRef: {name: k}}»}"),
        f"{BUNDLE}kubeConfig",
    ),
    "own_names_are_free": (
        boot(f"{{{SYNC}, manifests: vendor/o.yaml}}").replace(
            "{name: prod}", "{bundle: {name: «flux-system»}}"
        ),
        "node.bundle.name",
    ),
    "contained_objects_keep_their_names": (
        (
            "name: prod\nlayout: {fluxPlacement: integrated}\nnode:\n  name: prod\n"
            "  bundle: {name: a, namePrefix: «x-»}\n  children: [{name: b, bundle: {name: b}}]\n"
        ),
        "node.bundle.namePrefix",
    ),
    "sync_is_complete": (
        boot("«{enabled: true, sourceURL: 'https://h/f.git'}»"),
        "gitops.bootstrap.sourceRef",
    ),
    "components_can_sync": (
        boot(f"{{{SYNC}, components: «[helm-controller, kustomize-controller]»}}"),
        "gitops.bootstrap.components",
    ),
    "source_is_one_of_its_kind": (
        boot(f"{{{SYNC}, source: {{insecure: «true»}}}}"),
        "gitops.bootstrap.source.insecure",
    ),
    "source_can_be_fetched": (
        boot("{enabled: true, sourceURL: «'git@h:f.git'», sourceRef: main}"),
        "gitops.bootstrap.sourceURL",
    ),
    "components_are_of_the_version": (
        boot(f"{{{SYNC}, fluxVersion: «newest»}}"),
        "gitops.bootstrap.fluxVersion",
    ),
    "keys_have_a_meaning": (
        boot(f"{{{SYNC}, sha256: «{'0' * 64}»}}"),
        "gitops.bootstrap.sha256",
    ),
    "remote_is_exact": (
        boot(f"{{{SYNC}, fluxMode: gotk, remote: true, fluxVersion: «2.x»}}"),
        "gitops.bootstrap.fluxVersion",
    ),
}

OF_ARGOCD = {
    "waves_keep_the_order": (
        argocd("{name: a, argocd: {wave: «3»}}", ordering="progressive"),
        f"{BUNDLE}argocd.wave",
    ),
    "sources_are_built_in_one_way": (
        argocd("{name: a, argocd: {directory: «{recurse: true}»}}"),
        f"{BUNDLE}argocd.directory",
    ),
    "repository_is_known": (
        flux("{name: a}", head="name: prod\ngitops: «{type: argocd}»\n" + FLUX_HEAD[11:]),
        "gitops.argocd.repoURL",
    ),
    "destination_is_one": (
        argocd("{name: a}").replace("ordering", "destination: «{namespace: x}», ordering"),
        "gitops.argocd.destination",
    ),
    "sources_are_known": (
        argocd("{name: a, sourceRef: «{kind: GitRepository, name: other}»}"),
        f"{BUNDLE}sourceRef.url",
    ),
    "sources_can_be_fetched": (
        argocd("{name: a, sourceRef: {kind: GitRepository, name: s, branch: «refs/heads/x»}}"),
        f"{BUNDLE}sourceRef.branch",
    ),
    "waves_are_of_the_ordering": (
        argocd("{name: a, argocd: {annotations: {argocd.argoproj.io/sync-wave: «'1'»}}}"),
        f'{BUNDLE}argocd.annotations["argocd.argoproj.io/sync-wave"]',
    ),
    "charts_may_leave_their_namespace": (
        argocd(chart(f"«{{{SOURCE}}}»")),
        f"{BUNDLE}applications[0].spec",
    ),
    "project_spec_is_heard": (
        argocd("{name: a}").replace(
            "ordering", "project: shared, projectSpec: «{description: x}», ordering"
        ),
        "gitops.argocd.projectSpec",
    ),
    "set_options_have_a_set": (
        argocd("{name: a}").replace("ordering", "applicationSet: «{maxUpdate: 1}», ordering"),
        "gitops.argocd.applicationSet",
    ),
    "destinations_are_one": (
        argocd("{name: a, argocd: {destination: «{server: 'https://h', name: here}»}}"),
        f"{BUNDLE}argocd.destination",
    ),
    "namespaces_are_created": (
        argocd("{name: a, argocd: {syncPolicy: {managedNamespaceMetadata: «{labels: {a: b}}»}}}"),
        f"{BUNDLE}argocd.syncPolicy.managedNamespaceMetadata",
    ),
    "options_are_given_once": (
        argocd("{name: a, argocd: {syncPolicy: {syncOptions: [Replace=true, «Replace=false»]}}}"),
        f"{BUNDLE}argocd.syncPolicy.syncOptions[1]",
    ),
    "sources_are_whole": (
        argocd("{name: a, argocd: {sources: [«{repoURL: 'https://h/g'}»]}}"),
        f"{BUNDLE}argocd.sources[0]",
    ),
    "settings_of_all_are_told": (argocd("{name: a, interval: «5m»}"), f"{BUNDLE}interval"),
    "wishes_are_told": (
        argocd("{name: a, serviceAccountName: «me»}"),
        f"{BUNDLE}serviceAccountName",
    ),
    "nothing_is_lost": (
        argocd("{name: a, ignore: [{paths: [/spec], target: {name: «a.*»}}]}"),
        f"{BUNDLE}ignore[0].target.name",
    ),
    "no_source_is_lost": (
        argocd(
            "{name: a, sourceRef: {kind: GitRepository, name: flux-system, url: 'https://h/f.git', "
            "suspend: «true»}}"
        ),
        f"{BUNDLE}sourceRef.suspend",
    ),
    "charts_are_found": (
        argocd(chart("{source: «{type: HelmRepository, name: acme}», chart: {name: web}}")),
        f"{BUNDLE}applications[0].spec.source.url",
    ),
    "releases_are_named": (
        argocd(chart(f"{{{SOURCE}, release: {{name: «{'n' * 54}»}}}}")),
        f"{BUNDLE}applications[0].spec.release.name",
    ),
    "values_files_are_in_git": (
        argocd(
            chart(
                f"{{{SOURCE}, valuesFile: «../values.yaml»}}",
                sourceRef="{kind: OCIRepository, name: s, url: 'oci://h/f', tag: '1'}",
            )
        ),
        f"{BUNDLE}applications[0].spec.valuesFile",
    ),
    "releases_are_ordered": (
        argocd(chart(f"{{{SOURCE}}}"), ordering="resource-waves").replace(
            "HelmChart", "«HelmChart»"
        ),
        f"{BUNDLE}applications[0].kind",
    ),
    "no_release_loses": (
        argocd(chart(f"{{{SOURCE}, upgrade: {{force: «true»}}}}")),
        f"{BUNDLE}applications[0].spec.upgrade.force",
    ),
    "no_bundle_changes_a_release": (
        argocd(chart(f"{{{SOURCE}}}", nameSuffix="«-x»")),
        f"{BUNDLE}nameSuffix",
    ),
    "own_names_are_free": (
        boot(f"{{{SYNC}, manifests: v.yaml}}", "argocd").replace(
            "{name: prod}", "{bundle: {name: «prod-root»}}"
        ),
        "node.bundle.name",
    ),
    "check": (
        boot(f"{{{SYNC}, argoCDMode: helm, manifests: «v.yaml»}}", "argocd"),
        "gitops.bootstrap.manifests",
    ),
    "version_is_one": (
        boot(f"{{{SYNC}, argoCDVersion: «newest»}}", "argocd"),
        "gitops.bootstrap.argoCDVersion",
    ),
    "external_dependencies_are_told": (
        argocd("{name: a, dependsOn: [{name: «b», external: true}]}"),
        f"{BUNDLE}dependsOn[0].name",
    ),
    "strategies_are_honest": (
        argocd("{name: a, labels: {level: «x»}}", ordering="progressive"),
        f"{BUNDLE}labels.level",
    ),
}

OF_STRATEGIES = {
    "waves": (
        argocd("{name: a, suspend: «true»}", "{name: b, dependsOn: [a]}"),
        f"{BUNDLE}suspend",
    ),
    "progressive": (
        argocd("{name: a}", ordering="«progressive»"),
        "gitops.argocd.ordering",
    ),
    "resource-waves": (
        argocd("{name: a, children: [{name: b, prune: «false»}]}", ordering="resource-waves"),
        f"{BUNDLE}children[0].prune",
    ),
}

# Rules that are no functions of their own: more places where a rule looks.
MORE = {
    "a wave for all Applications": (
        (
            "name: prod\ngitops: {type: argocd, argocd: {repoURL: 'https://h/f.git', "
            "annotations: {argocd.argoproj.io/sync-wave: «'1'»}}}\nnode: {name: prod}\n"
        ),
        'gitops.argocd.annotations["argocd.argoproj.io/sync-wave"]',
    ),
    "an expression of a health check that is no CEL": (
        flux("{name: a, healthCheckExprs: [{apiVersion: g/v1, kind: K, current: «'a &&'»}]}"),
        f"{BUNDLE}healthCheckExprs[0].current",
    ),
    "an expression of a release that is no CEL": (
        flux(
            chart(
                f"{{{SOURCE}, healthCheckExprs: "
                "[{apiVersion: g/v1, kind: K, current: a, failed: «'(('»}]}"
            )
        ),
        f"{BUNDLE}applications[0].spec.healthCheckExprs[0].failed",
    ),
    "a release that waits for what is no CEL": (
        flux(chart(f"{{{SOURCE}, dependsOn: [{{name: b, readyExpr: «'self.'»}}]}}")),
        f"{BUNDLE}applications[0].spec.dependsOn[0].readyExpr",
    ),
    "a child that waits for its umbrella": (
        flux("{name: a, children: [{name: b, dependsOn: [«a»]}]}"),
        f"{BUNDLE}children[0].dependsOn[0]",
    ),
    "an umbrella that waits for its child": (
        flux("{name: a, dependsOn: [{name: «b»}], children: [{name: b}]}"),
        f"{BUNDLE}dependsOn[0].name",
    ),
    "the place of an enveloped cluster": (
        (
            "apiVersion: stack.gokure.dev/v1alpha1\nkind: Cluster\nmetadata: {name: «con»}\n"
            "spec: {node: {}}\n"
        ),
        "metadata.name",
    ),
    "a bundle of its own document": (
        (
            "name: prod\nnode: {bundle: web}\n---\napiVersion: stack.gokure.dev/v1alpha1\n"
            "kind: Bundle\nmetadata: {name: web}\nspec: {dependsOn: [«gone»]}\n"
        ),
        "spec.dependsOn[0]",
    ),
    "the name of a bundle of its own document": (
        (
            "name: prod\nnode: {bundle: nul}\n---\napiVersion: stack.gokure.dev/v1alpha1\n"
            "kind: Bundle\nmetadata: {name: «nul»}\n"
        ),
        "metadata.name",
    ),
    "an inherited source": (
        (
            "name: prod\nnode:\n  name: prod\n"
            "  bundle: {name: a, sourceRef: {kind: GitRepository, name: s, url: «oci://h/f»}}\n"
            "  children: [{name: b, bundle: {name: b, children: [{name: c}]}}]\n"
        ),
        "node.bundle.sourceRef.url",
    ),
    "the source of a package": (
        (f"name: prod\nnode:\n  name: prod\n  bundle: {{name: a}}\n  packageref: {OCI}\n"),
        "node.packageref.url",
    ),
    "the cluster's own source": (
        (
            "name: prod\ngitops: {type: argocd, argocd: {repoURL: 'https://h/f'}, "
            "bootstrap: {sourceKind: «Bucket»}}\nnode: {bundle: {name: a}}\n"
        ),
        "gitops.bootstrap.sourceKind",
    ),
    "a file that is not there": (
        flux("{name: a, applications: [{name: b, kind: Manifests, spec: {files: [«gone.yaml»]}}]}"),
        f"{BUNDLE}applications[0].spec.files[0]",
    ),
    "a values file that is not there": (
        flux(chart(f"{{{SOURCE}, valuesFile: «gone.yaml»}}")),
        f"{BUNDLE}applications[0].spec.valuesFile",
    ),
    "a file of a ConfigMap that is not there": (
        flux(
            "{name: a, applications: [{name: b, kind: Manifests, "
            "spec: {configMaps: [{name: c, files: [../note.txt, «x=gone.txt»]}]}}]}"
        ),
        f"{BUNDLE}applications[0].spec.configMaps[0].files[1]",
    ),
    "a key that a ConfigMap can't have": (
        flux(
            "{name: a, applications: [{name: b, kind: Manifests, "
            "spec: {configMaps: [{name: c, files: [../note.txt, «'a b=../note.txt'»]}]}}]}"
        ),
        f"{BUNDLE}applications[0].spec.configMaps[0].files[1]",
    ),
    "release manifests that are not there": (
        boot(f"{{{SYNC}, manifests: «gone.yaml»}}"),
        "gitops.bootstrap.manifests",
    ),
    "a checksum": (
        boot(f"{{{SYNC}, manifests: vendor/o.yaml, sha256: «{'0' * 64}»}}"),
        "gitops.bootstrap.sha256",
    ),
    "a dependency of another node": (
        argocd("{name: a}", "{name: b, dependsOn: [«a»]}", ordering="resource-waves"),
        "node.children[1].bundle.dependsOn[0]",
    ),
    "a readyExpr under Argo CD": (
        argocd("{name: a, dependsOn: [{name: b, readyExpr: «x»}]}", "{name: b}"),
        f"{BUNDLE}dependsOn[0].readyExpr",
    ),
    "a Secret with variables": (
        argocd("{name: a, postBuild: {substituteFrom: [«{kind: Secret, name: s}»]}}"),
        f"{BUNDLE}postBuild.substituteFrom[0]",
    ),
    "a ConfigMap with variables": (
        argocd("{name: a, postBuild: {substituteFrom: [{kind: ConfigMap, name: «c»}]}}"),
        f"{BUNDLE}postBuild.substituteFrom[0].name",
    ),
    "a difference without fields": (
        argocd("{name: a, argocd: {ignoreDifferences: [«{kind: Service}»]}}"),
        f"{BUNDLE}argocd.ignoreDifferences[0]",
    ),
    "an option of the cluster": (
        argocd("{name: a}").replace(
            "ordering", "syncPolicy: {syncOptions: [Replace=true, «Replace=true»]}, ordering"
        ),
        "gitops.argocd.syncPolicy.syncOptions[1]",
    ),
    "two sources of one name": (
        argocd(
            "{name: a, argocd: {sources: [{repoURL: 'https://h/g', path: x, name: s}, "
            "{repoURL: 'https://h/g', path: z, name: «s»}]}}"
        ),
        f"{BUNDLE}argocd.sources[1].name",
    ),
    "a patch of a release": (
        argocd(chart(f"{{{SOURCE}}}", patches="[«{patch: '[]', target: {kind: HelmRelease}}»]")),
        f"{BUNDLE}patches[0]",
    ),
    "automated sync that the cluster switches off": (
        argocd("{name: a}", "{name: b, dependsOn: [a]}").replace(
            "ordering", "syncPolicy: {automated: {enabled: «false»}}, ordering"
        ),
        "gitops.argocd.syncPolicy.automated.enabled",
    ),
    "a label of the cluster": (
        argocd("{name: a}", ordering="progressive") + "labels: {level: «x»}\n",
        "labels.level",
    ),
    "a field that the chosen version has not": (
        boot(f"{{{SYNC}, argoCDVersion: «v2.5.0»}}", "argocd").replace(
            "{name: prod}",
            "{bundle: {name: a, argocd: {sources: [{repoURL: 'https://h/g', path: x}]}}}",
        ),
        "gitops.bootstrap.argoCDVersion",
    ),
}

FILES = {"note.txt": "note\n", "values.yaml": "a: b\n", "vendor/o.yaml": "", "v.yaml": ""}
TABLES = {
    "stack": OF_STACK,
    "layout": OF_LAYOUT,
    "flux": OF_FLUX,
    "argocd": OF_ARGOCD,
    "both": OF_BOTH,
    "strategy": OF_STRATEGIES,
    "more": MORE,
}
CASES = [
    pytest.param(text, key, id=f"{table}-{name}")
    for table, cases in TABLES.items()
    for name, (text, key) in cases.items()
]


def marked(text):
    """Return the text without guillemets, and line and column of what they were around."""
    before = text.split("«")[0]
    line = before.count("\n") + 1
    return text.replace("«", "").replace("»", ""), (line, len(before.rpartition("\n")[2]) + 1)


def findings(text):
    try:
        return generated({"stacks/prod.yaml": text, **FILES}).warnings
    except InputError as error:
        return error.findings


@pytest.mark.parametrize(("text", "key"), CASES)
def test_a_finding_stands_at_the_very_value(text, key):
    text, place = marked(text)
    found = findings(text)
    assert (key, *place) in {(each.key, each.at.line, each.at.column) for each in found}
    assert all(each.key and each.at.line for each in found)
    assert {each.rule for each in found} <= {*RULES, *OF_LINT}


def test_every_rule_has_an_input():
    named = {rule.__name__ for rule in (*rules.RULES, rules.dependencies_are_known)}
    assert named | {"clusters_differ"} == OF_STACK.keys()
    in_layout = {name for name in vars(plan_rules) if name.endswith("_differ")}
    assert in_layout == OF_LAYOUT.keys()
    of_bootstrap = {rule.__name__ for rule in flux_bootstrap.RULES}
    # The rule on charts of the repository needs one, which tests/invalid has.
    apart = {"bootstrap_is_complete", "local_charts_are_delivered"}
    of_flux = {rule.__name__ for rule in FLUX.checks} - apart
    assert of_flux | of_bootstrap == OF_FLUX.keys() | OF_BOTH.keys()
    assert argocd_bootstrap.check in ARGOCD.checks
    # The rule on layers points at a source, as the tests of the mapping show.
    # The rule on shared Applications needs a directory, which tests/engines/test_existing.py has.
    elsewhere = {"layers_are_read", "resource_waves_are_written"}
    of_argocd = {rule.__name__ for rule in ARGOCD.checks} - elsewhere
    assert of_argocd == OF_ARGOCD.keys() | OF_BOTH.keys()
    assert STRATEGIES.keys() == OF_STRATEGIES.keys()


LINE = re.compile(r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<key>[^: ]+): ")
STEP = re.compile(r'\[(\d+)\]|\["([^"]*)"\]|\.?([^.\[]+)')


def steps(key):
    found = ((match.lastindex, match[match.lastindex]) for match in STEP.finditer(key))
    return [int(text) if group == 1 else text for group, text in found]


def marks(node, pointer):
    """Yield where the value at a pointer begins, its key, or what is nearest above it."""
    at = {(node.start_mark.line + 1, node.start_mark.column + 1)}
    for step in pointer:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == step]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            pairs = [(each, each) for each in node.value[step : step + 1]]
        else:
            pairs = []
        if not pairs:
            break
        node = pairs[0][1]
        at = {(each.start_mark.line + 1, each.start_mark.column + 1) for each in pairs[0]}
    # A key that can't be read is a fault of its mapping, at its own place.
    keys = [key for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    return at | {(key.start_mark.line + 1, key.start_mark.column + 1) for key in keys}


# What is wrong with the YAML itself has no value that another parser would see.
BROKEN = sorted(
    case
    for case in (Path(__file__).parent / "invalid").iterdir()
    if case.is_dir() and not case.name.startswith("yaml-")
)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_another_parser_sees_the_values_at_the_same_places(case):
    for found in filter(None, map(LINE.match, (case / "findings.txt").read_text().splitlines())):
        if found["path"].endswith(".csv"):
            continue
        try:
            text = (case / found["path"]).read_text(encoding="utf-8")
            documents = list(yaml.compose_all(text))
        except (yaml.YAMLError, ValueError):
            continue
        at = (int(found["line"]), int(found["column"]))
        seen = [marks(document, steps(found["key"])) for document in documents]
        assert at in set().union(*seen), found[0]
