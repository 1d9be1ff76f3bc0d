"""Reads YAML on PyYAML's C parser: positions for every node, limits enforced, duplicates refused.

The events of the parser are turned into values in one loop without recursion. The C parser's own
composer is not used: it recurses and ends the process on deep nesting.
"""

from collections.abc import Callable
from typing import Any

import yaml

from kure_hooks.errors import InputError
from kure_hooks.findings import Location
from kure_hooks.secrecy import Way
from kure_hooks.yamlio import limits
from kure_hooks.yamlio.building import key_problem, string_problem
from kure_hooks.yamlio.conflict import refuse_conflict, refuse_leftover
from kure_hooks.yamlio.document import Document, Marks
from kure_hooks.yamlio.encoding import (
    PARSER,
    RefusedError,
    mark_of_forbidden,
    payload,
    syntax_problem,
)
from kure_hooks.yamlio.faults import CORE_TAGS, Fault, Faults
from kure_hooks.yamlio.reader_state import DROPPED, MERGE, Anchored, Frame
from kure_hooks.yamlio.scalars import (
    Resolver,
    Scalar,
    ScalarError,
    agreed,
    is_word,
    shown,
    strict,
)

_TAGGED = {
    f"tag:yaml.org,2002:{name}": kind
    for name, kind in (("int", int), ("float", float), ("bool", bool), ("null", type(None)))
}
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_COLLECTION_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


def read_completely(
    data: bytes, path: str, resolve: Resolver, *, most: int = limits.BYTES
) -> list[Document]:
    """Return the documents of any file, its faults in full; see `ordinary.read`."""
    refuse_conflict(data, path)
    builder = _Builder(path, resolve, most)
    try:
        builder.run(payload(data, most))
    except yaml.MarkedYAMLError as error:
        refuse_leftover(data, path)
        builder.refuse("YA002", error.problem_mark, *syntax_problem(error, data))
    except (yaml.reader.ReaderError, UnicodeDecodeError):  # the latter: escapes in a tag
        problem = "there is a character that YAML doesn't allow"
        builder.refuse("YA005", mark_of_forbidden(data), problem, "printable UTF-8 text")
    except RefusedError as refused:
        builder.refuse(refused.rule, refused.mark, *refused.texts)
    if findings := builder.faults.findings():
        raise InputError(findings)
    return builder.documents


