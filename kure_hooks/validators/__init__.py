"""Validators: programs and rules that judge manifests by their schemas."""

from kure_hooks.validators.embedded import Embedded
from kure_hooks.validators.interface import Validator
from kure_hooks.validators.kubeconform import Kubeconform

VALIDATORS: dict[str, Validator] = {each.name: each for each in (Embedded(), Kubeconform())}
