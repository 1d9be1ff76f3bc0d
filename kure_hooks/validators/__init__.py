"""Validators: programs and rules that judge manifests by their schemas."""

from importlib import import_module
from typing import cast

from kure_hooks.validators.interface import Validator

VALIDATORS = {"embedded": "Embedded", "kubeconform": "Kubeconform"}
"""The class of each validator by name, the default first; the module has the same name."""


def validator(name: str) -> Validator:
    """Return the validator of a name; only its own modules are loaded."""
    module = import_module(f"{__name__}.{name}")
    return cast("Validator", getattr(module, VALIDATORS[name])())
