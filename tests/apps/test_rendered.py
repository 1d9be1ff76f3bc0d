"""Charts with `render: true`, rendered by the real helm, on both engines."""

import subprocess
import sys

import pytest
import yaml

from kure_hooks import flux
from kure_hooks.apps import GENERATORS
from kure_hooks.apps.helm import program, rendering
from kure_hooks.apps.helm.charts import read_chart
from kure_hooks.apps.helm.hooks import stage_of
from kure_hooks.apps.helm.program import Helm
from kure_hooks.config import Settings
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations import cache
from kure_hooks.stack.interface import MAIN
from kure_hooks.stack.load import load
from tests.support.charts import (
    CONFIG_MAP,
    CRD,
    HOOK,
    archive,
    chart,
    documents,
    files_of,
    release,
    with_helm,
)
from tests.support.git import write
from tests.support.tools import tool

PLAIN = CONFIG_MAP % ("", 'color: "{{ .Values.color }}"')
VALUES = {"values.yaml": "color: red\n"}


@pytest.fixture(autouse=True)
def helm(monkeypatch, tmp_path):
    with_helm(monkeypatch)
    monkeypatch.setenv("KURE_HOOKS_CACHE", str(tmp_path / "cache"))


def problems(*arguments, **options):
    """Return what is wrong with a stack, without lines and columns."""
    with pytest.raises(InputError) as caught:
        files_of(*arguments, **options)
    return [
        f"{each.at.path}: {each.key}: {each.problem}. {each.expected}"
        for each in caught.value.findings
    ]


def hooked(hook, weight="0"):
    return {
        "kind": "Job",
        "metadata": {"annotations": {"helm.sh/hook": hook, "helm.sh/hook-weight": weight}},
    }


def names(*hooks):
    """Return the names of the stages of some hooks in their order, of each once."""
    stages = {stage_of(hooked(*each.split(" "))) for each in hooks} - {None}
    return [stage.name or "main" for stage in sorted({*stages, MAIN})]


@pytest.mark.parametrize(
    ("hooks", "stages"),
    [
        pytest.param((), ["main"], id="E18.1"),
        pytest.param(
            ("post-install", "pre-install"), ["pre-install", "main", "post-install"], id="E18.2"
        ),
        pytest.param(
            ("post-upgrade", "pre-upgrade", "post-install", "pre-install"),
            ["pre-install", "pre-upgrade", "main", "post-install", "post-upgrade"],
            id="E18.3",
        ),
        pytest.param(
            ("pre-install 5", "pre-install -5", "pre-install"),
            ["pre-install-minus-5", "pre-install", "pre-install-5", "main"],
            id="E18.4",
        ),
        pytest.param(
            ("pre-delete", "post-delete", "pre-rollback", "post-rollback", "test", "test-success"),
            ["main"],
            id="E18.5",
        ),
        pytest.param(
            ("zebra", "ant", "post-upgrade"), ["main", "post-upgrade", "ant", "zebra"], id="E18.6"
        ),
        pytest.param(("test,pre-delete",), ["main"], id="E18.7"),
        pytest.param(
            ("pre-install,pre-upgrade", "post-upgrade,test", "pre-upgrade,unheard"),
            ["pre-install", "pre-upgrade", "main", "post-upgrade"],
            id="E18.8",
        ),
    ],
)
def test_hooks_are_sorted_into_stages(hooks, stages):
    """E18.1 to E18.8."""
    assert names(*hooks) == stages


def test_a_weight_that_is_no_number_counts_as_none():
    assert names("pre-install heavy") == ["pre-install", "main"]


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_a_chart_becomes_its_objects(engine):
    """E18.9, E18.10, E18.11 and E18.1: values win over defaults, and may be left out."""
    files = chart(PLAIN, **VALUES)
    for values, color in (({}, "red"), ({"color": "blue"}, "blue")):
        found = documents(files_of(files, release(values=values), engine=engine))
        assert found["all/apps/web-configmap-shop.yaml"] == {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "shop", "namespace": "web"},
            "data": {"color": color},
        }
        assert not [path for path in found if "helmrelease" in path or "web-shop" in path]


