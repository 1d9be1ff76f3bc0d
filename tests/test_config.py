import pytest

from kure_hooks.config import FILE_NAME, load
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree


def refused(text):
    with pytest.raises(InputError) as caught:
        load(MemoryTree({FILE_NAME: text.encode()}))
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize("key", ["stacks", "drift.keep", "drift.reveal"])
def test_patterns_are_limited_in_length_and_number(key):
    def settings(patterns):
        name, _, inner = key.partition(".")
        return f"{name}: {{{inner}: {patterns}}}\n" if inner else f"{name}: {patterns}\n"

    start = "a" * 397
    load(MemoryTree({FILE_NAME: settings(f"['{start}/**']").encode()}))
    (long,) = refused(settings(f"[x, '{start}x/**']"))
    assert f"{key}[1]: " in long
    assert long.endswith("is not valid. Write a path or pattern of at most 400 characters.")
    (many,) = refused(settings([f"a{number}" for number in range(201)]))
    assert many.endswith(f"{key}: 201 entries is not valid. Write a list of at most 200 patterns.")
