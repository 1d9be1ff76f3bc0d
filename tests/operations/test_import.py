"""Imports of small repositories: the stack, what is left out of it, and what is never touched."""

import os
from pathlib import Path

import pytest
import yaml

from kure_hooks.errors import UsageError
from kure_hooks.findings import Finding, Location
from kure_hooks.importing.entries import because, refusal_of
from kure_hooks.operations.adoption import Choice, import_cluster
from tests.support.git import commit_all, git, make_repository, write
from tests.support.importing import workspace
from tests.support.linting import SYNC, config_map, kustomization, release
from tests.support.tools import tool

APP = {"apps/web/web.yaml": config_map("web"), "apps/db/db.yaml": config_map("db")}


def flux(*documents, **files):
    """Import a cluster of some Kustomizations; the stack's bundles by their names, and all else."""
    texts = {"clusters/prod/sync.yaml": SYNC, **APP}
    texts |= {f"clusters/prod/{index}.yaml": text for index, text in enumerate(documents)}
    return imported(
        "flux",
        texts
        | {path.replace("__", "/").replace("_yaml", ".yaml"): text for path, text in files.items()},
    )


def imported(engine, texts):
    result = import_cluster(workspace(texts), Choice(engine, "prod", ["clusters/prod"]))
    stack = yaml.safe_load(result.text)
    return dict(bundles(stack["spec"]["node"])), result


def bundles(node):
    if "bundle" in node:
        yield node["bundle"]["name"], node["bundle"]
    for child in node.get("children", ()):
        yield from bundles(child)


def reasons(result):
    return {str(item.who): item.reason for item in result.left}


def test_a_kustomization_becomes_a_bundle_with_all_of_its_fields():
    spec = {
        "timeout": "3m",
        "wait": True,
        "targetNamespace": "web",
        "postBuild": {"substitute": {"color": "red"}},
        "commonMetadata": {"labels": {"team": "web"}},
    }
    found, result = flux(kustomization("web", **spec))
    assert found["web"] == {"name": "web", "payload": {"path": "apps/web"}, **spec}
    assert result.is_whole
    assert reasons(result) == {
        "Kustomization flux-system/flux-system": "applies the entry itself",
        "GitRepository flux-system/flux-system": "is the source of the entry itself",
    }


def test_namespaces_sources_and_dependencies_outside_of_the_stack_stay_as_they_are():
    found, result = flux(
        kustomization("web", dependsOn=[{"name": "db", "namespace": "data"}, {"name": "cache"}]),
        kustomization(
            "db",
            "./apps/db",
            "data",
            sourceRef={"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"},
        ),
    )
    assert result.bundles == result.bundled_kinds
    assert found["web"]["dependsOn"] == [
        "db",
        {"name": "cache", "namespace": "flux-system", "external": True},
    ]
    assert found["db"]["flux"] == {"namespace": "data"}


def test_owners_of_one_name_in_two_namespaces_become_two_bundles():
    needs = [{"name": "web", "namespace": "data"}, {"name": "web", "namespace": "flux-system"}]
    found, result = flux(
        kustomization("web"),
        kustomization("web", "./apps/db", "data"),
        kustomization("late", "./apps/late", dependsOn=needs),
        apps__late__late_yaml=config_map("late"),
    )
    assert result.is_whole
    assert found["data-web"]["flux"] == {"name": "web", "namespace": "data"}
    assert found["late"]["dependsOn"] == ["data-web", "web"]


def test_what_a_stack_cannot_say_is_left_as_it_is_with_the_reason():
    found, result = flux(
        kustomization("web"),
        kustomization("new", "./apps/web", fancy=1),
        kustomization("open", "./apps/${name}"),
        kustomization("lost", "./apps/gone"),
    )
    assert list(found) == ["web"]
    assert not result.is_whole
    said = reasons(result)
    assert "has fancy, which a stack can't say" in said["Kustomization flux-system/new"]
    assert said["Kustomization flux-system/open"] == "has a path with a variable"
    assert "does not exist" in said["Kustomization flux-system/lost"]


