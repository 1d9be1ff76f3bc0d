"""The settings of lint, and of policies: what is refused, and where."""

import pytest

from kure_hooks.config import FILE_NAME, load
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree


def read(text):
    return load(MemoryTree({FILE_NAME: text.encode()}))


def refused(text):
    with pytest.raises(InputError) as caught:
        read(text)
    return [str(finding).removeprefix(f"{FILE_NAME}:") for finding in caught.value.findings]


WHOLE = """\
lint:
  select: [FX, "AR00*", kz003]
  ignore: [FX020]
  paths: {"legacy/**": [KZ003], "a b/*.yaml": [FX]}
  severity: {FX008: "off", AR: info}
  baseline: lint-baseline.yaml
  preinstalled: [cert-manager.io, "*.crossplane.io", monitoring.coreos.com/ServiceMonitor]
  external: [Secret */sops-age, Namespace monitoring, "ClusterRole system:*", "* flux-system/*"]
  pinned: ["clusters/prod/**"]
  shortestInterval: 30s
policies:
- {id: ACME001, message: m, expression: "true"}
- {id: ACME002, message: m, expression: "true", severity: info, match: {groups: [""]}}
"""


def test_all_keys():
    settings = read(WHOLE)
    assert settings.lint.severity == {"FX008": "off", "AR": "info"}
    assert settings.lint.pinned == ("clusters/prod/**",)
    assert settings.lint.shortest_interval == "30s"
    assert settings.policies[1].match.groups == ("",)
    assert settings.policies[0].severity == "error"
    assert read("").lint.select == read("").policies == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("lint: {rules: [FX]}", "1:8: lint.rules: unknown key"),
        ("lint: {select: FX}", "1:16: lint.select: "),
        ("lint: {select: [FX 001]}", '1:17: lint.select[0]: "FX 001" is not valid'),
        ("lint: {severity: {FX001: fatal}}", "1:26: lint.severity.FX001: "),
        ("lint: {baseline: ../x.yaml}", "1:18: lint.baseline: the path "),
        ("lint: {baseline: /x.yaml}", "1:18: lint.baseline: the path is absolute"),
        ("lint: {preinstalled: [Issuer]}", "1:23: lint.preinstalled[0]: "),
        ("lint: {external: [sops-age]}", "1:19: lint.external[0]: "),
        ("lint: {external: [Secret a/b/c]}", "1:19: lint.external[0]: "),
        ('lint: {paths: {"a\\u202e": [FX]}}', "1:16: lint.paths.a\\u202e: the text holds U+202E"),
        ("lint: {pinned: prod}", "1:16: lint.pinned: "),
        ('lint: {pinned: ["a\\u202e"]}', "1:17: lint.pinned[0]: the text holds U+202E"),
        ("lint: {shortestInterval: 30}", "1:26: lint.shortestInterval: "),
        ("lint: {shortestInterval: 0s}", "1:26: lint.shortestInterval: "),
        ("policies: [{id: ACME001, message: m}]", "1:12: policies[0]: nothing says what is right"),
        ("policies: [{id: acme, message: m, expression: e}]", "1:17: policies[0].id: "),
        *(
            (f'policies: [{{id: AA001, registries: ["{registry}"]}}]', "1:37: policies[0].registr")
            for registry in ("https://ghcr.io/acme", "acme", "ghcr.io/acme/shop:1", "")
        ),
        (
            "policies: [{id: AA001, requiredLimits: [memory, cpus]}]",
            (
                '1:49: policies[0].requiredLimits[1]: containers have no resource "cpus". '
                'Did you mean "cpu"?'
            ),
        ),
        ("policies: [{id: A001, message: '', expression: e}]", "1:17: policies[0].id: "),
        (
            (
                "policies:\n- {id: ABC001, message: m, expression: e}\n"
                "- {id: ABC001, message: m, expression: e}"
            ),
            f'3:8: policies[1].id: the policy at {FILE_NAME}:2:8 has the id "ABC001" too',
        ),
        (
            "policies: [{id: ABC001, message: m, expression: e, match: {kind: x}}]",
            "1:60: policies[0].match.kind: unknown key",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_own_place(text, problem):
    assert refused(text)[0].startswith(problem)
