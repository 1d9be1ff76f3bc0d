"""Objects that the real kustomize builds are validated instead of the files that they are from."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kure_hooks.files.memory import MemoryTree, OverlaidTree
from kure_hooks.findings import Severity
from kure_hooks.kustomize.build import OFFLINE
from kure_hooks.kustomize.files import directories
from kure_hooks.operations.validate import Choice, validate
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.validators.builds import built
from tests.support.git import git
from tests.support.tools import tool

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
  - name: http
    port: 80
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web
"""
STRACE = shutil.which("strace")
CONTAINER = "spec.template.spec.containers[0]"
HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


@pytest.fixture
def kustomize(monkeypatch):
    program = tool("kustomize")
    monkeypatch.setenv("PATH", str(Path(program).parent), prepend=os.pathsep)


@pytest.fixture
def without_kustomize(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))


@pytest.fixture
def run(tmp_path):
    def outcome(files, *paths, source="worktree", **choice):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return validate(open_workspace(tmp_path, source=source), Choice(paths or (".",), **choice))

    return outcome


def told(outcome):
    return [f"{finding} [{finding.rule}]" for finding in outcome.findings]


def skips(outcome):
    return [f"{skip.subject}: {skip.reason}" for skip in outcome.skipped]


def listing(*resources, more=""):
    return f"{HEAD}resources: [{', '.join(resources)}]\n{more}"


INCOMPLETE = {
    "base/kustomization.yaml": listing("web.yaml"),
    "base/web.yaml": DEPLOYMENT.replace("  selector: {matchLabels: {app: web}}\n", ""),
    "over/kustomization.yaml": listing("../base", more="patches: [{path: selector.yaml}]\n"),
    "over/selector.yaml": DEPLOYMENT,
}


@pytest.mark.usefixtures("kustomize")
def test_an_incomplete_base_is_judged_as_its_overlay_completes_it(run):
    outcome = run(INCOMPLETE)
    assert told(outcome) == []
    assert outcome.checked == 3  # the Service once, and both files of kustomize's


@pytest.mark.usefixtures("without_kustomize")
def test_without_kustomize_files_are_judged_and_that_is_said_once(run):
    other = {name.replace("over", "more"): text for name, text in INCOMPLETE.items()}
    outcome = run({**INCOMPLETE, **other})
    assert told(outcome) == [
        "base/web.yaml:5:3: Deployment web: spec.selector: this required key is missing [VA011]"
    ]
    assert skips(outcome) == [
        (
            "kustomize: is not installed, so the files of 2 directories were validated one by one,"
            " without the patches of kustomizations. Put kustomize on PATH to have them built"
        )
    ]


@pytest.mark.usefixtures("without_kustomize")
def test_what_only_lists_resources_needs_no_kustomize(run):
    outcome = run({"a/kustomization.yaml": listing("web.yaml"), "a/web.yaml": SERVICE})
    assert (told(outcome), skips(outcome), outcome.checked) == ([], [], 2)


@pytest.mark.usefixtures("kustomize")
@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (
            '[{"op": "replace", "path": "/spec/ports/0/port", "value": "http"}]',
            (
                "base/web.yaml:8:5: Service web: spec.ports[0].port: this is a text,"
                " as over/kustomization.yaml builds it. Write a whole number. [VA012]"
            ),
        ),
        (
            '[{"op": "add", "path": "/spec/portz", "value": 1}]',
            (
                "over/kustomization.yaml:4:1: Service web: spec.portz: unknown key,"
                ' in what kustomize builds here. Did you mean "ports"? [VA010]'
            ),
        ),
        (
            '[{"op": "remove", "path": "/spec/ports/0/port"}]',
            (
                "base/web.yaml:8:5: Service web: spec.ports[0].port: this required key is missing,"
                " as over/kustomization.yaml builds it [VA011]"
            ),
        ),
    ],
)
def test_a_patch_that_breaks_an_object_is_found(run, patch, expected):
    patches = f"patches: [{{target: {{kind: Service}}, patch: '{patch}'}}]\n"
    outcome = run(
        {
            "base/kustomization.yaml": listing("web.yaml"),
            "base/web.yaml": SERVICE,
            "over/kustomization.yaml": listing("../base", more=patches),
        }
    )
    assert told(outcome) == [expected]