def test_the_release_has_the_name_and_the_namespace_that_flux_would_give_it():
    """E18.11."""
    files = chart(CONFIG_MAP % ("", 'in: "{{ .Release.Namespace }}"'))
    for options, name, namespace in (
        ({}, "shop", "web"),
        ({"name": "front"}, "front", "web"),
        ({"targetNamespace": "elsewhere"}, "elsewhere-shop", "elsewhere"),
    ):
        found = documents(files_of(files, release(release=options)))
        manifest = found[f"all/apps/{namespace}-configmap-{name}.yaml"]
        assert manifest["data"] == {"in": namespace}


def test_partials_notes_and_what_is_empty_make_no_object():
    """E18.12, E18.13, E18.14."""
    partial = '{{ define "shop.color" }}red{{ end }}'
    text = CONFIG_MAP % ("", 'color: {{ include "shop.color" . }}')
    files = chart(text, "{{ if .Values.never }}\nkind: X\n{{ end }}", "# a comment\n")
    files["charts/shop/templates/_helpers.tpl"] = partial
    files["charts/shop/templates/NOTES.txt"] = "Thank you for {{ .Chart.Name }}."
    found = documents(files_of(files, release()))
    assert [path for path in found if path.startswith("all/apps/web")] == [
        "all/apps/web-configmap-shop.yaml"
    ]


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_a_chart_may_render_to_nothing(engine):
    """A values file turns all of it off, or it has only notes."""
    for files in (chart("{{ if .Values.enabled }}a: 1{{ end }}"), chart()):
        found = documents(files_of(files, release(), engine=engine))
        assert not [path for path in found if path.startswith("all/apps")]


def test_documents_of_one_template_are_separate_objects():
    """E18.15: the order of the output does not depend on that of the files."""
    one, two = CONFIG_MAP % ("-one", ""), CONFIG_MAP % ("-two", "")
    first = files_of(chart(f"{one}---\n{two}"), release()).files
    second = files_of(chart(f"{two}---\n{one}"), release()).files
    assert first == second
    assert {"clusters/prod/all/apps/web-configmap-shop-one.yaml"} < first.keys()