def test_a_dependency_that_nothing_provides_is_told_and_no_clean_import(tmp_path, kure):
    web = kustomization("web", dependsOn=[{"name": "infr"}])
    files = {"clusters/prod/sync.yaml": SYNC, "apps/infra/a.yaml": config_map("infra"), **APP}
    files |= {"clusters/prod/web.yaml": web, "clusters/prod/infra.yaml": kustomization("infra")}
    write(tmp_path, files)
    told = "clusters/prod/web.yaml:14:5: Kustomization web: spec.dependsOn[0].name: web depends on "
    told += "Kustomization flux-system/infr, which nothing in the cluster provides. Did you mean "
    told += '"infra"?'
    assert told in kure("lint")[1]
    code, out, _ = kure("import", "flux", "clusters/prod", "--cluster", "production")
    assert code == 1
    assert told in out.split("likely a mistake:")[1]
    assert kure("generate", "-q")[0] == 1
    code, out, _ = kure("lint")
    assert (code, out.count("infr,")) == (1, 1)
    assert told in out


def test_a_dependency_on_an_object_of_another_kind_is_told_too():
    needs = [{"name": "db"}]
    _, result = flux(
        kustomization("web", dependsOn=needs), apps__web__db_yaml=release("db", "flux-system")
    )
    assert [finding.rule for finding in result.doubts] == ["FX024"]
    assert not result.is_whole


def test_what_the_settings_declare_to_be_elsewhere_is_no_doubt(tmp_path, kure):
    settings = "lint: {external: [Kustomization flux-system/infr]}\n"
    web = kustomization("web", dependsOn=[{"name": "infr"}])
    write(tmp_path, {".kure-hooks.yaml": settings, "c/web.yaml": web, **APP})
    code, out, _ = kure("import", "flux", "--cluster", "prod")
    assert (code, "mistake" in out) == (0, False)


def test_what_another_part_of_the_repository_has_is_no_doubt(tmp_path, kure):
    """The start of neither is here, so both may be of one cluster."""
    web = kustomization("web", dependsOn=[{"name": "db"}])
    write(tmp_path, {"a/web.yaml": web, "b/db.yaml": kustomization("db"), **APP})
    code, out, _ = kure("import", "flux", "a", "--cluster", "prod")
    assert (code, "mistake" in out) == (0, False)


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ({"prune": None}, "has no prune, which Flux requires"),
        ({"interval": None}, "has no interval, which Flux requires"),
        ({"sourceRef": None}, "has no sourceRef.kind and no sourceRef.name, which Flux requires"),
        ({"sourceRef": {"kind": "Bucket"}}, "has no sourceRef.name, which Flux requires"),
    ],
)
def test_a_key_that_flux_requires_is_told_as_missing(missing, reason):
    _, result = flux(kustomization("web"), kustomization("db", **missing))
    assert reasons(result)["Kustomization flux-system/db"] == reason


@pytest.mark.parametrize("path", ["/apps/web", "//apps/web/", "apps//web", "./apps/./web"])
def test_a_path_may_begin_at_the_root_of_the_source(path):
    found, result = flux(kustomization("web", path))
    assert result.is_whole
    assert found["web"]["payload"] == {"path": "apps/web"}


def test_a_value_that_is_null_is_one_that_is_not_there():
    text = kustomization("web").replace("prune: true", "prune: true\n  timeout: null")
    found, result = flux(text)
    assert "timeout" not in found["web"]
    assert result.is_whole


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        ("", "it is gone"),
        ("Correct the path.", "it is gone. Correct the path."),
        ('Did you mean "a"?', 'it is gone. Did you mean "a"?'),
        ("a name", "it is gone. Write a name."),
    ],
)
def test_a_reason_is_the_problem_with_the_advice_behind_it(expected, words):
    finding = Finding(Location("a.yaml"), "", "it is gone", expected)
    assert because(finding) == f"can't be generated: {words}"


