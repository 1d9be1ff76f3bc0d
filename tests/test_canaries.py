"""No secret in any output (70-safety.md 4.5): planted everywhere, looked for in every disguise."""

import base64
import json
import secrets
from urllib.parse import quote

import pytest

from kure_hooks.reports import REPORTS
from tests.support.git import commit_all, make_repository, write
from tests.support.linting import config_map, kustomization
from tests.support.secrets_in_texts import shapes


class Canaries:
    """Values that nothing may print, and every way in which they could be printed."""

    def __init__(self):
        self.made = []

    def __call__(self, prefix=""):
        # Characters that a URL has to quote and both alphabets of Base64 tell apart.
        value = f"{prefix}{secrets.token_hex(10)}?>~Z"
        self.made.append(value)
        return value

    def found_in(self, text):
        return [form for value in self.made for form in self.forms(value) if form in text]

    @staticmethod
    def forms(value):
        raw = value.encode()
        encoded = base64.b64encode(raw).decode()
        return {
            value,
            value[:12],
            encoded,
            encoded.rstrip("="),
            base64.urlsafe_b64encode(raw).decode(),
            raw.hex(),
            quote(value, safe=""),
            json.dumps(value)[1:-1],
            value[::-1],
        }


def encoded(value):
    return base64.b64encode(value.encode()).decode()


def objects(canary):
    """Return objects with a secret in every place that is known for it."""
    last = json.dumps({"kind": "Secret", "stringData": {"x": canary()}})
    applied = {"kubectl.kubernetes.io/last-applied-configuration": last}
    pem = f"-----BEGIN PRIVATE KEY-----\n{canary()}\n-----END PRIVATE KEY-----\n"
    script = f"#!/bin/sh\nexport API_TOKEN='{canary()}'\ncurl --password={canary()} x\n"
    url = f"postgres://shop:{canary()}@db/shop"

    def named(kind, name, **more):
        metadata = {"name": name, "namespace": "apps"} | more.pop("metadata", {})
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}

    pod = {"containers": [{"name": "c", "image": "i", "env": [], "args": []}]}
    pod["containers"][0]["env"] = [
        {"name": "DB_PASSWORD", "value": canary()},
        {"name": "DATABASE_URL", "value": url},
    ]
    pod["containers"][0]["args"] = [f"--client-secret={canary()}"]
    return [
        named("Secret", "plain", stringData={"password": canary(), "pin": canary()}),
        named("Secret", "encoded", data={"any": encoded(canary())}),
        named("Secret", "applied", metadata={"annotations": applied}, data={}),
        named("ConfigMap", "config", data={"password": canary(), "tls.key": pem, "run.sh": script}),
        named("ConfigMap", "sops", data={"x": f"ENC[AES256_GCM,data:{canary()}]"}),
        named("Pod", "pod", spec=pod),
    ]


def stack(items):
    application = {"name": "all", "kind": "Manifests", "spec": {"objects": items}}
    bundle = {"name": "apps", "applications": [application]}
    return json.dumps({"name": "prod", "gitops": {"type": "flux"}, "node": {"bundle": bundle}})


@pytest.fixture
def canary():
    return Canaries()


@pytest.fixture
def said(kure, canary, tmp_path):
    """Run a command with its debug log and all formats, look for canaries, return the exit code."""

    def run(*args):
        reports = {name: tmp_path / "reports" / name for name in REPORTS}
        outputs = [f"--output={name}={path}" for name, path in reports.items()]
        code, out, err = kure(*args, "--debug", *outputs)
        texts = {name: path.read_text() for name, path in reports.items() if path.exists()}
        texts |= {"stdout": out, "stderr": err}
        shown = {name: canary.found_in(text) for name, text in texts.items()}
        assert {name: forms for name, forms in shown.items() if forms} == {}
        assert "Traceback" not in err
        assert texts.keys() >= REPORTS.keys()
        return code

    return run