NEEDY = chart(PLAIN) | {
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
    "dependencies: [{name: redis, version: 1.x, repository: 'https://c.example'}]\n"
}
FAULTS = {
    "no chart": (
        {"charts/shop/values.yaml": ""},
        {},
        "spec.chart.path: charts/shop is no chart: it has no Chart.yaml",
    ),
    "nothing": ({}, {}, "spec.chart.path: no file matches charts/shop"),
    "broken template": (chart("{{ .Values.a.b.c }}"), {}, "spec.render: Helm can't render"),
    "no yaml": (chart("a: [}"), {}, "spec.render: Helm can't render the chart charts/shop"),
    "no object": (
        chart("a: 1"),
        {},
        "renders shop/templates/t0.yaml to what Kubernetes refuses: apiVersion: this required key",
    ),
    "missing dependency": (
        NEEDY,
        {},
        (
            "spec.chart: the chart charts/shop depends on redis, which its charts/ lacks. "
            "Run helm dependency build charts/shop, and commit its charts/."
        ),
    ),
    "missing dependency of an archive": (
        {"charts/shop.tar.gz": archive(NEEDY)},
        {"chart": {"path": "../charts/shop.tar.gz"}},
        (
            "spec.chart: the chart charts/shop.tar.gz depends on redis, which its charts/ lacks. "
            "Run helm dependency build in the chart, and package it again."
        ),
    ),
    "other version": (
        chart(PLAIN),
        {"chart": {"path": "../charts/shop", "version": "2.x"}},
        "spec.chart.version: charts/shop is version 1.2.3 of the chart shop. Write 1.2.3, or bring",
    ),
    "no version": (
        chart(PLAIN, version="1x.2.3"),
        {"chart": {"path": "../charts/shop", "version": "*"}},
        (
            "spec.chart.path: charts/shop/Chart.yaml has the version '1x.2.3', which is no "
            "semantic version. Write one such as 1.2.3."
        ),
    ),
    "not vendored": (
        chart(PLAIN),
        {"chart": {"name": "shop", "version": "2.x"}},
        (
            "spec.chart.name: vendor/kure-hooks.lock.yaml has no chart shop 2.x. Fetch it with "
            "helm pull REPOSITORY/shop --version '2.x', and record the archive by kure-hooks "
            "vendor shop-VERSION.tgz."
        ),
    ),
    "outside": (
        {},
        {"chart": {"path": "../../elsewhere"}},
        "spec.chart.path: ../../elsewhere leaves the repository",
    ),
    "a flag as name": (
        chart(PLAIN),
        {"release": {"name": "--post-renderer=/bin/sh"}},
        "spec.render: Helm can't render the chart charts/shop: release name",
    ),
    "release options": (
        chart(PLAIN),
        {"timeout": "5m", "release": {"retries": 3}},
        "spec.timeout: timeout has no effect on a chart that is rendered. Delete timeout, or",
    ),
    "a source": (
        chart(PLAIN),
        {"source": {"type": "HelmRepository", "url": "https://c.example"}},
        "spec.source: source has no effect on a chart that is rendered. Delete source, or delete",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_say_what_to_do(name):
    """E18.16; nothing is downloaded, so that E18.17 can't happen: a missing chart is told of."""
    files, spec, words = FAULTS[name]
    found = problems(files, release(**spec))
    assert any(words in one for one in found), found


def test_all_faults_of_the_objects_are_found_at_once():
    label = (CONFIG_MAP % ("-a", "")).replace("data: {}", "  labels: {a: 1}")
    twice = CONFIG_MAP % ("-b", "") + "kind: ConfigMap\n"
    found = problems(chart(label, twice, CONFIG_MAP % ("-c", "a: 1")), release())
    assert len(found) == 3
    assert any(
        "shop/templates/t1.yaml to YAML that can't be used, in line 6" in one for one in found
    )


@pytest.mark.parametrize(
    ("template", "where"),
    [
        (CONFIG_MAP % ("", "password: {{ randAlphaNum 20 }}"), "data.password"),
        (CONFIG_MAP % ("", 'at: "{{ now | date "2006-01-02" }}"'), "data.at"),
        (CONFIG_MAP % ("", '"{{ uuidv4 }}": x'), "data"),
    ],
)
def test_a_chart_that_is_another_each_time_is_refused(template, where):
    (found,) = problems(chart(template), release())
    assert (
        "the chart charts/shop renders ConfigMap shop, from shop/templates/t0.yaml, to something "
        f"else each time: {where}" in found
    )
    assert "Set the value that the template makes up" in found


def test_what_is_left_out_may_be_another_each_time():
    """Tests of charts often have random names."""
    pod = HOOK % ("{{ randAlphaNum 5 | lower }}", "test", "0")
    assert documents(files_of(chart(PLAIN, pod, **VALUES), release()))


def test_helm_leaves_out_hooks_that_it_does_not_know():
    """Of an object with several hooks too, one of which it knows."""
    jobs = [HOOK % ("one", "crd-install", "0"), HOOK % ("two", "pre-install,zebra", "0")]
    found = documents(files_of(chart(PLAIN, *jobs, **VALUES), release()))
    assert [path for path in found if path.startswith("all/apps/web")] == [
        "all/apps/web-configmap-shop.yaml"
    ]


def test_every_cluster_has_the_apis_that_helm_does_not_know():
    template = CONFIG_MAP % (
        "",
        'v1: "{{ .Capabilities.APIVersions.Has "apiregistration.k8s.io/v1/APIService" }}"',
    )
    found = documents(files_of(chart(template), release()))
    assert found["all/apps/web-configmap-shop.yaml"]["data"] == {"v1": "true"}


def test_what_a_template_makes_up_may_be_set():
    template = CONFIG_MAP % ("", "a: {{ .Values.password | default (randAlphaNum 9) }}")
    found = documents(files_of(chart(template), release(values={"password": "given"})))
    assert found["all/apps/web-configmap-shop.yaml"]["data"] == {"a": "given"}


def test_capabilities_come_from_the_settings_and_the_application():
    template = CONFIG_MAP % (
        "",
        (
            'v: "{{ .Capabilities.KubeVersion.Version }}", '
            'has: "{{ .Capabilities.APIVersions.Has "acme.dev/v1/Shop" }}"'
        ),
    )
    path = "all/apps/web-configmap-shop.yaml"

    def data(settings, **spec):
        files = chart(template) | {
            ".kure-hooks.yaml": f"validate: {{onGenerate: false}}\n{settings}"
        }
        return documents(files_of(files, release(**spec)))[path]["data"]

    own = {"kubeVersion": "1.30", "apiVersions": ["acme.dev/v1/Shop"]}
    assert data("") == {"v": "v1.34", "has": "false"}
    assert data('helm: {kubeVersion: "1.32", apiVersions: [acme.dev/v1/Shop]}') == {
        "v": "v1.32",
        "has": "true",
    }
    assert data('helm: {kubeVersion: "1.32"}', capabilities=own) == {"v": "v1.30", "has": "true"}


def test_nothing_of_the_cluster_or_the_user_is_seen(monkeypatch, tmp_path):
    """`lookup` finds nothing, no host name is resolved, and HELM_* and KUBECONFIG do not count."""
    plugin = tmp_path / "plugins" / "bad"
    plugin.mkdir(parents=True)
    (plugin / "plugin.yaml").write_text("name: bad\nversion: 0.1.0\ncommand: 'false'\n")
    monkeypatch.setenv("HELM_PLUGINS", str(plugin.parent))
    monkeypatch.setenv("HELM_NAMESPACE", "stolen")
    monkeypatch.setenv("HELM_DEBUG", "true")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    template = CONFIG_MAP % (
        "",
        (
            'found: "{{ lookup "v1" "Namespace" "" "default" | toString }}", '
            'host: "{{ getHostByName "localhost" }}", in: "{{ .Release.Namespace }}"'
        ),
    )
    found = documents(files_of(chart(template), release()))
    data = found["all/apps/web-configmap-shop.yaml"]["data"]
    assert data == {"found": "map[]", "host": "", "in": "web"}


def test_a_schema_of_values_fetches_nothing():
    """Helm would fetch what a schema refers to, a file of the machine as well."""
    schema = '{"properties": {"color": {"$ref": "file:///etc/hostname"}}}'
    files = chart(PLAIN, **VALUES, **{"values.schema.json": schema})
    assert documents(files_of(files, release()))


def test_rendering_reaches_no_network():
    """In a namespace of the kernel without a network everything is as it is with one."""
    script = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.support.charts import *\n"
        "print(sorted(files_of(chart(CONFIG_MAP % ('', '')), release()).files))"
    )
    alone = ("unshare", "--user", "--net", "--map-root-user")
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("unshare can't make a namespace without a network here")
    done = subprocess.run(
        [*alone, sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert "web-configmap-shop.yaml" in done.stdout


def test_a_render_is_used_again_as_long_as_nothing_changes(monkeypatch):
    files = chart(PLAIN, **VALUES)
    first = files_of(files, release()).files
    calls = counted(monkeypatch)
    assert files_of(files, release()).files == first
    assert calls == []
    for other in (
        (files | {"charts/shop/values.yaml": "color: green\n"}, release()),
        (files, release(values={"color": "blue"})),
        (files, release(capabilities={"kubeVersion": "1.33"})),
        (files, release(release={"name": "front"})),
    ):
        calls.clear()
        files_of(*other)
        assert calls == ["version", "template", "template"]


def counted(monkeypatch):
    """Return the list that the commands of helm are added to, without what this process knows."""
    calls = []
    run = program.process.run

    def counting(path, *args, **options):
        calls.append(args[0])
        return run(path, *args, **options)

    monkeypatch.setattr(program.process, "run", counting)
    rendering.rendered.cache_clear()
    return calls


def test_no_secret_is_kept(tmp_path):
    """A Secret is written as one of kind Manifests is, but it is in no cache."""
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: verysecret}\n"
    found = documents(files_of(chart(text), release()))
    assert found["all/apps/web-secret-s.yaml"]["stringData"] == {"a": "verysecret"}
    kept = [file.read_bytes() for file in (tmp_path / "cache" / "renders").iterdir()]
    assert kept == [b"compared"]


def test_what_is_kept_of_charts_is_told_and_removed(tmp_path):
    files_of(chart(PLAIN, **VALUES), release())
    (line,) = [each for each in cache.kept(tmp_path) if each.directory.endswith("/renders")]
    assert (line.entries, line.about) == (1, "objects that charts were rendered to")
    cache.clear(tmp_path)
    assert not list((tmp_path / "cache" / "renders").iterdir())


def test_a_chart_may_be_an_archive():
    files = {"charts/shop-1.2.3.tgz": archive(chart(PLAIN, **VALUES))}
    path = {"path": "../charts/shop-1.2.3.tgz", "version": "~1.2"}
    found = documents(files_of(files, release(chart=path)))
    assert found["all/apps/web-configmap-shop.yaml"]["data"] == {"color": "red"}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("values.yaml/inside", "values.yaml/inside can't be written: File exists"),
        ("n" * 300, f"{'n' * 100}... can't be written: File name too long"),
    ],
)
def test_an_archive_may_have_names_that_no_disk_takes(path, reason):
    files = {"charts/s.tgz": archive(chart(PLAIN, **VALUES, **{path: "x"}))}
    (found,) = problems(files, release(chart={"path": "../charts/s.tgz"}))
    assert f"Helm can't render the chart charts/s.tgz: its file {reason}. Correct the" in found