def test_no_reason_says_expected_in_brackets():
    _, result = flux(kustomization("web"), kustomization("lost", "./apps/gone"))
    assert reasons(result)["Kustomization flux-system/lost"] == (
        "can't be generated: payload apps/gone of bundle lost does not exist. "
        'Did you mean "apps/web"?'
    )


def test_checks_that_flux_ignores_are_told():
    checks = [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "namespace": "a"}]
    found, result = flux(kustomization("web", wait=True, healthChecks=checks))
    assert "healthChecks" not in found["web"]
    assert result.is_whole
    assert [note.reason for note in result.notes] == [
        "has healthChecks, which Flux ignores beside wait: true"
    ]


def test_other_objects_of_the_entry_are_carried_and_secrets_are_not():
    found, result = flux(
        kustomization("web"),
        config_map("settings", "flux-system"),
        "apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: flux-system}\n",
        f"{kustomization('db', './apps/web')}---\n{config_map('beside', 'flux-system')}",
    )
    (application,) = found["prod-entry"]["applications"]
    names = [each["metadata"]["name"] for each in application["spec"]["objects"]]
    assert sorted(names) == ["beside", "settings"]
    assert reasons(result)["Secret flux-system/key"] == "is a Secret, which no stack repeats"


def test_what_applies_carried_objects_must_not_prune_them():
    _, result = flux(kustomization("web"), config_map("settings", "flux-system"))
    assert list(result.switch.guarded) == ["Kustomization flux-system/flux-system"]
    _, result = flux(kustomization("web"))
    assert list(result.switch.guarded) == []


def test_encrypted_objects_are_left():
    encrypted = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars, namespace: flux-system}\n"
    _, result = flux(kustomization("web"), f"{encrypted}data: {{a: 'ENC[x]'}}\nsops: {{mac: x}}\n")
    said = reasons(result)["ConfigMap flux-system/vars"]
    assert said == "is encrypted, and no stack decrypts or repeats it"


def test_objects_that_cannot_be_generated_are_left_and_no_others():
    old = "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: HelmRepository\n"
    old += "metadata: {name: charts, namespace: flux-system}\n"
    old += "spec: {url: https://charts.example.com, interval: 1h}\n"
    mixed = f"{kustomization('db')}---\n{old.replace('charts,', 'inline,')}"
    found, result = flux(kustomization("web"), old, config_map("a", "flux-system"), mixed)
    (application,) = found["prod-entry"]["applications"]
    assert [each["metadata"]["name"] for each in application["spec"]["objects"]] == ["a"]
    assert set(found) == {"web", "db", "prod-entry"}
    said = reasons(result)
    assert "v1beta2" in said["HelmRepository flux-system/charts"]
    assert "v1beta2" in said["HelmRepository flux-system/inline"]


def test_a_cluster_of_which_nothing_is_left_is_refused():
    with pytest.raises(UsageError, match="web has fancy, which a stack can't say: unknown key"):
        flux(kustomization("web", fancy=1))


def test_the_switch_tells_what_becomes_of_old_files():
    apps = kustomization("apps", "./apps")
    build = "resources: [web/ks.yaml]\n"
    found, result = imported(
        "flux",
        {
            "clusters/prod/sync.yaml": SYNC,
            "clusters/prod/apps.yaml": apps,
            "apps/kustomization.yaml": build,
            "apps/web/ks.yaml": kustomization("web", "./apps/web/app"),
            "apps/web/app/web.yaml": config_map("web"),
        },
    )
    assert set(found) == {"apps", "web"}
    assert list(result.switch.emptied) == ["apps/web/ks.yaml", "clusters/prod/apps.yaml"]
    assert list(result.switch.listing) == ["apps/kustomization.yaml"]
    assert list(result.switch.guarded) == ["Kustomization flux-system/apps"]