@pytest.mark.usefixtures("kustomize")
def test_a_fault_of_a_base_is_told_once_at_its_own_line_for_all_overlays(run):
    broken = {
        "base/kustomization.yaml": listing("all.yaml"),
        "base/all.yaml": f"{SERVICE}---\n{DEPLOYMENT}      replicaz: 1\n",
        "one/kustomization.yaml": listing("../base", more="namespace: one\nnameSuffix: -b\n"),
        "two/kustomization.yaml": listing("../base", more="namespace: two\nnameSuffix: -b\n"),
    }
    assert told(run(broken)) == [
        "base/all.yaml:21:7: Deployment web-b: spec.template.spec.replicaz: unknown key [VA010]"
    ]


@pytest.mark.usefixtures("kustomize")
def test_items_of_lists_are_found_where_patches_move_them(run):
    sidecar = DEPLOYMENT.replace(
        "- name: web\n        image: web", "- name: side\n        image: s"
    )
    web = DEPLOYMENT.replace("image: web", "imagePullPolicy: Sometimes\n        image: web")
    outcome = run(
        {
            "base/kustomization.yaml": listing("web.yaml"),
            "base/web.yaml": web,
            "over/kustomization.yaml": listing("../base", more="patches: [{path: side.yaml}]\n"),
            "over/side.yaml": sidecar,
        }
    )
    (line,) = told(outcome)
    assert line.startswith(
        "base/web.yaml:11:9: Deployment web:"
        " spec.template.spec.containers[1].imagePullPolicy: this is not an allowed value"
    )


@pytest.mark.usefixtures("kustomize")
def test_generated_config_maps_and_lists_are_judged(run):
    generator = "configMapGenerator: [{name: c_d, literals: [a=b]}]\n"
    outcome = run(
        {
            "base/kustomization.yaml": listing("list.yaml", more=generator),
            "base/list.yaml": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n"
            "  kind: Service\n  metadata: {name: a}\n  spec: {portz: 1}\n",
        }
    )
    lines = told(outcome)
    assert lines[0].startswith("base/kustomization.yaml:4:1: ConfigMap c_d-")
    assert any(
        line.startswith("base/list.yaml:7:10: Service a: spec.portz: unknown key") for line in lines
    )


@pytest.mark.usefixtures("kustomize")
def test_components_are_built_by_who_includes_them(run):
    component = (
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        "patches: [{target: {kind: Service},"
        """ patch: '[{"op": "add", "path": "/spec/x", "value": 1}]'}]\n"""
    )
    more = {"parts/x/kustomization.yaml": component}
    assert told(run(more)) == []
    included = {
        "web/kustomization.yaml": listing("web.yaml", more="components: [../parts/x]\n"),
        "web/web.yaml": SERVICE,
    }
    (line,) = told(run(included))
    assert line.startswith("web/kustomization.yaml:4:1: Service web: spec.x: unknown key")


