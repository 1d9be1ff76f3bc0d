"""Reads YAML on PyYAML's C parser: positions for every node, limits enforced, duplicates refused.

The events of the parser are turned into values in one loop without recursion. The C parser's own
composer is not used: it recurses and ends the process on deep nesting.
"""

from typing import Any

import yaml

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, Location
from kure_hooks.yamlio import limits
from kure_hooks.yamlio.document import Document, Marks, Pointer, key_path
from kure_hooks.yamlio.scalars import Resolver, Scalar, ScalarError, kubernetes, shown

# Without libyaml PyYAML's own parser gives the same events, ten times slower.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAGGED = {
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:null": type(None),
}
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_COLLECTION_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


def read(data: bytes, path: str, resolve: Resolver = kubernetes) -> list[Document]:
    """Return the documents of one file, without the empty ones.

    `path` is repository-relative and only names the file in findings. Raises InputError with every
    fault found: encoding, limits (see `limits`), syntax, duplicate or non-text keys, tags and
    scalars that `resolve` refuses.
    """
    builder = _Builder(path, resolve)
    try:
        builder.run(_payload(data))
    except yaml.MarkedYAMLError as error:
        builder.refuse(error.problem_mark, f"this is not valid YAML: {error.problem}", "")
    except yaml.reader.ReaderError:
        builder.refuse(None, "there is a character that YAML doesn't allow", "printable UTF-8 text")
    except _Refused as refused:
        builder.refuse(refused.mark, refused.problem, refused.expected)
    if builder.findings:
        raise InputError(builder.findings)
    return builder.documents


class _Refused(Exception):  # noqa: N818 - it ends the reading of a file and never leaves this module
    """Reading this file can't go on."""

    def __init__(self, problem: str, expected: str, mark: Any = None) -> None:
        self.mark = mark
        self.problem = problem
        self.expected = expected
        super().__init__(problem)


def _payload(data: bytes) -> bytes:
    if len(data) > limits.BYTES:
        raise _Refused(f"the file has {len(data)} bytes", f"at most {limits.BYTES} bytes")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _Refused("the file is UTF-16", "UTF-8")
    payload = data.removeprefix(b"\xef\xbb\xbf")
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        raise _Refused(f"byte {error.start} of the file is not UTF-8", "UTF-8") from error
    return payload


class _Frame:
    """A container that is being filled."""

    __slots__ = ("anchor", "key", "key_mark", "marks", "merged", "nodes_before", "value")

    def __init__(self, value: Any, anchor: str | None, nodes_before: int) -> None:
        self.value = value
        self.anchor = anchor
        self.nodes_before = nodes_before
        self.marks: dict[str | int, tuple[int, int, int, int]] = {}
        self.key: Any = None
        self.key_mark: Any = None
        self.merged: list[Any] = []

    @property
    def wants_key(self) -> bool:
        """Whether the next node is a key."""
        return self.key is None and type(self.value) is dict


# Stand-ins for keys whose value goes nowhere, or into the mapping itself.
_DROPPED = object()
_MERGE = object()