def test_files_that_other_clusters_apply_as_well_stay(tmp_path, kure):
    """Two overlays of one base: the file of the base is not for one of them to remove."""
    overlay = "resources: [../../base]\n"
    files = {f"clusters/{name}/kustomization.yaml": overlay for name in ("a", "b")}
    files |= {"base/kustomization.yaml": "resources: [web.yaml]\n"}
    write(tmp_path, {**files, "base/web.yaml": kustomization("web"), **APP})
    code, out, _ = kure("import", "flux", "clusters/a", "--cluster", "prod")
    assert code == 0
    removed = out.split("so that one owner is left:")[1].splitlines()
    assert (
        removed[1]
        == "       base/web.yaml: from this cluster only, because clusters/b applies it as well"
    )
    assert "base/kustomization.yaml" not in out


APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
"""
HERE = "repoURL: https://github.com/acme/fleet.git, targetRevision: main"


def application(name, text):
    return APPLICATION.replace("NAME", name) + text


def argocd(*documents):
    texts = {**APP, "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"}
    texts |= {"apps/built/kustomization.yaml": "resources: [a.yaml]\n"}
    texts |= {"apps/built/a.yaml": config_map("built")}
    texts |= {f"clusters/prod/{index}.yaml": text for index, text in enumerate(documents)}
    return imported("argocd", texts)


CHARTS = "repoURL: https://charts.example.com, targetRevision: 1.0.0, chart: web"
SOURCES = {
    "directory": f"  source: {{{HERE}, path: apps/web, directory: {{recurse: true}}}}\n",
    "kustomize": f"""\
  source: {{{HERE}, path: apps/built, kustomize: {{namePrefix: a-, images: [b=c:1]}}}}
""",
    "helm": f"""\
  source: {{{HERE}, path: charts/web, helm: {{releaseName: web, valuesObject: {{a: 1}}}}}}
""",
    "chart": """\
  source:
    repoURL: registry.example.com/charts
    chart: web
    targetRevision: 1.2.3
    helm: {values: 'a: b'}
""",
    "several": f"""\
  sources:
  - {{{CHARTS}, helm: {{valueFiles: [$values/apps/web/v.yaml]}}}}
  - {{{HERE}, ref: values}}
