"""Kernel parameters and the resolution of names, which a pod sets for itself."""

import re

MOST_NAME_SERVERS = 3
MOST_SEARCHES = 32

_SYSCTL = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
_LONGEST_SYSCTL = 253
_LABEL = r"_?+[a-z0-9]++(?:[-_]++[a-z0-9]++)*+"
_SEARCH = re.compile(rf"(?<![-_.a-z0-9])(?:{_LABEL}(?:\.{_LABEL})*+\.?+|\.)")


def is_sysctl(name: str) -> bool:
    """Tell whether the API server takes a name of a kernel parameter."""
    return len(name) <= _LONGEST_SYSCTL and _SYSCTL.fullmatch(name) is not None


def is_search_domain(domain: str) -> bool:
    """Tell whether the API server takes a domain in which names are looked up."""
    return _SEARCH.fullmatch(domain) is not None