class _Builder:
    """Turns the parser's events into documents and findings."""

    def __init__(self, path: str, resolve: Resolver) -> None:
        self.path = path
        self.resolve = resolve
        self.documents: list[Document] = []
        self.findings: list[Finding] = []
        self._known: dict[str, Scalar] = {}
        self._nodes = 0
        self._aliases = 0
        self._start_document()

    def run(self, data: bytes) -> None:
        """Consume the whole stream."""
        parser: Any = _Parser(data)
        handlers = {
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

    def refuse(self, mark: Any, problem: str, expected: str) -> None:
        """Record a finding at a parser's mark, or about the file as a whole."""
        at = Location(self.path, mark.line + 1, mark.column + 1) if mark else Location(self.path)
        self.findings.append(Finding(at, key_path(self._pointer()), problem, expected))

    def _pointer(self) -> Pointer:
        steps = (len(each.value) if type(each.value) is list else each.key for each in self._open)
        return tuple(step for step in steps if isinstance(step, (str, int)))

    def _start_document(self, _: Any = None) -> None:
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._marks: Marks = {}
        self._root: Any = None
        self._root_mark: Any = None

    def _end_document(self, event: Any) -> None:
        if self._root is None:
            return
        mark = self._root_mark
        self.documents.append(Document(self.path, self._root, mark.line, mark.column, self._marks))
        if len(self.documents) > limits.DOCUMENTS:
            most = f"at most {limits.DOCUMENTS} documents"
            raise _Refused("the file has too many documents", most, event.start_mark)

    def _count(self, nodes: int, mark: Any) -> None:
        self._nodes += nodes
        if self._nodes > limits.NODES:
            problem = "the file has too many nodes once aliases are expanded"
            raise _Refused(problem, f"at most {limits.NODES} nodes", mark)

    def _scalar(self, event: Any) -> None:
        self._count(1, event.start_mark)
        self._limit_size(event)
        frame = self._open[-1] if self._open else None
        if frame is not None and frame.wants_key:
            self._key(frame, event)
            return
        value = self._value(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._place(value, event.start_mark)

    def _limit_size(self, event: Any) -> None:
        if len(event.value) * 4 <= limits.SCALAR_BYTES:
            return
        size = len(event.value.encode())
        if size > limits.SCALAR_BYTES:
            most = f"at most {limits.SCALAR_BYTES} bytes"
            raise _Refused(f"a text has {size} bytes", most, event.start_mark)

    def _value(self, event: Any) -> Scalar:
        if not event.implicit[0]:
            return self._quoted_or_tagged(event)
        text: str = event.value
        if text not in self._known:
            self._known[text] = self._resolved(text, event.start_mark)
        return self._known[text]

    def _resolved(self, text: str, mark: Any) -> Scalar:
        try:
            return self.resolve(text)
        except ScalarError as error:
            self.refuse(mark, error.problem, error.expected)
            return text

    def _quoted_or_tagged(self, event: Any) -> Scalar:
        if event.implicit[1] or event.tag in _TEXT_TAGS:
            return str(event.value)
        wanted = _TAGGED.get(event.tag)
        value = self._resolved(event.value, event.start_mark)
        if wanted is None or type(value) is not wanted:
            tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self.refuse(event.start_mark, f"the tag {tag} is not allowed here", "no tag")
        return value

    def _key(self, frame: _Frame, event: Any) -> None:
        frame.key_mark = event.start_mark
        if event.implicit[0] and event.value == "<<" and self.resolve is kubernetes:
            frame.key = _MERGE
            return
        key = self._value(event)
        if not isinstance(key, str):
            problem = f"the key {shown(event.value)} is read as something else than text"
            self.refuse(event.start_mark, problem, "the key in quotes")
        elif key in frame.value:
            self.refuse(event.start_mark, f"the key {shown(key)} is there twice", "each key once")
        else:
            frame.key = key
            return
        frame.key = _DROPPED

    def _begin(self, value: Any, event: Any) -> None:
        if event.tag not in _COLLECTION_TAGS:
            self.refuse(
                event.start_mark, f"the tag {shown(event.tag)} is not allowed here", "no tag"
            )
        if len(self._open) == limits.DEPTH:
            most = f"at most {limits.DEPTH} levels"
            raise _Refused("values are nested too deep", most, event.start_mark)
        frame = _Frame(value, event.anchor, self._nodes)
        self._count(1, event.start_mark)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._place(value, event.start_mark)
        self._marks[id(value)] = frame.marks
        self._open.append(frame)

    def _end(self, _: Any) -> None:
        frame = self._open.pop()
        for merged in frame.merged:
            self._merge(frame, merged)
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.value, self._nodes - frame.nodes_before)

    def _alias(self, event: Any) -> None:
        self._aliases += 1
        if self._aliases > limits.ALIASES:
            most = f"at most {limits.ALIASES} aliases"
            raise _Refused("the file has too many aliases", most, event.start_mark)
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            inside = event.anchor in self._anchors
            problem = "an alias refers to a value that contains it" if inside else "unknown alias"
            raise _Refused(problem, "an alias of a complete value before it", event.start_mark)
        value, nodes = anchored
        self._count(nodes, event.start_mark)
        self._place(value, event.start_mark)

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
            raise _Refused("a key is not a text", "a text as key", mark)
        if key is _MERGE:
            frame.merged.append((value, frame.key_mark))
        elif key is not _DROPPED:
            frame.marks[key] = (*here, frame.key_mark.line, frame.key_mark.column)
            frame.value[key] = value

    def _merge(self, frame: _Frame, merged: tuple[Any, Any]) -> None:
        """Add what a merge key (YAML 1.1, also Go) brings: keys already there win."""
        value, mark = merged
        for source in value if isinstance(value, list) else [value]:
            if not isinstance(source, dict):
                self.refuse(mark, "a merge key has no mapping", "an alias of a mapping, or several")
                continue
            for key in source.keys() - frame.value.keys():
                frame.marks[key] = (mark.line, mark.column) * 2
            frame.value.update(
                {key: each for key, each in source.items() if key not in frame.value}
            )