""",
    "values-first": f"  sources:\n  - {{{HERE}, ref: values}}\n  - {{{CHARTS}}}\n",
    "elsewhere": """\
  source: {repoURL: https://git.example.com/other.git, path: deploy, targetRevision: v1}
""",
    "synced": f"""\
  source: {{{HERE}, path: apps/web}}
  syncPolicy:
    automated: {{prune: true, selfHeal: true}}
    syncOptions: [ServerSideApply=true, CreateNamespace=true]
    retry: {{limit: 3, backoff: {{duration: 5s, factor: 2}}}}
""",
    "by-hand": f"""\
  source: {{{HERE}, path: apps/web}}
  syncPolicy: {{syncOptions: [PruneLast=true]}}
""",
    "ignoring": f"""\
  source: {{{HERE}, path: apps/web}}
  revisionHistoryLimit: 3
  ignoreDifferences: [{{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}}]
""",
}


@pytest.mark.parametrize("name", SOURCES)
def test_an_application_becomes_a_bundle(name):
    found, result = argocd(application(name, SOURCES[name]))
    assert reasons(result) == {}
    assert list(found) == [name]
    assert result.equal == result.owners == 1


def test_projects_and_sets_are_carried_as_they_are():
    project = (
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\n"
        "metadata: {name: web, namespace: argocd}\nspec: {sourceRepos: ['*']}\n"
    )
    made = f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: all, namespace: argocd}}
spec:
  generators: [{{list: {{elements: [{{app: a}}]}}}}]
  template:
    metadata: {{name: '{{{{app}}}}'}}
    spec:
      project: default
      source: {{{HERE}, path: apps/web}}
      destination: {{server: https://kubernetes.default.svc}}
"""
    found, result = argocd(application("web", SOURCES["synced"]), project, made)
    assert set(found) == {"web", "prod-entry"}
    assert result.equal == result.owners == 3
    assert reasons(result) == {}


ROOT = f"  source: {{{HERE}, path: children}}\n"


def test_the_root_of_other_applications_is_the_entry_and_no_bundle(tmp_path, kure):
    """Its directory has no Application any more after the switch."""
    child = application("web", SOURCES["synced"])
    old = {"boot/root.yaml": application("root", ROOT), "children/web.yaml": child}
    write(tmp_path, {**old, **APP})
    code, out, _ = kure("import", "argocd", "--cluster", "prod")
    assert code == 0
    assert "boot/root.yaml:1:1: Application argocd/root applies the entry itself" in out
    assert "add clusters/prod to what Application argocd/root applies" in out
    assert out.split("so that one owner is left:")[1].split()[0] == "children/web.yaml"
    (tmp_path / "children/web.yaml").unlink()
    assert kure("generate", "-q")[0] == 1
    assert kure("check")[0] == 0


def test_a_root_that_applies_its_own_directory_carries_each_object_once():
    project = (
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\n"
        "metadata: {name: web, namespace: argocd}\nspec: {sourceRepos: ['*']}\n"
    )
    root = application("root", ROOT.replace("path: children", "path: clusters/prod"))
    found, result = argocd(root, project, application("web", SOURCES["synced"]))
    assert set(found) == {"prod-entry", "web"}
    assert result.carried == 1
    assert reasons(result) == {"Application argocd/root": "applies the entry itself"}


def test_an_application_with_objects_of_its_own_beside_others_is_a_bundle():
    files = {"clusters/prod/root.yaml": application("root", ROOT), **APP}
    files |= {"children/web.yaml": application("web", SOURCES["synced"])}
    found, _ = imported("argocd", {**files, "children/a.yaml": config_map("a")})
    assert set(found) == {"root", "web"}


def test_a_bundle_whose_payload_is_empty_after_the_switch_is_told(tmp_path, kure):
    group = application("group", f"  source: {{{HERE}, path: group}}\n")
    files = {"boot/root.yaml": application("root", ROOT), "children/group.yaml": group}
    files |= {"group/web.yaml": application("web", SOURCES["synced"])}
    write(tmp_path, {**files, **APP})
    code, out, _ = kure("import", "argocd", "--cluster", "prod")
    assert code == 0
    assert out.split("because their payloads are empty then")[1].splitlines()[2:3] == [
        "       Application argocd/group"
    ]


def test_applications_of_a_parent_keep_their_waves():
    root = application("root", f"  source: {{{HERE}, path: children}}\n")
    late = application("late", SOURCES["synced"]).replace(
        "namespace: argocd}", "namespace: argocd, annotations: {argocd.argoproj.io/sync-wave: '5'}}"
    )
    found, result = imported(
        "argocd", {**APP, "clusters/prod/root.yaml": root, "children/late.yaml": late}
    )
    assert result.is_whole
    assert found["late"]["argocd"]["wave"] == 5


def test_a_cluster_has_to_be_named_where_there_are_several():
    texts = {
        f"clusters/{name}/ks.yaml": kustomization(name, "./apps/web") for name in ("a", "b")
    } | APP
    with pytest.raises(UsageError, match=r"clusters/a, clusters/b"):
        import_cluster(workspace(texts), Choice("flux", "prod"))
    assert import_cluster(workspace(texts), Choice("flux", "b")).origin == "clusters/b"
    with pytest.raises(UsageError, match="clusters/c is no entry of a cluster"):
        import_cluster(workspace(texts), Choice("flux", "c", ["clusters/c"]))
    with pytest.raises(UsageError, match="no object of Argo CD"):
        import_cluster(workspace(texts), Choice("argocd", "a"))


def test_only_the_stack_file_is_written_and_never_over_another(tmp_path, kure):
    make_repository(tmp_path)
    write(tmp_path, {"clusters/prod/ks.yaml": kustomization("web"), **APP})
    commit_all(tmp_path, "as it was")
    code, out, _ = kure("import", "flux", "--cluster", "prod", "--dry-run")
    assert (code, git(tmp_path, "status", "--short")) == (0, "")
    assert "kind: Cluster" in out
    assert "stacks/prod.yaml would be written: 1 bundle" in out
    code, out, _ = kure("import", "flux", "--cluster", "prod")
    assert code == 0
    assert "clusters/prod: 1 of 1 owner come out as they are" in out
    assert git(tmp_path, "status", "--short", "-uall") == "?? stacks/prod.yaml\n"
    assert "git clean -f -- stacks/prod.yaml" in out
    code, _, error = kure("import", "flux", "--cluster", "prod")
    assert code == 2
    assert "stacks/prod.yaml is there already" in error
    git(tmp_path, "clean", "-f", "--", "stacks/prod.yaml")
    assert git(tmp_path, "status", "--short") == ""


def test_payloads_may_be_beside_the_generated_tree(tmp_path, kure):
    files = {"clusters/web/web.yaml": config_map("web")}
    write(tmp_path, {"entry/web.yaml": kustomization("web", "./clusters/web"), **files})
    assert kure("import", "flux", "--cluster", "prod")[0] == 0
    assert kure("generate", "-q")[0] == 1
    assert kure("check")[0] == 0
    assert (tmp_path / "clusters/web/web.yaml").read_text() == config_map("web")


def test_what_is_imported_can_be_generated_and_old_files_can_go(tmp_path, kure):
    settings = config_map("settings", "flux-system")
    old = {"entry/web.yaml": kustomization("web"), "entry/settings.yaml": settings}
    write(tmp_path, {**old, **APP})
    assert kure("import", "flux", "--cluster", "prod")[0] == 0
    for path in old:
        (tmp_path / path).unlink()
    assert kure("generate", "-q")[0] == 1
    assert kure("check")[0] == 0
    written = list((tmp_path / "clusters/prod").rglob("*.yaml"))
    assert any("settings" in path.name for path in written)


def test_the_tree_does_not_hide_what_starts_the_cluster(tmp_path, kure):
    write(tmp_path, {"clusters/prod/sync.yaml": SYNC, **APP})
    write(tmp_path, {"clusters/prod/web.yaml": kustomization("web")})
    code, _, error = kure("import", "flux", "clusters/prod", "--cluster", "prod")
    assert code == 2
    assert "clusters/prod would be written, which is where the cluster starts" in error
    assert "Kustomization flux-system/flux-system" in error
    assert not (tmp_path / "stacks").exists()
    code, _, _ = kure("import", "flux", "clusters/prod", "--cluster", "production")
    assert code == 0


def test_the_tree_does_not_hide_what_a_kustomization_file_lists(tmp_path, kure):
    """What flux bootstrap writes has a kustomization.yaml just where that of the stack goes."""
    build = "resources: [gotk-components.yaml, gotk-sync.yaml]\n"
    system = "clusters/prod/flux-system"
    write(tmp_path, {f"{system}/kustomization.yaml": build, f"{system}/gotk-sync.yaml": SYNC})
    write(tmp_path, {f"{system}/gotk-components.yaml": "# by flux bootstrap\n", **APP})
    write(tmp_path, {"clusters/prod/web.yaml": kustomization("web")})
    code, _, error = kure("import", "flux")
    assert code == 2
    assert "clusters/prod/flux-system/gotk-components.yaml" in error
    assert kure("import", "flux", "--cluster", "production")[0] == 0


def test_the_tree_does_not_hide_files_that_cannot_be_read(tmp_path, kure):
    broken = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: [\n"
    write(tmp_path, {"clusters/prod/web.yaml": kustomization("web"), **APP})
    write(tmp_path, {"clusters/prod/broken.yaml": broken})
    code, _, error = kure("import", "flux")
    assert code == 2
    assert "would be deleted from the cluster (clusters/prod/broken.yaml)" in error


@pytest.mark.parametrize("arguments", [(), ("entry",)])
def test_an_entry_that_cannot_be_read_is_told_at_its_place(tmp_path, kure, arguments):
    broken = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: [\n"
    others = {"other/web.yaml": kustomization("web")} if arguments else {}
    write(tmp_path, {"entry/ks.yaml": broken, **others, **APP})
    code, _, error = kure("import", "flux", *arguments, "--cluster", "prod")
    assert code == 2
    assert "entry/ks.yaml:3:1: kind[0]: this is not valid YAML" in error


def test_a_kustomization_file_that_cannot_be_read_is_told(tmp_path, kure):
    write(tmp_path, {"c/ks.yaml": kustomization("db"), **APP})
    write(tmp_path, {"c/more/kustomization.yaml": "resources: [\n"})
    code, out, _ = kure("import", "flux", "--cluster", "prod")
    assert code == 1
    assert "c/more/kustomization.yaml:2:1: resources[0]: this is not valid YAML" in out


def test_a_long_list_of_what_would_be_hidden_is_cut(tmp_path, kure):
    many = "---\n".join(config_map(f"c{index}") for index in range(9))
    build = "resources: [many.yaml, web.yaml]\n"
    files = {
        "many.yaml": many.replace("kind: ConfigMap", "kind: Secret"),
        "kustomization.yaml": build,
    }
    write(tmp_path, {f"clusters/prod/{name}": text for name, text in files.items()})
    write(tmp_path, {"clusters/prod/web.yaml": kustomization("web"), **APP})
    code, _, error = kure("import", "flux")
    assert (code, "and 5 more" in error) == (2, True)


def test_what_no_stack_can_say_of_the_cluster_is_told_without_a_stack_file(tmp_path, kure):
    source = HERE.replace("https://", "https://u:a?b>~Z@")
    web = application("web", f"  source: {{{source}, path: apps/web}}\n")
    write(tmp_path, {"entry/web.yaml": web, **APP})
    code, _, error = kure("import", "argocd", "--cluster", "prod")
    assert code == 2
    assert error.startswith("error: entry can't be imported: spec.gitops.argocd.repoURL: ")
    assert "stacks/prod.yaml" not in error


def test_each_reason_against_an_import_has_a_line():
    finding = Finding(Location("stacks/x.yaml"), "a.b", "it is odd", "Do that.", rule="VA001")
    assert str(refusal_of("entry", [finding], "stacks/x.yaml")) == (
        "entry can't be imported: a.b: it is odd. Do that."
    )
    assert str(refusal_of("entry", [finding, finding], "stacks/x.yaml")) == (
        "entry can't be imported:\n  a.b: it is odd. Do that.\n  a.b: it is odd. Do that."
    )


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("https://github.com/acme/fleet.git", None),
        ("git@github.com:acme/fleet", None),
        ("https://github.com/amce/fleet", '. Did you mean "https://github.com/acme/fleet.git"?'),
        ("https://github.com/acme/flete", '. Did you mean "https://github.com/acme/fleet.git"?'),
        ("https://example.org/z", ""),
    ],
)
def test_a_map_of_a_url_that_nothing_names_is_told(tmp_path, kure, url, hint):
    write(tmp_path, {"entry/web.yaml": application("web", SOURCES["synced"]), **APP})
    for command in (("import", "argocd", "--cluster", "prod", "--dry-run"), ("lint",)):
        code, out, error = kure(*command, "--map", f"{url}=apps")
        assert code in {0, 1}, error
        if hint is None:
            assert "nothing in this tree" not in out
        else:
            assert f"nothing in this tree uses {url}{hint}\n" in out


def test_the_core_group_may_be_named_by_an_empty_string():
    text = SOURCES["synced"]
    text += "  ignoreDifferences: [{group: '', kind: Secret, jsonPointers: [/data]}]\n"
    found, result = argocd(application("web", text))
    assert result.is_whole
    assert found["web"]["argocd"]["ignoreDifferences"] == [
        {"kind": "Secret", "jsonPointers": ["/data"]}
    ]


@pytest.mark.parametrize("option", ["Prune=true", "createNamespace=true", "Fast=true", "Validate"])
def test_a_sync_option_that_argo_cd_ignores_is_left_out_and_told(option):
    text = f"  source: {{{HERE}, path: apps/web}}\n  syncPolicy: {{syncOptions: [{option}]}}\n"
    _, result = argocd(application("web", text))
    assert result.is_whole
    assert option not in result.text
    assert [note.reason for note in result.notes] == [
        f"has the sync option {option}, which Argo CD does not know"
    ]


def test_a_patch_from_the_web_is_no_missing_file():
    build = "resources: [a.yaml]\npatches: [{path: 'https://example.com/patch.yaml'}]\n"
    files = {"apps/far/kustomization.yaml": build, "apps/far/a.yaml": config_map("far")}
    files |= {
        "clusters/prod/sync.yaml": SYNC,
        "clusters/prod/far.yaml": kustomization("far", "./apps/far"),
    }
    _, result = imported("flux", files)
    assert [item.reason for item in result.left if "far" in str(item.who)] == []


def test_an_owner_that_is_left_out_is_exit_1(tmp_path, kure):
    text = f"{kustomization('web', fancy=1)}---\n{kustomization('db')}"
    write(tmp_path, {"c/ks.yaml": text, **APP})
    code, out, _ = kure("import", "flux", "--cluster", "prod")
    assert code == 1
    assert "c/ks.yaml:1:1: Kustomization flux-system/web has fancy" in out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("A B", '"A B" is no name for a cluster. Choose a name of lower-case letters, digits'),
        ("Prod", '"Prod" is no name for a cluster. Choose a name of lower-case letters, digits'),
        ("x.y", '"x.y" is no name for a cluster. Choose'),
        ("../up", '"../up" is no name for a cluster. Choose'),
        ("a" * 64, f'"{"a" * 64}" is no name for a cluster. Choose'),
        ("aux", 'the name "aux" is a device on Windows. Choose another --cluster.'),
    ],
)
def test_a_name_that_no_cluster_can_have_is_refused_in_one_sentence(tmp_path, kure, name, message):
    write(tmp_path, {"c/ks.yaml": kustomization("web"), **APP})
    code, out, error = kure("import", "flux", "--cluster", name)
    assert (code, out) == (2, "")
    assert error.startswith(f"error: {message}")
    assert error.count("\n") == 1
    assert not (tmp_path / "stacks").exists()


