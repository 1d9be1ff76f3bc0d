"""Adopting payloads: what the stack says then, what is left, and what becomes of old files."""

import pytest
import yaml

from kure_hooks.errors import InputError, UsageError
from kure_hooks.importing.products import objects_of
from kure_hooks.operations.compile import Request, generate_stack
from kure_hooks.yamlio import dump
from tests.support.adopting import STACK, adopted, argocd, bundle, flux, text
from tests.support.linting import config_map

WORKLOAD = {
    "name": "web",
    "namespace": "shop",
    "kind": "AppWorkload",
    "spec": {
        "workload": "Deployment",
        "containers": [{"name": "web", "image": "nginx:1", "ports": [{"containerPort": 80}]}],
        "services": [{"name": "web", "ports": [{"port": 80}]}],
    },
}
SOURCE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: shop}
spec: {interval: 1h, url: "https://charts.example.com"}
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: NAME, namespace: shop}
spec:
  interval: 10m  # often
  chart:
    spec:
      chart: podinfo
      version: 6.9.0
      sourceRef: {kind: HelmRepository, name: charts}
  values: {replicas: 2}
"""


def release(name="podinfo"):
    return RELEASE.replace("NAME", name)


def build(*resources, **fields):
    return dump({"resources": list(resources), **fields})


def applications(result, path=STACK):
    """Return the applications of all bundles of a stack file, by the names of the bundles."""
    value = yaml.safe_load(text(result, path))
    node = value["node"] if "node" in value else value["spec"]["node"]
    return {
        child["bundle"]["name"]: child["bundle"].get("applications") for child in node["children"]
    }


def test_plain_objects_become_manifests_that_read_the_old_files():
    stack = flux(bundle("web", "apps/web", "wait: true # yes", "interval: 5m"))
    files = {STACK: stack, "apps/web/a.yaml": config_map("a"), "apps/web/b/c.yml": config_map("c")}
    result, _ = adopted(files, "web")
    assert text(result) == stack.replace(
        "      payload:\n        path: apps/web\n",
        "      applications:\n      - name: web\n        kind: Manifests\n        spec:\n"
        "          files:\n          - ../apps/web/a.yaml\n          - ../apps/web/b/c.yml\n",
    )
    (moved,) = result.moved
    assert (moved.before, moved.after, moved.objects) == ("apps/web", "clusters/prod/n0", 2)
    assert list(result.old.sources) == ["apps/web/a.yaml", "apps/web/b/c.yml"]
    assert not result.old.unread
    assert result.is_sound


def test_workloads_that_fit_become_such():
    manifests = objects_of(WORKLOAD)
    files = {f"apps/web/{at}.yaml": dump(each) for at, each in enumerate(manifests)}
    files["apps/web/kustomization.yaml"] = build("0.yaml", "1.yaml", "note.yaml")
    files["apps/web/note.yaml"] = config_map("note", "shop")
    result, _ = adopted({STACK: flux(bundle("web", "apps/web"))} | files, "web")
    first, second = applications(result)["web"]
    assert (first["kind"], first["name"], second["kind"]) == ("AppWorkload", "web", "Manifests")
    assert second["name"] == "web-objects"
    assert second["spec"] == {"files": ["../apps/web/note.yaml"]}
    assert list(result.old.unread) == [
        "apps/web/0.yaml",
        "apps/web/1.yaml",
        "apps/web/kustomization.yaml",
    ]


def test_workloads_with_other_labels_stay_manifests():
    manifests = objects_of(WORKLOAD)
    del manifests[0]["metadata"]["labels"]["app.kubernetes.io/managed-by"]
    files = {f"apps/web/{at}.yaml": dump(each) for at, each in enumerate(manifests)}
    result, _ = adopted({STACK: flux(bundle("web", "apps/web"))} | files, "web")
    assert [each["kind"] for each in applications(result)["web"]] == ["Manifests"]


FORCED = {
    flux: {"kustomize.toolkit.fluxcd.io/force": "enabled"},
    argocd: {"argocd.argoproj.io/sync-options": "Force=true,Replace=true"},
}


def job(name, **fields):
    """Return the Job, or with a schedule the CronJob, of an application as YAML."""
    annotations = fields.pop("annotations", {})
    container = {"name": "main", "image": "nginx:1"}
    spec = {"workload": "CronJob" if fields else "Job", "containers": [container], **fields}
    (manifest,) = objects_of(
        {
            "name": name,
            "namespace": "shop",
            "annotations": annotations,
            "kind": "AppWorkload",
            "spec": spec,
        }
    )
    return dump(manifest)


@pytest.mark.parametrize(("engine", "other"), [(flux, argocd), (argocd, flux)])
def test_jobs_become_workloads_unless_their_tool_would_change_them(engine, other):
    options = ["argocd: {directory: {recurse: true}}"] if engine is argocd else []
    files = {
        "apps/web/a.yaml": job("report", schedule="@daily"),
        "apps/web/b.yaml": job("migrate", annotations=FORCED[engine]),
        "apps/web/c.yaml": job("once"),
        "apps/web/d.yaml": job("seed", annotations=FORCED[other]),
    }
    stack = engine(bundle("web", "apps/web", *options))
    result, after = adopted({STACK: stack} | files, "web")
    assert result.is_sound, result.left
    report, migrate, rest = applications(result)["web"]
    assert (report["name"], report["spec"]["workload"]) == ("report", "CronJob")
    assert (migrate["name"], migrate["annotations"]) == ("migrate", FORCED[engine])
    assert rest["spec"] == {"files": ["../apps/web/c.yaml", "../apps/web/d.yaml"]}
    generated = generate_stack(Request(after.tree, after.settings, STACK)).files
    written = {
        each["metadata"]["name"]: each
        for data in generated.values()
        for each in yaml.safe_load_all(data)
        if each["kind"] in ("Job", "CronJob")
    }
    assert written == {
        each["metadata"]["name"]: each for each in map(yaml.safe_load, files.values())
    }


@pytest.mark.parametrize(("engine", "others"), [(flux, []), (argocd, ["../apps/web/0.yaml"])])
def test_config_that_argocd_would_annotate_stays_as_it_is(engine, others):
    options = ["argocd: {directory: {recurse: true}}"] if engine is argocd else []
    spec = WORKLOAD["spec"] | {"config": {"LEVEL": "info"}, "services": []}
    config, deployment = objects_of(WORKLOAD | {"spec": spec})
    assert (config["kind"], deployment["kind"]) == ("ConfigMap", "Deployment")
    files = {"apps/web/0.yaml": dump(config), "apps/web/1.yaml": dump(deployment)}
    result, _ = adopted({STACK: engine(bundle("web", "apps/web", *options))} | files, "web")
    assert result.is_sound, result.left
    first, *rest = applications(result)["web"]
    assert first["kind"] == "AppWorkload"
    assert ("config" in first["spec"]) == (engine is flux)
    assert [each["spec"]["files"] for each in rest] == [others] * bool(others)


def test_releases_become_charts_with_their_source():
    files = {"apps/p/release.yaml": release(), "apps/p/source.yaml": SOURCE}
    result, _ = adopted({STACK: flux(bundle("podinfo", "apps/p"))} | files, "podinfo")
    (chart,) = applications(result)["podinfo"]
    assert chart["kind"] == "HelmChart"
    assert chart["spec"]["source"] == {
        "type": "HelmRepository",
        "name": "charts",
        "interval": "1h",
        "url": "https://charts.example.com",
    }
    assert list(result.old.unread) == ["apps/p/release.yaml", "apps/p/source.yaml"]
    assert list(result.old.commented) == ["apps/p/release.yaml"]


def test_a_source_of_two_releases_stays_an_object():
    files = {"apps/p/all.yaml": f"{release('one')}---\n{release('two')}---\n{SOURCE}"}
    result, _ = adopted({STACK: flux(bundle("podinfo", "apps/p"))} | files, "podinfo")
    kinds = [(each["kind"], each["name"]) for each in applications(result)["podinfo"]]
    assert kinds == [("HelmChart", "one"), ("HelmChart", "two"), ("Manifests", "podinfo")]
    (source,) = applications(result)["podinfo"][-1]["spec"]["objects"]
    assert source["kind"] == "HelmRepository"


def test_a_null_is_kept_from_patches_of_kustomize():
    patch = (
        "patches: [{patch: '{kind: HelmRelease, metadata: {name: any}}', "
        "target: {kind: HelmRelease}}]"
    )
    stack = flux(bundle("podinfo", "apps/p", patch))
    files = {"apps/p/r.yaml": release().replace("replicas: 2", "replicas: null")}
    result, _ = adopted({STACK: stack} | files, "podinfo")
    ((_, (reason,)),) = result.left
    assert "patches HelmRelease shop/podinfo, which has a null" in reason
    files["apps/p/kustomization.yaml"] = build("r.yaml")
    result, _ = adopted({STACK: stack} | files, "podinfo")
    (application,) = applications(result)["podinfo"]
    assert application["kind"] == "Kustomize"
    result, _ = adopted({STACK: flux(bundle("podinfo", "apps/p"))} | files, "podinfo")
    (application,) = applications(result)["podinfo"]
    assert application["kind"] == "HelmChart"


def test_no_secret_is_copied_into_a_stack():
    hidden = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n"
    files = {"apps/p/all.yaml": f"{release()}{hidden}", "apps/p/source.yaml": SOURCE}
    result, _ = adopted({STACK: flux(bundle("podinfo", "apps/p"))} | files, "podinfo")
    (manifests,) = applications(result)["podinfo"]
    assert manifests["spec"] == {"files": ["../apps/p/all.yaml", "../apps/p/source.yaml"]}


def test_overlays_are_taken_in():
    files = {
        "apps/web/kustomization.yaml": build("../base", "../own", "a.yaml"),
        "apps/web/a.yaml": config_map("a"),
        "apps/base/kustomization.yaml": build("b.yaml", namePrefix="x-"),
        "apps/base/b.yaml": config_map("b"),
        "apps/own/kustomization.yaml": build("c.yaml"),
        "apps/own/c.yaml": config_map("c"),
    }
    result, _ = adopted({STACK: flux(bundle("web", "apps/web"))} | files, "web")
    assert applications(result)["web"] == [
        {"name": "base", "kind": "Kustomize", "spec": {"path": "../apps/base"}},
        {
            "name": "web",
            "kind": "Manifests",
            "spec": {"files": ["../apps/own/c.yaml", "../apps/web/a.yaml"]},
        },
    ]
    assert list(result.old.unread) == ["apps/own/kustomization.yaml", "apps/web/kustomization.yaml"]


def test_a_directory_that_only_kustomize_can_read_is_taken_in_as_a_whole():
    on = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b, labels: {a: on}}\n"
    files = {"apps/web/kustomization.yaml": build("a.yaml"), "apps/web/a.yaml": on}
    result, _ = adopted({STACK: flux(bundle("web", "apps/web"))} | files, "web")
    (application,) = applications(result)["web"]
    assert application["kind"] == "Kustomize"


def test_components_are_seen_from_the_new_directory():
    files = {
        "apps/web/a.yaml": config_map("a"),
        "apps/web/kustomization.yaml": build("a.yaml"),
        "parts/kustomization.yaml": "kind: Component\n"
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [b.yaml]\n",
        "parts/b.yaml": config_map("b"),
    }
    stack = flux(bundle("web", "apps/web", "components: [../../parts]  # more"))
    result, _ = adopted({STACK: stack} | files, "web")
    value = yaml.safe_load(text(result))["node"]["children"][0]["bundle"]
    assert value["components"] == ["../../../parts"]
    assert "# more" in text(result)
    assert result.moved[0].objects == 2


@pytest.mark.parametrize("engine", [flux, argocd])
def test_both_engines_adopt_several_at_once(engine):
    options = ["argocd: {directory: {recurse: true}, wave: 2}"] if engine is argocd else []
    stack = engine(bundle("web", "apps/web", *options), bundle("db", "apps/db"))
    files = {"apps/web/in/a.yaml": config_map("a"), "apps/db/b.yaml": config_map("b")}
    result, _ = adopted({STACK: stack} | files, every=True)
    assert {key: value[0]["kind"] for key, value in applications(result).items()} == {
        "web": "Manifests",
        "db": "Manifests",
    }
    assert "directory" not in text(result)
    assert "wave: 2" in text(result) or engine is flux
    assert [moved.label for moved in result.moved] == ["prod/web", "prod/db"]


def test_files_that_an_application_leaves_out_stay_out():
    stack = argocd(bundle("web", "apps/web", "argocd: {directory: {exclude: b.yaml}}"))
    files = {"apps/web/a.yaml": config_map("a"), "apps/web/b.yaml": config_map("b")}
    result, _ = adopted({STACK: stack} | files, "web")
    (application,) = applications(result)["web"]
    assert application["spec"] == {"files": ["../apps/web/a.yaml"]}


def test_a_named_bundle_that_differs_stops_everything():
    stack = flux(bundle("web", "apps/web"), bundle("db", "apps/db"))
    stack = stack.replace("node:", "layout: {fluxPlacement: integrated}\nnode:", 1)
    files = {
        STACK: stack,
        "apps/web/a.yaml": config_map("a"),
        "apps/db/kustomization.yaml": build("b.yaml", namePrefix="x-"),
        "apps/db/b.yaml": config_map("b"),
    }
    result, _ = adopted(files, "web", "db")
    assert not result.is_sound
    ((label, reasons),) = result.left
    assert label == "prod/db"
    owner = "Kustomization flux-system/db"
    assert f"{owner} would apply Kustomization flux-system/db-db as well" in reasons
    assert f"{owner} would no longer apply ConfigMap default/x-b" in reasons
    result, _ = adopted(files, every=True)
    assert result.is_sound
    assert [moved.label for moved in result.moved] == ["prod/web"]


def test_umbrellas_are_adopted_with_their_children():
    umbrella = bundle("db", "apps/db", "children:", "- name: inner", "  payload: {path: apps/in}")
    files = {f"apps/{name}/a.yaml": config_map(name) for name in ("db", "in")}
    result, _ = adopted({STACK: flux(umbrella)} | files, every=True)
    assert [moved.label for moved in result.moved] == ["prod/db", "prod/inner"]


def test_payloads_of_other_repositories_are_left():
    source = (
        "sourceRef: {kind: GitRepository, name: x, url: 'https://git.example.com/x', branch: m}"
    )
    result, _ = adopted({STACK: flux(bundle("web", "apps/web", source))}, every=True)
    assert not result.is_sound or not result.moved
    ((_, (reason,)),) = result.left
    assert "which is another repository" in reason


def test_charts_of_the_repository_are_left():
    files = {"charts/x/Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n"}
    result, _ = adopted({STACK: argocd(bundle("web", "charts/x"))} | files, every=True)
    assert result.left == [
        ("prod/web", ["applies a Helm chart of the repository, which no application renders"])
    ]


def test_old_files_that_others_apply_stay():
    entry = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: web, namespace: flux-system}\nspec: {interval: 1h, path: apps/p, "
        "prune: true, sourceRef: {kind: GitRepository, name: flux-system}}\n"
    )
    files = {
        "apps/p/release.yaml": release(),
        "apps/p/source.yaml": SOURCE,
        "clusters/old/ks.yaml": entry,
    }
    result, _ = adopted({STACK: flux(bundle("podinfo", "apps/p"))} | files, "podinfo")
    assert not result.old.unread
    assert dict(result.old.applied) == {
        path: ["Kustomization flux-system/web in clusters/old/ks.yaml"]
        for path in ("apps/p/release.yaml", "apps/p/source.yaml")
    }


def test_shared_bundles_are_adopted_once_for_all_their_clusters():
    shared = (
        "apiVersion: stack.gokure.dev/v1alpha1\nkind: Bundle\nmetadata: {name: web}\n"
        "spec:\n  payload: {path: apps/web}  # shared\n"
    )
    clusters = "".join(
        f"---\nname: {name}\nnode: {{name: {name}, children: [{{name: a, bundle: web}}]}}\n"
        for name in ("one", "two")
    )
    files = {STACK: f"{shared}{clusters}", "apps/web/a.yaml": config_map("a")}
    result, _ = adopted(files, "two/web")
    assert [moved.label for moved in result.moved] == ["one/web", "two/web"]
    assert text(result).count("kind: Manifests") == 1
    assert "# shared" in text(result)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["wbe"], "There is no bundle wbe. Did you mean web?"),
        (["prod/wbe"], "There is no bundle prod/wbe. Did you mean prod/web?"),
        (["zzzzz"], "There is no bundle zzzzz. Those with a payload are prod/web."),
        (
            ["done"],
            (
                "Bundle prod/done has no payload, so there is nothing to adopt. Those with a "
                "payload are prod/web."
            ),
        ),
        ([], "Name the bundles to adopt, or use --all: one of both."),
    ],
)
def test_names_that_mean_no_payload_are_answered(names, message):
    done = "      name: done\n      applications: []\n"
    files = {STACK: flux(bundle("web", "apps/web"), done), "apps/web/a.yaml": config_map("a")}
    with pytest.raises(UsageError) as error:
        adopted(files, *names)
    assert str(error.value) == message


def test_a_name_in_several_clusters_is_asked_for():
    stacks = {
        f"stacks/{name}.yaml": flux(bundle("web", "apps/web")).replace("prod", name)
        for name in ("one", "two")
    }
    files = stacks | {"apps/web/a.yaml": config_map("a")}
    with pytest.raises(UsageError, match=r"several bundles web\. Name one of one/web, two/web\."):
        adopted(files, "web")
    result, _ = adopted(files, "two/web")
    assert list(result.texts) == ["stacks/two.yaml"]
    assert not result.old.unread


def test_a_payload_behind_an_alias_is_refused():
    stack = flux(bundle("web", "apps/web")).replace(
        "payload:\n        path", "payload: &p\n        path"
    )
    stack += "  - name: n1\n    bundle: {name: db, targetNamespace: x, payload: *p}\n"
    with pytest.raises((UsageError, InputError)) as error:
        adopted({STACK: stack, "apps/web/a.yaml": config_map("a")}, "web")
    assert "can't be edited" in str(error.value) or "alias" in str(error.value)


def test_faulty_stacks_are_told_as_they_are():
    with pytest.raises(InputError):
        adopted({STACK: flux(bundle("web", "apps/gone"))}, "web")


def test_a_bundle_in_a_file_of_its_own_is_changed_there():
    own = (
        "apiVersion: stack.gokure.dev/v1alpha1\nkind: Bundle\nmetadata: {name: web}\n"
        "spec: {payload: {path: apps/web}, wait: true}\n"
    )
    stack = (
        "name: prod\nnode: {name: prod, children: [{name: a, bundle: {path: parts/web.yaml}}]}\n"
    )
    files = {STACK: stack, "stacks/parts/web.yaml": own, "apps/web/a.yaml": config_map("a")}
    result, _ = adopted(files, "prod/web")
    assert list(result.texts) == ["stacks/parts/web.yaml"]
    application = (
        '{"name": "web", "kind": "Manifests", "spec": {"files": ["../../apps/web/a.yaml"]}}'
    )
    expected = own.replace("payload: {path: apps/web}", f"applications: [{application}]")
    assert text(result, "stacks/parts/web.yaml") == expected


def test_namespaces_that_a_stack_would_make_are_no_surprise():
    stack = flux(bundle("web", "apps/web"), bundle("db", "apps/db"))
    stack = stack.replace("  type: flux", "  type: flux\n  createNamespaces: true")
    files = {
        STACK: stack,
        "apps/web/a.yaml": config_map("a", "made"),
        "apps/db/b.yaml": config_map("b", "default"),
    }
    result, _ = adopted(files, every=True)
    assert result.left == [
        ("prod/web", ["Kustomization flux-system/web would apply Namespace made as well"])
    ]
    assert [moved.label for moved in result.moved] == ["prod/db"]


def test_files_named_like_patterns_are_written_in_place_but_no_secret_is():
    files = {STACK: flux(bundle("web", "apps/web")), "apps/web/a[1].yaml": config_map("a")}
    result, _ = adopted(files, "web")
    (application,) = applications(result)["web"]
    assert application["spec"]["objects"] == [yaml.safe_load(config_map("a"))]
    files["apps/web/a[1].yaml"] = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: x}\n"
    )
    result, _ = adopted(files, "web")
    assert result.left == [
        (
            "prod/web",
            [
                (
                    "has a Secret in apps/web/a[1].yaml, whose name a stack would read as a "
                    "pattern. Rename the file."
                )
            ],
        )
    ]


def test_the_same_is_said_each_time():
    stack = flux(*(bundle(f"b{at}", f"apps/b{at}") for at in range(6)))
    stack = stack.replace("  type: flux", "  type: flux\n  createNamespaces: true")
    files = {STACK: stack}
    files |= {f"apps/b{at}/a.yaml": config_map("a", f"made{at}") for at in range(6)}
    first, second = (adopted(files, every=True)[0] for _ in range(2))
    assert (first.left, first.texts) == (second.left, second.texts)
    assert len(first.left) == 6