def test_a_template_that_calls_itself_is_told_of_in_a_line():
    """The beginning of what helm says is behind thousands of calls."""
    (found,) = problems(
        chart('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'), release()
    )
    assert (
        "Helm can't render the chart charts/shop: rendering template has a nested reference name: "
        "a: unable to execute template. Correct the chart" in found
    )


def test_dependencies_are_those_in_the_chart():
    inner = chart(CONFIG_MAP % ("-inner", ""), name="inner")
    files = chart(PLAIN, **VALUES) | {
        path.replace("charts/inner", "charts/shop/charts/inner"): text
        for path, text in inner.items()
    }
    files["charts/shop/Chart.yaml"] += "dependencies: [{name: inner, version: 1.x}]\n"
    assert "all/apps/web-configmap-shop-inner.yaml" in documents(files_of(files, release()))


STAGED = chart(
    PLAIN,
    HOOK % ("migrate", "pre-install,pre-upgrade", "-5"),
    HOOK % ("seed", "post-install", "0"),
    HOOK % ("check", "test", "0"),
    **VALUES,
    **{"crds/shops.yaml": CRD % "Cluster"},
)
STAGED["charts/shop/templates/shop.yaml"] = (
    "apiVersion: acme.dev/v1\nkind: Shop\nmetadata: {name: a}"
)


