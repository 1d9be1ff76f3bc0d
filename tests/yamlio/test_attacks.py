import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.errors import InputError
from kure_hooks.yamlio import dump, kubernetes, kustomize, limits, read, strict
from tests.support.attacks import ATTACKS, LARGE, LARGE_SIZE, LEGITIMATE
from tests.support.pace import ENDLESS, timed

ROOT = Path(__file__).parents[2]

# Reads standard input under a limit of CPU time, which also covers the start of Python, and writes
# out what is read as every command that follows would.
READER = """
import json, resource, sys
rules, seconds, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
from kure_hooks import yamlio
from kure_hooks.errors import InputError
from kure_hooks.yamlio import dump, read
data = sys.stdin.buffer.read()
try:
    documents = read(data, "attack.yaml", getattr(yamlio, rules), most=most)
    written = sum(len(dump({"value": each.value})) for each in documents)
    result = {"refused": None, "written": written}
except InputError as error:
    result = {"refused": str(error)}
# Not ru_maxrss: that of a new process is at least what its parent had.
(peak,) = [int(line.split()[1]) // 1024 for line in open("/proc/self/status") if "VmHWM" in line]
used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
print(json.dumps(result | {"peak": peak, "used": used}))
"""


def attack(data, rules, seconds=1, most=limits.BYTES):
    command = [sys.executable, "-c", READER, rules, str(ENDLESS), str(most)]

    def measure():
        done = subprocess.run(command, input=data, cwd=ROOT, capture_output=True, check=False)
        assert (done.returncode, done.stderr.decode()) == (0, "")
        result = json.loads(done.stdout)
        return result["used"], result

    taken, result = timed(measure, seconds)
    assert taken <= seconds
    assert result["peak"] < 200
    return result


@pytest.mark.parametrize("rules", ["kubernetes", "strict"])
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_at_no_cost(name, rules):
    refused = attack(ATTACKS[name], rules)["refused"]
    assert refused
    assert refused.startswith("attack.yaml")
    assert len(refused) < 3 << 20


@pytest.mark.parametrize("name", LARGE)
def test_an_attack_on_large_files_is_refused_at_little_cost(name):
    refused = attack(LARGE[name], "agreed", seconds=5, most=LARGE_SIZE)["refused"]
    assert refused
    assert refused.startswith("attack.yaml")
    assert len(refused) < 1 << 20


@pytest.mark.parametrize("name", LEGITIMATE)
def test_what_only_looks_like_an_attack_is_read_at_no_cost(name):
    data, reason = LEGITIMATE[name]
    assert attack(data, "kubernetes")["refused"] is None, reason


@pytest.mark.parametrize("name", LEGITIMATE)
def test_strict_reading_costs_nothing_either(name):
    data, _ = LEGITIMATE[name]
    attack(data, "strict")


def survives(data):
    for rules in (kubernetes, strict):
        with suppress(InputError):
            for each in read(data, "f.yaml", rules):
                wrapped = {"value": each.value}
                assert read(dump(wrapped).encode(), "f.yaml", kustomize)[0].value == wrapped


@settings(max_examples=2_000, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    survives(data)


TOKENS = r"""
    a b 1 .5 ~ yes : ; , [ ] { } ? - | > # @ ` ' " % & &x * *x ! !!str !!int !x <<: é 😀
    --- ... %YAML %TAG \ \x \u \U0001F600 \ud800
"""
SPACES = ["\n", "\n  ", "\r\n", "\t", " ", ": ", "- ", "\ufeff", "\x85", "\u2028", "\0"]
FRAGMENTS = st.sampled_from([*TOKENS.split(), *SPACES])


@settings(max_examples=1_500, deadline=None)
@given(st.lists(FRAGMENTS, max_size=25).map("".join))
def test_any_text_made_of_yaml_is_read_or_refused(text):
    survives(text.encode())


VALID = b"""%YAML 1.1
---
base: &base {image: "web:1", ports: [80, 0x1F90]}
web:
  <<: *base
  replicas: 3
  ? long
  : |+
    text

  quoted: 'it''s \xc3\xa9' # comment
...
---
- !!str 1
- [a, {b: c}]
"""


@settings(max_examples=1_500, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(VALID)), st.integers(0, 4), st.binary(max_size=4)),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_file_is_read_or_refused(damages):
    data = VALID
    for start, length, replacement in damages:
        data = data[:start] + replacement + data[start + length :]
    survives(data)


def test_the_undamaged_file_is_valid():
    assert len(read(VALID, "f.yaml")) == 2