def test_a_directory_that_is_no_name_asks_for_one(tmp_path, kure):
    write(tmp_path, {"c/Prod_EU/ks.yaml": kustomization("web"), **APP})
    code, _, error = kure("import", "flux")
    assert code == 2
    assert error.startswith('error: "Prod_EU" is no name for a cluster. Choose a name')
    assert kure("import", "flux", "--cluster", "prod-eu")[0] == 0


def test_a_file_that_cannot_be_read_is_told(tmp_path, kure):
    broken = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: [\n"
    write(tmp_path, {"c/ks.yaml": kustomization("db"), "c/broken.yaml": broken, **APP})
    code, out, _ = kure("import", "flux", "c", "--cluster", "prod")
    assert code == 1
    assert "c/broken.yaml:" in out.split("can't be read")[1]


def test_directories_of_any_depth_become_nodes_up_to_the_twentieth():
    deep = "clusters/prod/" + "d/" * 600
    texts = {"clusters/prod/sync.yaml": SYNC, **APP, f"{deep}web.yaml": kustomization("web")}
    texts["clusters/prod/db.yaml"] = kustomization("db")
    found, result = imported("flux", texts)
    assert found.keys() == {"web", "db"}
    assert result.text.count("name: d\n") == 20


def test_what_only_kustomize_builds_is_compared_as_it_builds_it(monkeypatch):
    """Our own reader does not follow `configurations`, `replacements` and the like."""
    programs = [str(Path(tool("kustomize")).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(programs))
    build = "resources: [web.yaml]\nconfigurations: [known.yaml]\nnamePrefix: a-\n"
    files = {
        "clusters/prod/sync.yaml": SYNC,
        "clusters/prod/web.yaml": kustomization("web"),
        "apps/web/kustomization.yaml": build,
        "apps/web/known.yaml": "namePrefix: [{path: spec/name}]\n",
        "apps/web/web.yaml": config_map("web"),
    }
    result = import_cluster(workspace(files), Choice("flux", "new", ["clusters/prod"]))
    assert result.is_whole
    assert result.bundles == 1