def test_flux_waits_for_each_stage():
    """E18.2 to E18.5 on Flux, with CRDs before all: a Kustomization for each stage."""
    found = documents(files_of(STAGED, release()))
    kustomizations = {
        each["metadata"]["name"]: each["spec"]
        for each in found.values()
        if each["kind"] == "Kustomization"
    }
    waits = {
        name: [each["name"] for each in spec.get("dependsOn", ())]
        for name, spec in kustomizations.items()
        if name.startswith("web")
    }
    assert waits == {
        "web-shop-crds": [],
        "web-shop-pre-install-minus-5": ["web-shop-crds"],
        "web": ["web-shop-pre-install-minus-5"],
        "web-shop-post-install": ["web"],
    }
    assert all(kustomizations[name]["wait"] for name in waits)
    assert {name for name in waits if kustomizations[name].get("force")} == {
        "web-shop-pre-install-minus-5",
        "web-shop-post-install",
    }
    payload = {
        path.rpartition("/")[2]: path.rpartition("/")[0].rpartition("/")[2]
        for path in found
        if path.startswith("all/apps")
    }
    assert payload == {
        "cluster-namespace-web.yaml": "web-shop-pre-install-minus-5",
        "cluster-customresourcedefinition-shops.acme.dev.yaml": "web-shop-crds",
        "web-job-migrate.yaml": "web-shop-pre-install-minus-5",
        "web-configmap-shop.yaml": "apps",
        "cluster-shop-a.yaml": "apps",
        "web-job-seed.yaml": "web-shop-post-install",
    }


def test_argocd_runs_the_stages_as_hooks_of_its_own():
    """E18.2 to E18.5 on Argo CD: early waves of the sync, and the phase after it."""
    found = documents(files_of(STAGED, release(), engine="argocd"))
    orders = {
        each["metadata"]["name"]: tuple(
            each["metadata"].get("annotations", {}).get(f"argocd.argoproj.io/{key}")
            for key in ("hook", "sync-wave")
        )
        for path, each in found.items()
        if path.startswith("all/apps")
    }
    assert orders == {
        "web": (None, "-3"),
        "shops.acme.dev": (None, "-2"),
        "migrate": ("Sync", "-1"),
        "shop": (None, None),
        "a": (None, None),
        "seed": ("PostSync", "0"),
    }


