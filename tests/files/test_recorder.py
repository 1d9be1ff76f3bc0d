from kure_hooks.files.recorder import Inputs, Recorder
from tests.support.memory import MemoryTree


def test_everything_that_is_asked_for_is_an_input():
    recorder = Recorder(MemoryTree({"a.yaml": "1", "apps/b.yaml": "2", "c.yaml": "3"}))
    assert recorder.read("c.yaml") == b"3"
    assert recorder.paths("apps") == ["apps/b.yaml"]
    assert recorder.holds("a.yaml", b"1")
    assert recorder.inputs == Inputs(("a.yaml", "c.yaml"), ("apps",))
