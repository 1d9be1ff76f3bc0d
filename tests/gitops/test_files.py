"""Files of a repository as controllers read them."""

import pytest

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.files import Files


@pytest.mark.parametrize(
    ("value", "is_disputed"),
    [
        *((value, True) for value in ("yes", "Off", "n", "1.", "+1.", "-10.00", "1e5", "+1.5E-3")),
        *(
            (value, True)
            for value in ("2024-01-02", "010", "0o17", "0b1", "0_1", "[a, no]", ">\n x")
        ),
        *((value, False) for value in ("1.5", "yesterday", "1.2.3", "a+1.", "++1e5x", "a-no")),
        *((value, False) for value in ("v1.0", "10", "1e5x", "true", "on/off", "+" * 500)),
    ],
)
def test_values_that_kustomize_may_build_otherwise_are_known(value, is_disputed):
    files = Files(MemoryTree({"a.yaml": f"k: {value}\n".encode()}))
    assert files.is_disputed("a.yaml") is is_disputed
