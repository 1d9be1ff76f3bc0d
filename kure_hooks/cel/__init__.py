"""The rules that CRDs have in CEL, judged as the API server judges them."""

from kure_hooks.cel.environment import available
from kure_hooks.cel.rules import ABSENT, Problem, Rules, Violation

__all__ = ["ABSENT", "Problem", "Rules", "Violation", "available"]
