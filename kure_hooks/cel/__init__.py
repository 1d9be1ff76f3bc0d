"""The rules that CRDs have in CEL, judged as the API server judges them: `rules`.

Loading them takes as long as a short run, so that only who has a rule to judge does so.
"""

from importlib.util import find_spec

LIBRARY = "cel_expr_python"
"""The package that evaluates expressions, which is an extra."""


def available() -> bool:
    """Tell whether the library is installed; there is none for musl."""
    try:
        return find_spec(LIBRARY) is not None
    except ValueError:
        return False