@pytest.mark.usefixtures("kustomize")
@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [
        (
            "missing",
            {"a/kustomization.yaml": listing("web.yaml", "gone.yaml"), "a/web.yaml": SERVICE},
            (
                "a/kustomization.yaml:3:23: resources[1]: kustomize can't build this:"
                " gone.yaml does not exist [VA021]"
            ),
        ),
        (
            "outside",
            {"a/kustomization.yaml": listing("../../etc")},
            (
                "a/kustomization.yaml:3:13: resources[0]: kustomize can't build this:"
                " ../../etc leaves the repository [VA021]"
            ),
        ),
        (
            "twice",
            {
                "a/kustomization.yaml": listing("b", "web.yaml"),
                "a/web.yaml": SERVICE,
                "a/b/kustomization.yaml": listing("web.yaml"),
                "a/b/web.yaml": SERVICE,
            },
            (
                "a/kustomization.yaml:3:1: kustomize can't build this:"
                " it takes in Service web twice [VA021]"
            ),
        ),
        (
            "a circle",
            {
                "a/kustomization.yaml": listing("../b"),
                "b/kustomization.yaml": listing("../a"),
            },
            "a/kustomization.yaml:3:1: kustomize can't build this: it takes itself in [VA021]",
        ),
        (
            "a patch without a target",
            {
                "a/kustomization.yaml": listing("web.yaml", more="patches: [{path: patch.yaml}]\n"),
                "a/web.yaml": SERVICE,
                "a/patch.yaml": SERVICE.replace("name: web", "name: other"),
            },
            (
                "a/kustomization.yaml:4:1: kustomize can't build this:"
                " a patch is for Service other, which is not there [VA021]"
            ),
        ),
        (
            "a JSON patch of nothing",
            {
                "a/kustomization.yaml": listing(
                    "web.yaml",
                    more="patches: [{target: {kind: Service},"
                    """ patch: '[{"op": "remove", "path": "/spec/x"}]'}]\n""",
                ),
                "a/web.yaml": SERVICE,
            },
            (
                "a/kustomization.yaml:4:1: kustomize can't build this:"
                " a patch would remove x, which is not there [VA021]"
            ),
        ),
        (
            "a patch that is none",
            {
                "a/kustomization.yaml": listing("web.yaml", more="patches: [{path: p.yaml}]\n"),
                "a/web.yaml": SERVICE,
                "a/p.yaml": "password: hunter2-hunter2\n",
            },
            (
                "a/kustomization.yaml:4:1: kustomize can't build this:"
                " a patch is neither an object nor JSON 6902 [VA021]"
            ),
        ),
        (
            "no kustomization",
            {"a/kustomization.yaml": listing("b"), "a/b/web.yaml": SERVICE},
            (
                "a/kustomization.yaml:3:13: resources[0]: kustomize can't build this:"
                " b has no kustomization.yaml [VA021]"
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_a_build_that_fails_is_told_in_plain_words(run, name, files, expected):
    assert told(run(files)) == [expected]


@pytest.mark.usefixtures("kustomize")
@pytest.mark.parametrize(
    "more",
    [
        "https://example.com/x.yaml",
        "github.com/example/x?ref=v1",
        "git@github.com:example/x.git",
        "ssh://git@example.com/x",
    ],
)
def test_remote_resources_are_skipped_with_a_reason(run, more):
    outcome = run({"a/kustomization.yaml": listing("web.yaml", more), "a/web.yaml": SERVICE})
    assert told(outcome) == []
    assert skips(outcome) == [
        (
            f"a/kustomization.yaml: takes in {more}, which needs a network,"
            " so its files were validated one by one, without patches"
        )
    ]
    assert outcome.checked == 2


@pytest.mark.usefixtures("kustomize")
def test_charts_and_programs_are_not_run(run):
    chart = "helmCharts: [{name: x, repo: 'https://example.com'}]\n"
    plugin = (
        "generators:\n- |-\n  apiVersion: example.com/v1\n  kind: X\n  metadata:\n    name: x\n"
        "    annotations:\n      config.kubernetes.io/function: 'exec: {path: ./evil}'\n"
    )
    inline = (
        "generators:\n- |-\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n"
        "  metadata: {name: x}\n  files: ['http://127.0.0.1:1/x']\n"
    )
    outcome = run(
        {
            "a/kustomization.yaml": listing("web.yaml", more=chart),
            "a/web.yaml": SERVICE,
            "b/kustomization.yaml": listing("web.yaml", more=plugin),
            "b/web.yaml": SERVICE,
            "c/kustomization.yaml": listing("web.yaml", more=inline),
            "c/web.yaml": SERVICE,
        }
    )
    assert told(outcome) == []
    assert [skip.split(", ")[0] for skip in skips(outcome)] == [
        "a/kustomization.yaml: inflates Helm charts",
        "b/kustomization.yaml: runs plugins",
        "c/kustomization.yaml: takes in http://127.0.0.1:1/x",
    ]


@pytest.mark.usefixtures("kustomize")
def test_no_build_reads_a_file_of_the_machine(run, tmp_path):
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("password=hunter2-hunter2")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/link.yaml").symlink_to(secret)
    inline = (
        "generators:\n- |-\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n"
        f"  metadata: {{name: x}}\n  files: [{secret}]\n"
    )
    outcome = run(
        {
            "a/kustomization.yaml": listing("web.yaml", "../d/web.yaml", more=inline),
            "a/web.yaml": SERVICE,
            "b/kustomization.yaml": listing("link.yaml"),
            "c/kustomization.yaml": listing(more=f"patches: [{{path: {secret}}}]\n"),
            "d/web.yaml": SERVICE.replace("name: web", "name: d"),
        }
    )
    assert told(outcome)[-1].endswith("leaves the repository [VA021]")
    assert skips(outcome) == [
        (
            "b/kustomization.yaml: takes in b/link.yaml, a symbolic link, which is not followed,"
            " so its files were validated one by one, without patches"
        )
    ]
    assert "hunter2" not in f"{outcome}"


@pytest.mark.usefixtures("kustomize")
def test_files_beside_a_directory_may_be_read_as_by_flux(run):
    outcome = run(
        {
            "a/kustomization.yaml": listing("../shared/web.yaml"),
            "shared/web.yaml": SERVICE,
        }
    )
    assert (told(outcome), outcome.checked) == ([], 2)


@pytest.mark.usefixtures("kustomize")
def test_the_tree_of_the_source_is_built(run, tmp_path):
    git(tmp_path, "init", "-q")
    run(INCOMPLETE)
    git(tmp_path, "add", ".")
    (tmp_path / "over/selector.yaml").write_text(DEPLOYMENT.replace("{app: web}}\n  t", "1}\n  t"))
    assert told(run({}, source="index")) == []
    (line,) = told(run({}))
    assert line.startswith("over/kustomization.yaml:4:1: Deployment web: spec.selector.matchLabels")


@pytest.mark.usefixtures("kustomize")
def test_a_directory_alone_is_built_although_overlays_take_it_in(run):
    outcome = run(INCOMPLETE, "base")
    assert [finding.at.path for finding in outcome.findings] == ["base/web.yaml"]


@pytest.mark.usefixtures("kustomize")
def test_a_named_file_is_judged_as_it_is(run):
    outcome = run(INCOMPLETE, "base/web.yaml", ".")
    assert [finding.at.path for finding in outcome.findings] == ["base/web.yaml"]


@pytest.mark.usefixtures("kustomize")
def test_a_file_without_an_ending_is_one_of_kustomizes(run):
    files = dict(INCOMPLETE)
    files["over/Kustomization"] = files.pop("over/kustomization.yaml")
    assert told(run(files)) == []


@pytest.mark.usefixtures("kustomize")
def test_an_address_that_no_schema_may_have_is_refused_in_builds(run):
    bad = "apiVersion: ../x/v1\nkind: A\nmetadata: {name: a}\n"
    outcome = run({"a/kustomization.yaml": listing("bad.yaml"), "a/bad.yaml": bad})
    assert [(finding.at.path, finding.rule) for finding in outcome.findings] == [
        ("a/bad.yaml", "VA004")
    ]
    assert all(finding.severity is Severity.ERROR for finding in outcome.findings)


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
@pytest.mark.usefixtures("kustomize")
@pytest.mark.parametrize("entry", ["https://192.0.2.1/x.yaml", "https://example.com/a/b?ref=main"])
def test_kustomize_opens_no_socket_even_where_it_would_fetch(tmp_path, entry):
    """The last line of defence: what a build takes in is looked at before it is run."""
    (tmp_path / "kustomization.yaml").write_text(listing(f"'{entry}'"))
    strace = [STRACE, "-f", "-qq", "-e", "trace=socket,execve", tool("kustomize"), "build", "."]
    done = subprocess.run(
        strace,
        cwd=tmp_path,
        env={**OFFLINE, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "socket(" not in done.stderr
    assert done.stderr.count("execve(") == 1


@pytest.mark.usefixtures("kustomize")
def test_a_program_of_the_checkout_is_not_run(run, tmp_path, monkeypatch):
    evil = tmp_path / "bin/kustomize"
    evil.parent.mkdir()
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    evil.chmod(0o755)
    monkeypatch.setenv("PATH", str(evil.parent))
    outcome = run(INCOMPLETE)
    assert "only found inside the repository" in skips(outcome)[0]
    assert not (tmp_path / "ran").exists()


@pytest.mark.usefixtures("kustomize")
def test_a_build_that_makes_a_thousandfold_of_little_is_not_run(run):
    """Each directory takes the next one in twice, under another name."""
    files = {"0/kustomization.yaml": listing("web.yaml"), "0/web.yaml": SERVICE}
    for depth in range(1, 40):
        for side in "ab":
            more = f"namePrefix: {side}\n"
            files[f"{depth}/{side}/kustomization.yaml"] = listing(f"../../{depth - 1}", more=more)
        files[f"{depth}/kustomization.yaml"] = listing("a", "b")
    outcome = run(files)
    assert told(outcome) == []
    assert [skip.split(", ")[0] for skip in skips(outcome)] == [
        "39/kustomization.yaml: builds more than 5000 directories"
    ]


@pytest.mark.usefixtures("kustomize")
def test_a_chain_of_many_directories_is_built(run):
    files = {"0/kustomization.yaml": listing("web.yaml"), "0/web.yaml": SERVICE}
    for depth in range(1, 100):
        files[f"{depth}/kustomization.yaml"] = listing(f"../{depth - 1}")
    outcome = run(files)
    assert (told(outcome), skips(outcome), outcome.checked) == ([], [], 101)


@pytest.mark.usefixtures("kustomize")
def test_a_submodule_is_another_repository(run, tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / "base").mkdir()
    git(tmp_path / "base", "init", "-q")
    outcome = run(
        {
            "base/kustomization.yaml": listing("web.yaml"),
            "base/web.yaml": SERVICE,
            "over/kustomization.yaml": listing("../base", "own.yaml"),
            "over/own.yaml": SERVICE,
        },
        "over",
    )
    assert told(outcome) == []
    assert [skip.split(", so")[0] for skip in skips(outcome)] == [
        "over/kustomization.yaml: takes in base, which is in another repository"
    ]


@pytest.mark.usefixtures("kustomize")
def test_kubeconform_judges_what_is_built_too(run, kubeconform):
    assert told(run(INCOMPLETE, backend="kubeconform")) == []
    broken = {**INCOMPLETE, "base/web.yaml": DEPLOYMENT.replace("image", "imagez")}
    assert told(run(broken, backend="kubeconform")) == [
        f"base/web.yaml:11:9: Deployment web: {CONTAINER}.imagez: unknown key [VA002]"
    ]


@pytest.mark.usefixtures("kustomize")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "resources: [web.yaml]\nfoo: 1\n",
            (
                "a/kustomization.yaml: kustomize can't build this:"
                " it has the unknown field foo, which kustomize refuses [VA021]"
            ),
        ),
        (
            "",
            (
                "a/kustomization.yaml: kustomize can't build this: it is empty,"
                " which kustomize refuses [VA021]"
            ),
        ),
        (
            "resources: [web.yaml]\nnamePrefix: 1\n",
            (
                "a/kustomization.yaml:1:1: kustomize can't build this:"
                " namePrefix is a number, where a string is expected [VA021]"
            ),
        ),
        (
            f"{HEAD}resources: [web.yaml\n",
            (
                "a/kustomization.yaml:4:1: resources[1]: this is not valid YAML:"
                " did not find expected ',' or ']' while parsing a flow sequence that starts in"
                " line 3 [YA002]"
            ),
        ),
    ],
)
def test_a_file_of_kustomizes_that_is_none_is_told_once(run, text, expected):
    assert told(run({"a/kustomization.yaml": text, "a/web.yaml": SERVICE})) == [expected]


@pytest.mark.usefixtures("kustomize")
def test_what_we_generate_is_built_where_it_does_more_than_list_files():
    patch = (
        """patches: [{target: {kind: Service}, patch: '[{"op": "remove", "path": "/spec"}]'}]\n"""
    )
    files = {
        "plain/kustomization.yaml": listing("web.yaml"),
        "plain/web.yaml": SERVICE,
        "more/kustomization.yaml": listing("web.yaml", "../plain/more", more=patch),
        "more/web.yaml": SERVICE,
        "plain/more/kustomization.yaml": listing("../../own/web.yaml"),
    }
    generated = {name: text.encode() for name, text in files.items()}
    web = SERVICE.replace("name: web", "name: own").encode()
    tree = OverlaidTree(generated, MemoryTree({"own/web.yaml": web}))
    made = built(tree, directories(generated), (Path("/checkout"),), plain=False)
    assert (made.findings, made.skipped) == ((), ())
    assert made.taken == {"more/web.yaml", "own/web.yaml"}
    (source,) = made.sources
    assert sorted(item.name for item in source.objects) == ["own", "web"]
    assert all("spec" not in item.manifest for item in source.objects)
