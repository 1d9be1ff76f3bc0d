"""The outcomes of all shards of a run, as the one outcome of a run without shards."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from msgspec.structs import replace

from kure_hooks.errors import UsageError
from kure_hooks.outcome import Failure, Outcome, Share

_ANEW = "Let the same command write the reports of all shards anew."

_MOST = 20  # numbers in a message


def merged(reports: Mapping[str, Outcome]) -> Outcome:
    """Return the outcome of the run whose shards the reports are of, by their names.

    Raises UsageError with all that is wrong with them: reports of no shard or of different runs,
    and shards that are there twice or not at all.
    """
    problems = [*_strangers(reports)] or [*_doubles(reports), *_missing(reports)]
    if problems:
        raise UsageError(" ".join(problems))
    outcomes = [outcome for _, outcome in sorted(reports.items(), key=lambda item: _index(item[1]))]
    failed = [outcome for outcome in outcomes if outcome.failure]
    return _failed(failed) if failed else _joined(outcomes)


def _share(outcome: Outcome) -> Share:
    return outcome.shard or Share(1, 1, "")


def _index(outcome: Outcome) -> int:
    return _share(outcome).index


def _strangers(reports: Mapping[str, Outcome]) -> Iterable[str]:
    """Yield what is wrong with reports that can't be of one run."""
    whole = [name for name, outcome in reports.items() if outcome.shard is None]
    if whole:
        yield f"{', '.join(whole)}: this is no report of a shard. Write it with --shard."
        return
    first, *others = reports
    for name in others:
        one, other = (_run(reports[each]) for each in (first, name))
        differing = [key for key in one if one[key] != other[key]]
        if differing:
            key = differing[0]
            yield (
                f"{name} and {first} are not of the same run: {key} is {other[key]} in the one and "
                f"{one[key]} in the other. {_ANEW}"
            )


def _run(outcome: Outcome) -> dict[str, str]:
    share = _share(outcome)
    return {
        "the command": outcome.command,
        "the number of shards": str(share.count),
        "what is compared": " and ".join(outcome.sides),
        "the digest of its inputs": share.run,
    }


def _doubles(reports: Mapping[str, Outcome]) -> Iterable[str]:
    names: defaultdict[int, list[str]] = defaultdict(list)
    for name, outcome in reports.items():
        names[_index(outcome)].append(name)
    for index, several in sorted(names.items()):
        if len(several) > 1:
            yield f"{' and '.join(several)} are both of shard {index}. Leave one out."


def _missing(reports: Mapping[str, Outcome]) -> Iterable[str]:
    count = max(_share(outcome).count for outcome in reports.values())
    missing = sorted({*range(1, count + 1)} - {_index(outcome) for outcome in reports.values()})
    if missing:
        noun = "shard" if len(missing) == 1 else "shards"
        shown = ", ".join(map(str, missing[:_MOST]))
        more = f" and {len(missing) - _MOST} more" if len(missing) > _MOST else ""
        yield f"The reports of {noun} {shown}{more} of {count} are missing. Give them as well."


def _failed(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the failure of all: a program's or the file system's goes before faults of input.

    Where the input has faults nothing else is known of a run, whatever its other shards found.
    """
    worst = max(outcomes, key=lambda outcome: outcome.failure.code if outcome.failure else 0)
    failure = worst.failure or Failure(0, "")
    alike = [outcome for outcome in outcomes if outcome.failure == failure]
    findings = {finding for outcome in alike for finding in outcome.findings}
    return replace(worst, findings=tuple(sorted(findings)), shard=None)


def _joined(outcomes: Sequence[Outcome]) -> Outcome:
    first = outcomes[0]
    schemas: Counter[str] = Counter()
    for outcome in outcomes:
        schemas.update(outcome.schemas)
    place = attrgetter("directory", "path")
    return replace(
        first,
        findings=tuple(sorted({item for outcome in outcomes for item in outcome.findings})),
        skipped=tuple(sorted({item for outcome in outcomes for item in outcome.skipped})),
        drift=tuple(sorted((each for one in outcomes for each in one.drift), key=place)),
        written=tuple(sorted(path for outcome in outcomes for path in outcome.written)),
        removed=tuple(sorted(path for outcome in outcomes for path in outcome.removed)),
        displaced=tuple(displaced for outcome in outcomes for displaced in outcome.displaced),
        clusters=tuple(
            sorted(
                (view for outcome in outcomes for view in outcome.clusters),
                key=attrgetter("directory"),
            )
        ),
        checked=sum(outcome.checked for outcome in outcomes),
        fix="; ".join(dict.fromkeys(outcome.fix for outcome in outcomes if outcome.fix)),
        refused=any(outcome.refused for outcome in outcomes),
        schemas=dict(sorted(schemas.items())),
        known=sum(outcome.known for outcome in outcomes),
        shard=None,
    )
