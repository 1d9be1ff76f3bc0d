"""The table of a set: its rows, from the stack file, a YAML file or a CSV file."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from kure_hooks.decoding import nearest
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, Location
from kure_hooks.secrecy import discreet, way_to
from kure_hooks.stack.files import Files
from kure_hooks.stack.sets.documents import TableRef, Value
from kure_hooks.stack.sets.parameters import Parameter, as_text
from kure_hooks.yamlio import limits, read, strict
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

MAX_BYTES = 4 << 20
"""Bytes of a file with a table at most."""

MAX_ROWS = 10_000
"""Rows of a table at most."""

Values = Mapping[str, Any]
"""The values of a row by the names of parameters."""

_FIELD = re.compile(r'"(?:[^"]++|"")*+"?|[^,]*+')


class Row(Struct, frozen=True):
    """A row: what it gives, by the names that stand in the table.

    Values of YAML have their types; those of CSV are all strings.
    """

    values: Values

    @property
    def at(self) -> Location:
        """The position of the row."""
        raise NotImplementedError

    def place(self, name: str) -> Location:
        """Return the position of a value, or of the row where it gives none."""
        raise NotImplementedError

    def key(self, name: str) -> str:
        """Return the key path of a value."""
        raise NotImplementedError

    def typed(self, name: str, parameter: Parameter) -> Any:
        """Return a value as the one of a parameter."""
        raise NotImplementedError

    def fault(self, name: str, problem: str, expected: str, *, rule: str) -> Finding:
        """Return a finding about a value; the value is not quoted where it may be a secret."""
        quoted = shown(as_text(self.values.get(name, "")))
        if quoted:
            problem = discreet(problem, quoted, way_to((name,), self.values))
        return Finding(self.place(name), self.key(name), problem, expected, rule=rule)


class _MappingRow(Row, frozen=True):
    """A mapping of YAML."""

    mapping: Place

    @property
    def at(self) -> Location:
        return self.mapping.at

    def place(self, name: str) -> Location:
        return self.mapping.below(name).at

    def key(self, name: str) -> str:
        return key_path((self.mapping.below(name) if name else self.mapping).pointer)

    def typed(self, name: str, parameter: Parameter) -> Any:
        del parameter  # YAML has types of its own
        return self.values[name]


class _Record(Row, frozen=True):
    """A record of a CSV file, which begins in a line."""

    path: str
    line: int
    source: str
    columns: Sequence[str]

    @property
    def at(self) -> Location:
        return Location(self.path, self.line, 1)

    def place(self, name: str) -> Location:
        index = self.columns.index(name) if name in self.columns else 0
        return Location(self.path, self.line, _column(self.source, index))

    def key(self, name: str) -> str:
        return name

    def typed(self, name: str, parameter: Parameter) -> Any:
        return parameter.read(self.values[name])


def rows(
    files: Files,
    place: Place,
    clusters: TableRef | Sequence[dict[str, Value | None] | None],
    parameters: Mapping[str, Parameter],
) -> list[Row]:
    """Return the rows of the table that `clusters`, which stands at a place, is or names.

    What can't be read is left out, and is a finding; of one file at most `limits.FINDINGS`.
    """
    before = len(files.findings)
    if not isinstance(clusters, TableRef):
        return _limited(files, place, [*_of_yaml(place, clusters)], len(clusters))
    place = place.below("from")
    path, data = files.content(clusters.from_, place, MAX_BYTES)
    if path.endswith(".csv"):
        reader = _CsvReader(path, parameters)
        table = reader.rows(data)
        files.findings += reader.findings
    else:
        table = [*_in_yaml(files, place, path, data)]
    return table if len(files.findings) > before else _limited(files, place, table, len(table))


def _limited(files: Files, place: Place, table: list[Row], count: int) -> list[Row]:
    """Return the rows of a table, none and a finding for one without rows or with too many."""
    if 0 < count <= MAX_ROWS:
        return table
    problem = f"the table has more than {MAX_ROWS:,} rows"
    expected = "Split it among several sets."
    if not count:
        problem = "the table has no rows, so there is no cluster in this file"
        expected = "Write a row for each cluster."
    files.findings.append(place.fault(problem, expected, rule="ST040"))
    return []


def _in_yaml(files: Files, place: Place, path: str, data: bytes) -> Iterator[Row]:
    if not path:
        return
    try:
        documents = read(data, path, strict, most=MAX_BYTES)
    except InputError as error:
        files.findings += error.findings
        return
    if len(documents) != 1 or not isinstance(documents[0].value, list):
        problem = f"{path} is not one list of mappings"
        files.findings.append(place.fault(problem, "a list with a mapping a row", rule="ST040"))
        return
    table = Place(documents[0])
    sound = files.decode(table, list[dict[str, Value | None]])
    yield from _of_yaml(table, sound or [row if _is_flat(row) else None for row in table.value])


def _is_flat(row: Any) -> bool:
    return isinstance(row, dict) and not any(
        isinstance(each, (dict, list)) for each in row.values()
    )


def _of_yaml(place: Place, table: Sequence[dict[str, Value | None] | None]) -> Iterator[Row]:
    """Yield the rows of a list; an empty value is the same as none."""
    for index, row in enumerate(table):
        if row is not None:  # it could not be decoded
            values = {name: value for name, value in row.items() if value is not None}
            yield _MappingRow(values, place.below(index))


class _CsvReader:
    """Reads a CSV file; `findings` are the first faults of it."""

    def __init__(self, path: str, parameters: Mapping[str, Parameter]) -> None:
        self.path = path
        self.parameters = parameters
        self.findings: list[Finding] = []

    def rows(self, data: bytes) -> list[Row]:
        """Return the records below the header that have a value for each of its columns."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self._refuse(line, 1, "this line is not UTF-8", "Save the file as UTF-8.")
            return []
        records = self._records(text)
        header = next(records, None)
        if header is None or not self._is_header(*header):
            return []
        columns = header[2]
        return [
            _Record(dict(_given(columns, cells)), self.path, line, source, columns)
            for line, source, cells in records
            if self._is_whole(line, source, cells, columns)
        ]

    def _records(self, text: str) -> Iterator[tuple[int, str, list[str]]]:
        """Yield the line, the source and the cells of each record that is not empty.

        There are no more than a table may have, and a header.
        """
        source: list[str] = []
        reader = csv.reader(_noted(io.StringIO(text, newline=""), source), strict=True)
        start = count = 0
        try:
            for cells in reader:
                if cells:
                    count += 1
                    yield start + 1, "".join(source), cells
                start = reader.line_num
                source.clear()
                if count > MAX_ROWS + 1 or len(self.findings) >= limits.FINDINGS:
                    return
        except csv.Error as error:
            self._refuse(start + 1, 1, *_syntax_problem(str(error)))

    def _is_header(self, line: int, source: str, names: list[str]) -> bool:
        left = self.parameters.keys() - names
        seen: set[str] = set()
        for index, name in enumerate(names):
            if len(self.findings) >= limits.FINDINGS:
                return False
            if name in seen:
                problem = f'the column "{shown(name)}" is there twice'
                self._refuse(line, _column(source, index), problem, "List each column once.")
            elif name not in self.parameters:
                problem = f'the column "{shown(name)}" is no parameter of the set'
                expected = nearest(name, left)
                if len(names) == 1 and ";" in name:
                    expected = "Write commas between the columns."
                expected = expected or "Declare it, or delete it."
                self._refuse(line, _column(source, index), problem, expected)
            seen.add(name)
        return not self.findings

    def _is_whole(self, line: int, source: str, cells: list[str], columns: list[str]) -> bool:
        if len(cells) == len(columns):
            return True
        short = len(cells) < len(columns)
        column = len(source.rstrip("\r\n")) + 1 if short else _column(source, len(columns))
        values = "value" if len(cells) == 1 else "values"
        problem = f"this row has {len(cells)} {values}, and the first line names {len(columns)}"
        expected = "Delete what is too much, or write a value with a comma in double quotes."
        if short:
            expected = f"Write the missing values, such as that of {columns[len(cells)]}."
        self._refuse(line, column, problem, expected)
        return False

    def _refuse(self, line: int, column: int, problem: str, expected: str) -> None:
        at = Location(self.path, line, column)
        self.findings.append(Finding(at, "", problem, expected, rule="ST040"))


def _noted(lines: Iterable[str], read: list[str]) -> Iterator[str]:
    """Yield lines; those that were asked for are added to what was read."""
    for line in lines:
        read.append(line)
        yield line


def _given(columns: list[str], cells: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the names and values of a record; an empty cell gives none."""
    return ((name, cell) for name, cell in zip(columns, cells, strict=True) if cell)


def _syntax_problem(error: str) -> tuple[str, str]:
    """Return the words for an error of Python's csv module about a record."""
    if "limit" in error:
        return "a value of this row is too long", "a shorter value"
    if "end of data" in error:
        return "the double quotes in this row are never closed", "Close them."
    return "a value in double quotes goes on behind them", "Write double quotes inside it twice."


def _column(source: str, index: int) -> int:
    """Return the column, counted from 1, at which a value of a CSV record begins."""
    at = 0
    for _ in range(index):
        match = _FIELD.match(source, at)
        at = match.end() + 1 if match else at
    return min(at, len(source.rstrip("\r\n"))) + 1