class _Builder:
    """Turns the parser's events into documents and findings."""

    def __init__(self, path: str, resolve: Resolver, most: int) -> None:
        self.path = path
        self.resolve = resolve
        self._for_kustomize = resolve in (agreed, strict)
        self._escapes = False
        self._most_nodes = limits.nodes(most)
        self._most_documents = limits.documents(most)
        self.documents: list[Document] = []
        self.faults = Faults()
        self._nodes = 0
        self._aliases = 0
        self._start_document()

    def run(self, data: bytes) -> None:
        """Consume the whole stream."""
        self._escapes = b"\\" in data
        parser: Any = PARSER(data)
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: lambda event: self._begin({}, event),
            yaml.SequenceStartEvent: lambda event: self._begin([], event),
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._start_document,
            yaml.DocumentEndEvent: self._end_document,
            yaml.StreamStartEvent: lambda _: None,
            yaml.StreamEndEvent: lambda _: None,
        }
        while (event := parser.get_event()) is not None:
            handlers[type(event)](event)

    def refuse(self, rule: str, mark: Any, problem: str, expected: str, quoted: str = "") -> None:
        """Record a finding of a rule at a parser's mark, or about the file as a whole.

        `quoted` is the part of the messages that comes from the file.
        """
        at = Location(self.path, mark.line + 1, mark.column + 1) if mark else Location(self.path)
        self.faults.add(Fault(at, self._way(), problem, expected, quoted, rule))

    def _way(self) -> Way:
        if not self._open:
            return ()
        steps = [*(frame.step for frame in self._open[1:]), self._open[-1].next_step]
        return tuple(zip((frame.value for frame in self._open), steps, strict=True))

    def _start_document(self, _: Any = None) -> None:
        self._open: list[Frame] = []
        self._anchors: dict[str, Anchored | None] = {}
        self._marks: Marks = {}
        self._root: Any = None
        self._root_mark: Any = None

    def _end_document(self, event: Any) -> None:
        self.faults.settle()
        if self._root is None:
            return
        mark = self._root_mark
        self.documents.append(Document(self.path, self._root, mark.line, mark.column, self._marks))
        if len(self.documents) > self._most_documents:
            most = f"at most {self._most_documents} documents"
            raise RefusedError("the file has too many documents", most, event.start_mark)

    def _count(self, nodes: int, mark: Any) -> None:
        self._nodes += nodes
        if self._nodes > self._most_nodes:
            problem = "the file has too many nodes once aliases are expanded"
            raise RefusedError(problem, f"at most {self._most_nodes} nodes", mark)

    def _scalar(self, event: Any) -> None:
        size, mark = len(event.value), event.start_mark
        nodes = 1 + size // limits.TEXT_OF_A_NODE
        self._count(nodes, mark)
        if size * 4 > limits.SCALAR_BYTES:
            self._limit_size(event)
        plain = event.implicit[0] and event.tag is None
        value = self._plain(event) if plain else self._quoted_or_tagged(event)
        if self._escapes and self._for_kustomize and (found := string_problem(event.value)):
            self.refuse("YA008", mark, *found)
        if event.anchor:
            self._anchors[event.anchor] = Anchored(value, nodes, height=0)
        frame = self._open[-1] if self._open else None
        if frame and frame.wants_key:
            self._key(value, event, frame)
        else:
            self._place(value, mark)

    def _limit_size(self, event: Any) -> None:
        size = len(event.value.encode())
        if size > limits.SCALAR_BYTES:
            most = f"at most {limits.SCALAR_BYTES} bytes"
            raise RefusedError(f"a string has {size} bytes", most, event.start_mark)

    def _plain(self, event: Any) -> Scalar:
        text: str = event.value
        try:
            return self.resolve(text)
        except ScalarError as error:
            quoted = "" if is_word(text) else shown(text)
            self.refuse("YA007", event.start_mark, error.problem, error.expected, quoted)
            return text

    def _quoted_or_tagged(self, event: Any) -> Scalar:
        text = str(event.value)
        if event.tag == "!" and self.resolve is agreed:  # kustomize reads a number behind it as one
            self._refuse_tag(event)
        if event.implicit[1] or event.tag in _TEXT_TAGS:
            return text
        try:
            value = self.resolve(text)
        except ScalarError:
            value = text
        if type(value) is not _TAGGED.get(event.tag):
            self._refuse_tag(event)
        return value

    def _refuse_tag(self, event: Any) -> None:
        tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
        quoted = "" if tag in CORE_TAGS else tag
        problem = f"the tag {tag} is not allowed here"
        self.refuse("YA006", event.start_mark, problem, "Delete the tag.", quoted)

    def _key(self, key: Scalar, event: Any, frame: Frame) -> None:
        frame.key, frame.key_mark = DROPPED, event.start_mark
        merges = key == "<<" and event.implicit[0] and self.resolve is not strict
        again = frame.merge is not None if merges else key in frame.value
        if not isinstance(key, str):
            named = f"the key {shown(event.value)}" if event.value else "an empty key"
            problem = f"{named} is not a string"
            self.refuse("YA009", event.start_mark, problem, "Write the key in quotes.")
        elif again:
            problem = f"the key {shown(key)} is there twice"
            self.refuse("YA004", event.start_mark, problem, "List each key once.")
        else:
            checked = self._for_kustomize and not merges
            if checked and (found := key_problem(key, quoted=not event.implicit[0])):
                self.refuse("YA008", event.start_mark, *found)
            frame.key = MERGE if merges else key

    def _begin(self, value: Any, event: Any) -> None:
        if event.tag not in _COLLECTION_TAGS:
            self._refuse_tag(event)
        self._limit_depth(1, event.start_mark)
        step = self._open[-1].next_step if self._open else None
        frame = Frame(value, event.anchor, step, self._nodes)
        self._count(1, event.start_mark)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._place(value, event.start_mark)
        self._marks[id(value)] = frame.marks
        self._open.append(frame)

    def _limit_depth(self, height: int, mark: Any) -> None:
        if len(self._open) + height > limits.DEPTH:
            raise RefusedError("values are nested too deep", f"at most {limits.DEPTH} levels", mark)

    def _end(self, _: Any) -> None:
        frame = self._open[-1]
        if frame.merge is not None:
            self._merge(frame, *frame.merge)
        self._open.pop()
        self._grow(frame.height)
        if frame.anchor:
            nodes = self._nodes - frame.nodes_before
            self._anchors[frame.anchor] = Anchored(frame.value, nodes, frame.height)

    def _grow(self, height: int) -> None:
        """Note how high the values in the container being filled are."""
        if self._open and self._open[-1].height <= height:
            self._open[-1].height = height + 1

    def _alias(self, event: Any) -> None:
        self._aliases += 1
        if self._aliases > limits.ALIASES:
            most = f"at most {limits.ALIASES} aliases"
            raise RefusedError("the file has too many aliases", most, event.start_mark)
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            inside = event.anchor in self._anchors
            name = shown(event.anchor)
            problem = f"the alias *{name} {'is inside its own value' if inside else 'is unknown'}"
            raise RefusedError(
                problem, "an alias of a complete value before it", event.start_mark, name, "YA011"
            )
        self._count(anchored.nodes, event.start_mark)
        self._limit_depth(anchored.height, event.start_mark)
        self._grow(anchored.height)
        self._place(anchored.value, event.start_mark)

    def _place(self, value: Any, mark: Any) -> None:
        """Put a value where it belongs: root, item or value of the pending key."""
        if not self._open:
            self._root, self._root_mark = value, mark
            return
        frame = self._open[-1]
        here = (mark.line, mark.column)
        if type(frame.value) is list:
            frame.marks[len(frame.value)] = here * 2
            frame.value.append(value)
            return
        key, frame.key = frame.key, None
        if key is None:
            raise RefusedError("a key is not a string", "a string as key", mark, rule="YA009")
        if key is MERGE:
            frame.merge = (value, frame.key_mark)
        elif key is not DROPPED:
            frame.marks[key] = (*here, frame.key_mark.line, frame.key_mark.column)
            frame.value[key] = value

    def _merge(self, frame: Frame, value: Any, mark: Any) -> None:
        """Add what a merge key brings; the mapping's own keys win if they come after it.

        Before it they win in YAML 1.1 and in yaml.v3, and lose in sigs.k8s.io/yaml.
        """
        here = (mark.line, mark.column)
        for source in value if isinstance(value, list) else [value]:
            if not isinstance(source, dict):
                expected = "an alias of a mapping, or several"
                self.refuse("YA010", mark, "a merge key has no mapping", expected)
                continue
            for key, item in source.items():
                if key not in frame.value:
                    frame.value[key] = item
                    frame.marks[key] = here * 2
                elif frame.marks[key][2:] < here:
                    problem = f"the merge key comes after the key {shown(key)}, which it brings too"
                    self.refuse("YA010", mark, problem, "the merge key first")
