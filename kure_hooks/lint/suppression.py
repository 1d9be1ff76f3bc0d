"""Suppressions: annotations of objects and comments in files that name rules to leave alone.

| where | what it covers |
| --- | --- |
| annotation `kure-hooks.io/ignore: FX001, KZ003` of an object | findings about the object |
| the same of what applies others | findings about all objects that it applies, too |
| `# kure-hooks: ignore FX001` on a line of its own | findings at the next line that is no comment |
| the same behind a value | findings at this line |
| `# kure-hooks: ignore-file FX001` in the first comments of a file | findings in the file |
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, partial

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.lint.selection import covers
from kure_hooks.manifests import value_at
from kure_hooks.objects.written import Object

ANNOTATION = "kure-hooks.io/ignore"
"""The annotation that names rules."""

UNUSED, UNKNOWN = "LI001", "LI002"

_COMMENT = re.compile(r"(?:^|(?<=\s))#[ \t]*kure-hooks:[ \t]*(?P<verb>[\w-]++)(?P<names>[^#]*)")
_REMARK = "kure-hooks:"
_NOWHERE = -1
_VERBS = ("ignore", "ignore-file")
_TOO_LATE = (
    "ignore-file counts only among the first comments of a file",
    "Move it there, or write ignore.",
)
# So many comments of a file, and so many selectors of one of them, count.
_MOST = 1_000
_MOST_SELECTORS = 100
# No selector that means a rule is so long.
_LONGEST_SELECTOR = 100
_WHOLE_FILE = 0
_SPACE = re.compile(r"[,\s]+")
_ALONE = re.compile(r"\A\s*+#")
_STEPS = ("metadata", "annotations", ANNOTATION)


@dataclass(eq=False)
class Suppression:
    """A place that names rules; `object` is what an annotation is of.

    A comment with a `fault`, which are a problem and what to do, suppresses nothing.
    """

    at: Location
    selectors: tuple[str, ...]
    used: set[str]
    object: str = ""
    fault: tuple[str, str] = ("", "")

    def suppresses(self, rule: str) -> bool:
        """Tell whether the place names a rule, and note that it was of use."""
        if rule not in self._answers:
            named = [selector for selector in self.selectors if covers(selector, rule)]
            self.used.update(named)
            self._answers[rule] = bool(named)
        return self._answers[rule]

    @cached_property
    def _answers(self) -> dict[str, bool]:
        return {}


class Suppressions:
    """All suppressions of a repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._annotated: dict[Location, Suppression] = {}
        self._in_clusters = {
            id(cluster): self._of_cluster(cluster) for cluster in repository.clusters
        }
        self._unreached = self._by_label((item, ()) for item in repository.unreached)
        self._comments = dict(_comments(repository))
        self._answers: dict[tuple[object, ...], bool] = {}

    def suppress(self, finding: Finding, cluster: Cluster | None) -> bool:
        """Tell whether a finding is suppressed; None stands for one about all clusters."""
        at, label = finding.at, finding.object
        lines = (at.line, _WHOLE_FILE) if at.line else (_WHOLE_FILE,)
        rule = finding.rule
        # Each is asked, because all that would do are of use; of one place and rule only once.
        answers = [
            self._answer((rule, at.path, line), partial(self._at, at.path, line)) for line in lines
        ]
        about = partial(self._about, label, cluster)
        return any([*answers, self._answer((rule, label, None, id(cluster)), about)])

    def _answer(
        self, key: tuple[str, *tuple[object, ...]], place: Callable[[], Iterable[Suppression]]
    ) -> bool:
        if key not in self._answers:
            self._answers[key] = sum(item.suppresses(key[0]) for item in place()) > 0
        return self._answers[key]

    def findings(self, checked: AbstractSet[str], known: Sequence[str]) -> Iterator[Finding]:
        """Yield a warning for each selector that suppressed nothing although its rules ran.

        `checked` are the rules that ran, `known` all that there are.
        """
        comments = [item for lines in self._comments.values() for item in lines.everything]
        for suppression in [*self._annotated.values(), *comments]:
            yield from _complaints(suppression, checked, known)

    def _at(self, path: str, line: int) -> Sequence[Suppression]:
        lines = self._comments.get(path)
        return lines.at(line) if lines else ()

    def _about(self, label: str, cluster: Cluster | None) -> Iterator[Suppression]:
        if not label:
            return
        for table in [self._in_clusters[id(cluster)]] if cluster else self._in_clusters.values():
            yield from table.get(label, ())
        if cluster is None:
            yield from self._unreached.get(label, ())

    def _of_cluster(self, cluster: Cluster) -> dict[str, list[Suppression]]:
        by_label = {owner.resource.label: owner.resources for owner in cluster.owners}
        resources = (resource for _, resource in cluster.resources())
        annotated = [item for item in resources if _names(item) is not None]
        return self._by_label((item, by_label.get(item.label, ())) for item in annotated)

    def _by_label(
        self, objects: Iterable[tuple[Object, Sequence[Object]]]
    ) -> dict[str, list[Suppression]]:
        table: defaultdict[str, list[Suppression]] = defaultdict(list)
        entered: set[tuple[Location, str]] = set()
        for item, applied in objects:
            names = _names(item)
            at = item.at(*_STEPS)
            if names is None or (at, item.label) in entered:
                continue
            entered.add((at, item.label))
            suppression = self._annotated.setdefault(
                at, Suppression(at, _selectors(names), set(), item.label)
            )
            for label in dict.fromkeys((item.label, *(resource.label for resource in applied))):
                table[label].append(suppression)
        return table


