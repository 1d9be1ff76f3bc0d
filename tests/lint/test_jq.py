import shutil
import subprocess

import pytest

from kure_hooks.lint.jq import LONGEST, fault

RIGHT = [
    ".spec.replicas",
    '.spec.template.spec.containers[] | select(.name == "web") | .image',
    ".webhooks[]?.clientConfig.caBundle",
    '.metadata.annotations["example.com/a-b"]',
    '.spec."a-b"."c"',
    '.. | select(type == "number" and . > 1)',
    ".a as [$x, {b: $y}] ?// [$x] | $x",
    '{a, "b": 1, (.c): 2}',
    ".[2:4], .[:-1], .[1:]",
    "def f(x): x | .a; f(.b)",
    "if .a then .b elif .c then -1 else 2 end",
    "reduce .[] as $i (0; . + $i)",
    '@base64 "x\\(.a + "y\\(1)")"',
    ".a |= (.b // 3)",
    ".a != .b  # a comment with ' and (\n",
    '.a | test("^x\\\\d+$")',
    ".a.[0]",
    "-1 + -.a",
]
WRONG = {
    "": "is empty",
    "  ": "is empty",
    "/spec/replicas": "has nothing before `/`",
    "$.spec": "has `$`, which means nothing to jq",
    ".a | select(.b == 'c')": "has a single quote, which means nothing to jq",
    ".spec.containers[*].image": "has nothing before `*`",
    ".spec.*.image": "has no name after a dot",
    '.a["b': "has a string that does not end",
    '.a | "x\\(.b"': "has a string that does not end",
    ".a[0": "does not close `[`",
    "(.a]": "closes `(` with `]`",
    ".a)": "has `)` without `(`",
    ".a |": "has nothing after `|`",
    "| .a": "has nothing before `|`",
    ".a | | .b": "has nothing before `|`",
    ".a  # the replicas": "ends with a comment, which hides the bracket that Argo CD adds",
    ".a && .b": "has `&`, which means nothing to jq",
}


@pytest.mark.parametrize("expression", RIGHT)
def test_expressions_that_jq_reads(expression):
    assert fault(expression) is None


@pytest.mark.parametrize("expression", WRONG)
def test_expressions_that_no_jq_reads(expression):
    assert fault(expression) == WRONG[expression]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
@pytest.mark.parametrize("expression", WRONG)
def test_jq_agrees(expression):
    command = ["jq", "-n", f"del({expression})"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert result.returncode == 3, result.stderr


def test_what_is_too_long_is_taken_for_right():
    assert fault("(" * (LONGEST + 1)) is None
    assert fault("(" * LONGEST) is not None
