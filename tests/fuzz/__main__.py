"""Mutates for a long time: python -m tests.fuzz [--rounds N] [--first N] [SUBJECT...]."""

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.subjects import SUBJECTS, CrashError, seeds
from tests.support.git import environment


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--rounds", type=int, default=10_000, help="of each subject")
    parser.add_argument("--first", type=int, default=0, help="the number of the first round")
    parser.add_argument("--seeds", type=int, default=40, help="different repositories")
    parser.add_argument("--stop", type=int, default=10, help="crashes after which to stop")
    options = parser.parse_args()
    os.environ.update(environment())
    repositories = seeds(options.seeds)
    crashes = 0
    for name in options.subjects or SUBJECTS:
        with TemporaryDirectory(prefix="kure-hooks-fuzz-") as directory:
            crashes += fuzz(name, repositories, Path(directory), options)
    sys.exit(bool(crashes))


def fuzz(name, repositories, directory, options):
    """Run the rounds of a subject, print the crashes and return how many there were."""
    subjects = [SUBJECTS[name](directory / f"{at}", files) for at, files in enumerate(repositories)]
    crashes, start = 0, time.monotonic()
    for number in range(options.first, options.first + options.rounds):
        try:
            subjects[number % len(subjects)].round(f"{name}-{number}")
        except CrashError as crash:
            crashes += 1
            sys.stdout.write(f"{crash}\n\n")
            sys.stdout.flush()
            if crashes >= options.stop:
                break
    rounds, seconds = number + 1 - options.first, time.monotonic() - start
    sys.stdout.write(f"{name}: {rounds} rounds in {seconds:.0f} s, {crashes} crashes\n")
    sys.stdout.flush()
    return crashes


if __name__ == "__main__":
    main()