class _Lines:
    """The comments of one file that suppress, by the line that they are for; 0 for all of it.

    Only the first ones count, so that a file can't make the work endless.
    """

    def __init__(self, path: str, text: str) -> None:
        self._by_line: defaultdict[int, list[Suppression]] = defaultdict(list)
        waiting: list[Suppression] = []
        count, is_head = 0, True
        # Other line breaks than this one are none in YAML 1.2.
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
            is_alone = not line.strip() or _ALONE.match(line) is not None
            is_head = is_head and (is_alone or line.startswith(("---", "%")))
            if not is_alone:
                self._by_line[number] += waiting
                waiting = []
            match = _COMMENT.search(line) if count < _MOST and _REMARK in line else None
            if match is None:
                continue
            count += 1
            suppression = Suppression(
                Location(path, number, match.start() + 1), _selectors(match["names"]), set()
            )
            if match["verb"] not in _VERBS:
                hint = nearest(match["verb"], _VERBS)
                suppression.fault = f"no comment for lint begins with {match['verb']}", hint
                self._by_line[_NOWHERE].append(suppression)
            elif match["verb"] == "ignore-file" and not is_head:
                suppression.fault = _TOO_LATE
                self._by_line[_NOWHERE].append(suppression)
            elif match["verb"] == "ignore-file":
                self._by_line[_WHOLE_FILE].append(suppression)
            elif is_alone:
                waiting.append(suppression)
            else:
                self._by_line[number].append(suppression)
        self._by_line[_NOWHERE] += waiting

    def at(self, line: int) -> Sequence[Suppression]:
        return self._by_line.get(line, ())

    @property
    def everything(self) -> list[Suppression]:
        return [item for suppressions in self._by_line.values() for item in suppressions]


def _comments(repository: Repository) -> Iterator[tuple[str, _Lines]]:
    for path, data in repository.files.remarked.items():
        yield path, _Lines(path, data.decode(errors="replace"))


def _names(item: Object) -> str | None:
    names = value_at(item.manifest, *_STEPS)
    return names if isinstance(names, str) else None


def _selectors(text: str) -> tuple[str, ...]:
    """Return the selectors of a text; behind two dashes it may give a reason."""
    parts = _SPACE.split(text.partition("--")[0])
    names = (part[:_LONGEST_SELECTOR] for part in parts if part)
    return tuple(dict.fromkeys(names))[:_MOST_SELECTORS]


def _complaints(
    suppression: Suppression, checked: AbstractSet[str], known: Sequence[str]
) -> Iterator[Finding]:
    at, label = suppression.at, suppression.object

    def complaint(problem: str, expected: str, rule: str) -> Finding:
        key = f"{label}: metadata.annotations" if label else ""
        return Finding(at, key, problem, expected, Severity.WARNING, rule=rule, object=label)

    if suppression.fault != ("", ""):
        yield complaint(*suppression.fault, UNKNOWN)
        return
    if not suppression.selectors:
        yield complaint("this suppression names no rule", "Name one, such as FX001.", UNKNOWN)
    for selector in suppression.selectors:
        meant = [name for name in known if covers(selector, name)]
        if not meant:
            problem = f'lint has no rule "{selector}"'
            expected = "Name one of `kure-hooks rule`, and write a reason behind two dashes."
            yield complaint(problem, expected, UNKNOWN)
        elif selector not in suppression.used and set(meant) <= checked:
            problem = f"nothing is found here that {selector} would suppress"
            yield complaint(problem, "Delete the suppression.", UNUSED)
