"""The rules of lint: a module for each, which has its texts and its check.

A module has `RULE`, and either `check(cluster)` or, for a rule on all of the repository,
`check_repository(repository)`. Both yield findings, which get the identifier of the rule.
"""

from collections.abc import Mapping

MODULES: Mapping[str, str] = {
    "FX001": "flux_path_missing",
}
"""The module of each rule by identifier."""