@pytest.fixture
def repository(tmp_path, kure, canary):
    """A repository whose secrets were all changed by hand since they were generated."""
    make_repository(tmp_path)
    write(tmp_path, {"stacks/prod.yaml": stack(objects(canary))})
    kure("generate")
    commit_all(tmp_path, "generated")
    first = list(canary.made)
    for path in (tmp_path / "clusters").rglob("*.yaml"):
        text = path.read_text()
        for value in first:
            for old, new in ((value, canary()), (encoded(value), encoded(canary()))):
                text = text.replace(old, new).replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1])
        path.write_text(text)
    return tmp_path


def test_the_canaries_are_really_there(repository, kure, canary):
    tree = "".join(path.read_text() for path in (repository / "clusters").rglob("*.yaml"))
    assert len(canary.found_in(tree)) > len(objects(Canaries()))
    assert kure("check")[1].count("(hidden, changed)") >= 8


def test_no_format_shows_a_secret_that_was_edited(repository, said):
    assert said("check") == 1
    assert said("check", "--source", "HEAD") == 0


def test_no_format_shows_what_two_revisions_have_in_secrets(repository, said, canary):
    (repository / "stacks/prod.yaml").write_text(stack(objects(canary)))
    assert said("diff", "HEAD") == 1


def test_what_is_removed_added_or_moved_shows_no_secret(repository, said, canary):
    items = objects(canary)
    (repository / "stacks/prod.yaml").write_text(stack(items[3:]))
    assert said("check") == 1
    (repository / "stacks/prod.yaml").write_text(stack(items))
    settings = "layout: {applicationFileMode: single}\n"
    (repository / ".kure-hooks.yaml").write_text(settings)
    assert said("check") == 1
    assert said("generate") == 1


@pytest.mark.parametrize(
    "line",
    [
        "{}: x: y",
        '"{}',
        "@{}",
        "*{}",
        "!{} x",
        "%{}",
        "`{}",
        "[{}",
        "{{{}",
        "|{}",
        "'{}' '{}'",
        "\t{}",
        "0{}",
        "{}\n  {}\n {}",
    ],
)
def test_broken_yaml_next_to_a_secret_does_not_quote_it(line, repository, said, canary):
    value = canary()
    broken = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: plain, namespace: apps}\n"
        f"stringData:\n  before: {canary()}\n  password: {line.replace('{}', value)}\n"
        f"  after: {canary()}\n"
    )
    for path in (repository / "clusters").rglob("*secret-plain.yaml"):
        path.write_text(broken)
    assert said("check") == 1
    write(repository, {"secret.yaml": broken})
    application = {"name": "all", "kind": "Manifests", "spec": {"files": ["../secret.yaml"]}}
    node = {"bundle": {"name": "apps", "applications": [application]}}
    text = json.dumps({"name": "prod", "gitops": {"type": "flux"}, "node": node})
    (repository / "stacks/prod.yaml").write_text(text)
    assert said("check") in (1, 2)


def test_a_scalar_that_is_refused_is_not_quoted_where_it_may_be_secret(repository, said, canary):
    pin = f"1_{secrets.randbelow(10**12):012}"
    canary.made.append(pin)
    text = stack(objects(canary)[:1]).replace('"pin": ', f'"token": {pin}, "pin": ')
    (repository / "stacks/prod.yaml").write_text(text)
    assert said("check") == 2


def owners(canary):
    """Return a Kustomization and an Application with a secret in every place that may have one."""
    environment = json.dumps([{"name": "DB_PASSWORD", "value": canary()}])
    web = kustomization(
        "web",
        postBuild={"substitute": {"db_password": canary(), "url": f"https://u:{canary()}@h/x"}},
        patches=[{"patch": f"- {{op: add, path: /spec/env, value: {environment}}}\n"}],
        commonMetadata={"annotations": {"api-token": canary()}},
    )
    broken = kustomization("broken", "./apps/gone", timeout={"password": canary()})
    helm = {
        "parameters": [{"name": "auth.password", "value": canary()}],
        "valuesObject": {"adminPassword": canary(), "url": f"postgres://a:{canary()}@b/c"},
        "values": f"token: {canary()}\n",
    }
    source = {"repoURL": "https://git.example.com/fleet.git", "path": "apps/web"}
    application = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web", "namespace": "argocd"},
        "spec": {"project": "default", "source": {**source, "helm": helm}, "destination": {}},
    }
    return web, broken, json.dumps(application)


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_an_import_shows_no_secret_of_what_it_would_write(tmp_path, kure, canary, engine):
    web, broken, application = owners(canary)
    entry = {"flux.yaml": web, "broken.yaml": broken, "argocd.yaml": application}
    items = "---\n".join(json.dumps(item) + "\n" for item in objects(canary)[3:])
    write(tmp_path, {f"entry/{name}": text for name, text in entry.items()})
    write(tmp_path, {"entry/objects.yaml": items, "apps/web/web.yaml": config_map("web")})
    command = ("import", engine, "--cluster", "prod")
    code, out, error = kure(*command, "--dry-run", "--debug")
    assert code in {0, 1}, error
    assert canary.found_in(out + error) == []
    assert out.count("(hidden)") >= 4
    assert out.startswith(f"# Written by `kure-hooks import {engine}`")
    code, out, error = kure(*command, "--debug")
    assert canary.found_in(out + error) == []
    assert canary.found_in((tmp_path / "stacks/prod.yaml").read_text())


