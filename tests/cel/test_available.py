"""The library is optional, and is loaded for rules alone."""

import subprocess
import sys

from kure_hooks.cel import available

WITHOUT = """
import sys
sys.modules["cel_expr_python"] = None
from kure_hooks.cel import available
from kure_hooks.cel.rules import Rules
assert not available()
assert len(Rules({"x-kubernetes-validations": [{"rule": "true"}]}, {})) == 1
"""

UNUSED = """
import sys
from kure_hooks.cel import available
from kure_hooks.cel.rules import Rules
assert available()
assert list(Rules({"type": "object"}, {}).violations({})) == []
assert not [name for name in sys.modules if name.startswith("cel_expr_python")]
"""


def test_the_library_is_there():
    assert available()


def test_without_the_library_it_is_said():
    subprocess.run([sys.executable, "-c", WITHOUT], check=True)


def test_the_library_is_loaded_for_rules_alone():
    subprocess.run([sys.executable, "-c", UNUSED], check=True)