@pytest.mark.parametrize(
    ("annotations", "first"),
    [
        ({"argocd.argoproj.io/hook": "Sync"}, "-3"),
        ({"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}, "-3"),
        ({"argocd.argoproj.io/hook": "Skip", "argocd.argoproj.io/sync-wave": "soon"}, "-3"),
        ({"argocd.argoproj.io/hook": "Sync", "argocd.argoproj.io/sync-wave": "-7"}, "-8"),
    ],
)
def test_a_namespace_comes_before_hooks_of_other_applications_too(annotations, first):
    """A hook without a wave, or with one that is no number, is in wave 0."""
    metadata = {"name": "own", "annotations": annotations}
    own = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    other = {"name": "x", "namespace": "web", "kind": "Manifests", "spec": {"objects": [own]}}
    found = documents(files_of(STAGED, release(), other, engine="argocd"))
    namespace = found["all/apps/cluster-namespace-web.yaml"]
    assert namespace["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] == first


def test_what_depends_on_a_bundle_waits_for_its_last_stage():
    nodes = {
        "name": "all",
        "children": [
            {"name": "apps", "bundle": {"name": "web", "applications": [release()]}},
            {"name": "last", "bundle": {"name": "after", "dependsOn": ["web"], "applications": []}},
        ],
    }
    for placement in ("separate", "integrated", "integrated-per-bundle"):
        result = files_of(STAGED, node=nodes, layout={"fluxPlacement": placement})
        found = documents(result)
        (after,) = [each for each in found.values() if each["metadata"]["name"] == "after"]
        names = {each["name"] for each in after["spec"]["dependsOn"]}
        assert names == {"web", "web-shop-post-install"}


def test_the_objects_of_a_bundle_are_those_of_its_stages_too(monkeypatch, tmp_path):
    """E7.27: what is generated of one bundle has the Kustomizations of its stages."""
    monkeypatch.chdir(tmp_path)  # which a tree in memory is about
    node = {"name": "all", "bundle": {"name": "web", "applications": [release()]}}
    texts = STAGED | {"stacks/p.yaml": yaml.safe_dump({"name": "prod", "node": node})}
    tree = MemoryTree({path: text.encode() for path, text in texts.items()})
    (cluster,) = load(tree, "stacks/p.yaml", Settings(), GENERATORS).clusters
    (bundle,) = cluster.bundles()
    objects = flux.engine().generate_from_bundle(bundle, cluster, tree=tree)
    assert [each["metadata"]["name"] for each in objects if each["kind"] == "Kustomization"] == [
        "web",
        "web-shop-crds",
        "web-shop-pre-install-minus-5",
        "web-shop-post-install",
    ]


def test_stages_of_an_umbrella_child_are_children():
    child = {"name": "inner", "applications": [release()]}
    found = documents(files_of(STAGED, bundle={"children": [child], "applications": []}))
    names = {each["metadata"]["name"] for each in found.values() if each["kind"] == "Kustomization"}
    assert {"inner", "inner-shop-crds", "inner-shop-post-install", "web"} <= names


def test_patches_reach_the_stage_that_has_their_object():
    def patch(name):
        return {
            "patch": "apiVersion: batch/v1\nkind: Job\n"
            f"metadata: {{name: {name}, namespace: web}}\n"
            "spec: {backoffLimit: 3}\n"
        }

    result = files_of(STAGED, release(), bundle={"patches": [patch("migrate")]})
    patched = [
        each["metadata"]["name"]
        for each in documents(result).values()
        if each.get("spec", {}).get("patches")
    ]
    assert patched == ["web-shop-pre-install-minus-5"]
    (wrong,) = problems(STAGED, release(), bundle={"patches": [patch("migrat")]})
    assert wrong.startswith("stacks/prod.yaml: node.children[0].bundle.patches[0].patch: ")


def test_components_are_not_built_into_stages():
    (found,) = problems(STAGED, release(), bundle={"components": ["../x"]})
    assert "bundle web has components and a rendered chart with hooks. Move the chart" in found


def test_what_helm_would_keep_is_kept():
    """Argo CD reads the annotation itself."""
    claim = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n"
        "  annotations: {helm.sh/resource-policy: keep}\n"
        "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
    )
    for engine, annotations in (
        ("flux", {"kustomize.toolkit.fluxcd.io/prune": "disabled"}),
        ("argocd", {}),
    ):
        found = documents(files_of(chart(claim), release(), engine=engine))
        manifest = found["all/apps/web-persistentvolumeclaim-data.yaml"]
        keep = {"helm.sh/resource-policy": "keep"}
        assert manifest["metadata"]["annotations"] == annotations | keep


def test_a_template_gets_no_endless_memory():
    grow = '{{ $all = append $all (repeat 200000000 "x") }}'
    large = f"{{{{ $all := list }}}}{{{{ range until 40 }}}}{grow}{{{{ end }}}}"
    (found,) = problems(chart(large), release())
    assert "it ended without a word of its own, as it does when it needs more than 2" in found


def test_values_win_in_their_order():
    template = CONFIG_MAP % ("", 'a: "{{ .Values.a }}", b: "{{ .Values.b }}", c: "{{ .Values.c }}"')
    files = chart(template, **{"values.yaml": "{a: chart, b: chart, c: chart, d: chart}"}) | {
        "values/values.yaml": "{a: file, b: file}",
        "values/more/1.yaml": "b: first",
        "values/more/2.yaml": "b: second",
        "values/more/README.md": "no values",
    }
    spec = {
        "valuesFile": "../values/values.yaml",
        "valuesFiles": ["../values/more"],
        "values": {"c": "inline"},
    }
    found = documents(files_of(files, release(**spec)))
    data = found["all/apps/web-configmap-shop.yaml"]["data"]
    assert data == {"a": "file", "b": "second", "c": "inline"}


def test_links_in_a_chart_are_refused(tmp_path):
    write(tmp_path, chart(PLAIN))
    (tmp_path / "charts/shop/templates/link.yaml").symlink_to("/etc/hostname")
    with pytest.raises(ReadError, match="is a symbolic link"):
        read_chart(WorkTree(tmp_path), "charts/shop")


def test_endless_templates_end(monkeypatch):
    monkeypatch.setattr(program, "_TIMEOUT", 1)
    endless = '{{ range until 100000 }}{{ range until 100000 }}{{ "" }}{{ end }}{{ end }}'
    (found,) = problems(chart(endless), release())
    assert "Helm can't render the chart charts/shop: it did not end within 1 seconds. " in found


def test_a_program_inside_of_the_repository_is_not_run(monkeypatch, tmp_path):
    """A pull request may bring a program along that is called helm."""
    (tmp_path / "helm").write_text("#!/bin/sh\n")
    (tmp_path / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Helm.found((tmp_path,)) is None
    assert Helm.found(()) is not None


def test_without_helm_the_message_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    (found,) = problems(chart(PLAIN), release())
    assert found == (
        "stacks/prod.yaml: node.children[0].bundle.applications[0].spec.render: the chart "
        "charts/shop is rendered by Helm, which is not installed. Install Helm 3.16 or later "
        "(https://helm.sh/docs/intro/install/), or delete render."
    )


def test_an_old_helm_is_refused(monkeypatch, tmp_path):
    (tmp_path / "helm").write_text("#!/bin/sh\necho v3.15.4\n")
    (tmp_path / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (found,) = problems(chart(PLAIN), release())
    assert "is Helm v3.15.4, and charts are rendered by Helm 3.16 or later" in found


def test_the_result_is_what_helm_prints(tmp_path):
    """Beside namespaces, which `helm install` adds."""
    files = STAGED
    write(tmp_path, files)
    done = subprocess.run(
        [tool("helm"), "template", "shop", "charts/shop", "--namespace", "web", "--include-crds"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    printed = {
        (each["kind"], each["metadata"]["name"]): each.get("spec", each.get("data"))
        for each in yaml.safe_load_all(done.stdout)
    }
    del printed["Job", "check"]
    found = documents(files_of(files, release()))
    ours = {
        (each["kind"], each["metadata"]["name"]): each.get("spec", each.get("data"))
        for path, each in found.items()
        if path.startswith("all/apps") and each["kind"] != "Namespace"
    }
    assert ours == printed