EXISTING = [
    (".pre-commit-config.yaml", "repos: []\n# password: {}\n# https://u:{}@x.y/z\n"),
    (".pre-commit-config.yaml", "repos: 3\ntoken: {}\nci: https://u:{}@x.y/z\n"),
    (".gitlab-ci.yml", "variables:\n  DB_PASSWORD: {}\n  URL: https://u:{}@x.y/z\n"),
    (".gitattributes", "# token={} https://u:{}@x.y/z\n"),
    ("prek.toml", 'token = "{}"\nurl = "https://u:{}@x.y/z"\n'),
    ("prek.toml", 'token = "{}"\nurl = "https://u:{}@x.y/z"\n[[repos]\n'),
]


@pytest.mark.parametrize("existing", EXISTING)
def test_the_first_set_up_shows_no_secret(tmp_path, kure, canary, existing):
    path, text = existing
    make_repository(tmp_path)
    write(tmp_path, {path: text.format(canary(), canary())})
    for option in ("--dry-run", "--local-hooks", "--yes"):
        code, out, error = kure("init", "--forge", "gitlab", "--debug", option)
        assert code in {0, 1, 2}
        assert canary.found_in(out + error) == []


@pytest.fixture
def plain(canary):
    """Make canaries of letters and digits, which have a place in every shape."""

    def make():
        value = f"x{secrets.token_hex(10)}Z"
        canary.made += [value, value.upper()]
        return value

    return make


def shaped(value):
    """Return ConfigMaps that hold each shape as a file, a variable and arguments."""
    texts = dict(enumerate(shapes(value).values()))
    maps = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"shape-{number}", "namespace": "apps"},
            "data": {"file": text},
        }
        for number, text in texts.items()
    ]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "apps"}}
    env = [{"name": f"V{number}", "value": text} for number, text in texts.items()]
    words = [word for text in texts.values() for word in ("#", *text.split("\n"))]
    containers = [{"name": "c", "image": "i", "env": env, "args": words}]
    return [*maps, pod | {"spec": {"containers": containers}}]


def test_no_format_shows_a_secret_of_any_shape(tmp_path, kure, canary, plain, said):
    make_repository(tmp_path)
    write(tmp_path, {"stacks/prod.yaml": stack(shaped(plain()))})
    kure("generate")
    commit_all(tmp_path, "generated")
    tree = "".join(path.read_text() for path in (tmp_path / "clusters").rglob("*.yaml"))
    assert len(canary.found_in(tree)) >= 2
    write(tmp_path, {"stacks/prod.yaml": stack(shaped(plain()))})
    assert said("check") == 1
    assert said("diff", "HEAD") == 1


def test_no_finding_shows_a_secret_of_any_shape(tmp_path, plain, said):
    texts = [text for text in shapes(plain()).values() if text.isprintable()]
    nodes = [{"name": "a", "bundle": {"name": "b", "interval": text}} for text in texts]
    node = {"name": "n", "children": nodes}
    text = json.dumps({"name": "prod", "gitops": {"type": "flux"}, "node": node})
    write(tmp_path, {"stacks/prod.yaml": text})
    assert said("check") == 2


def test_no_message_about_arguments_or_git_shows_a_secret(tmp_path, kure, canary, plain):
    make_repository(tmp_path)
    write(tmp_path, {"stacks/prod.yaml": stack(objects(canary)[3:4])})
    url = f"https://bob:{plain()}@example.com/a"
    for args in (("diff", url), ("check", url), ("check", "--config", url), ("explain", url)):
        code, out, err = kure(*args, "--debug")
        assert code == 2
        assert canary.found_in(out + err) == []
        assert "example.com" in out + err


KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: flux-system, namespace: flux-system}}
spec:
  interval: 10m
  path: ./prod
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
  postBuild: {{substitute: {{token: "{0}"}}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: flux-system, namespace: flux-system}}
spec: {{interval: 1m, url: "https://robot:{1}@example.com/fleet"}}
"""
# Each makes the evaluator quote the value, or a part of it.
LEAKS = (
    "int(object.stringData.password) > 1",
    "object[object.stringData.password] == 1",
    "object.stringData[object.stringData.pin] == 1",
    "path.matches(object.stringData.password + '(')",
    "path.matches('(' + object.stringData.password.reverse())",
    "ip(object.stringData.password) == ip('1.1.1.1')",
    "semver(object.stringData.password) == semver('1.0.0')",
    "cidr(object.stringData.password).ip() == ip('1.1.1.1')",
    "quantity(object.stringData.password).isGreaterThan(quantity('1'))",
    "object.kind[object.stringData.password] == 1",
    "object.stringData.password",
    "object.stringData",
    "object[object.stringData.password.substring(0, 13)] == 1",
    "object[object.stringData.password.upperAscii()] == 1",
    "{object.stringData.pin: 1}[object.stringData.password] == 1",
    "owners.all(o, o.object[o.object.spec.postBuild.substitute.token] == 1)",
    "object.stringData.password == 'x' ? true : object[object.stringData.password] == 2",
)


def test_lint_shows_no_secret(tmp_path, said, kure, canary):
    """Policies, builds that fail, and values in fields where others are expected."""
    make_repository(tmp_path)
    secret, *others = objects(canary)
    generator = {"name": "made", "literals": [f"password={canary()}", f"password={canary()}"]}
    patches = [
        {"patch": json.dumps([{"op": canary(), "path": "/data", "value": canary()}])},
        {"patch": json.dumps([{"op": "test", "path": "/stringData/pin", "value": canary()}])},
        {"patch": json.dumps({**secret, "stringData": {"$patch": canary(), "pin": canary()}})},
        {"patch": json.dumps({**secret, "stringData": canary()})},
        {"patch": f"password: {canary()}: {canary()}"},
    ]
    for patch in patches[:2]:
        patch["target"] = {"kind": "Secret"}
    build = {"resources": ["all.json"], "secretGenerator": [generator], "patches": patches}
    policies = [
        {
            "id": f"ACME{index:03}",
            "message": "m",
            "expression": text,
            "match": {"kinds": ["Secret"]},
        }
        for index, text in enumerate(LEAKS)
    ]
    files = {
        "prod/sync.yaml": KUSTOMIZATION.format(canary(), canary()),
        "prod/objects.yaml": json.dumps({"kind": "List", "apiVersion": "v1", "items": [secret]}),
        "prod/apps/kustomization.yaml": json.dumps(build),
        "prod/apps/all.json": json.dumps({"kind": "List", "apiVersion": "v1", "items": others}),
        "prod/broken/kustomization.yaml": json.dumps({"resources": {"password": canary()}}),
        "prod/other.yaml": f"kind: Secret\napiVersion: v1\ndata: {canary()}\n",
        ".kure-hooks.yaml": json.dumps({"policies": policies}),
    }
    write(tmp_path, files)
    assert said("lint", "--verbose") == 1
    assert canary.found_in("".join(map(str, kure("graph")))) == []
    commit_all(tmp_path, "one")
    assert canary.found_in("".join(map(str, kure("lint", "--changed", "HEAD", "-v")))) == []
    out = kure("lint", "--format", "json")[1]
    told = [finding for finding in json.loads(out)["findings"] if finding["rule"] == "LI004"]
    assert len(told) >= len(LEAKS) - 1
