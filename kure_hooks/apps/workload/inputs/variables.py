"""Environment variables of containers, and the ConfigMaps and Secrets that they come from."""

from typing import Annotated

from msgspec import Meta

from kure_hooks.apps.workload.inputs.terms import Fields, Name, ObjectName, Quantity, Text
from kure_hooks.decoding.types import whole

VariableName = Annotated[
    str,
    Meta(
        pattern=whole("[ -<>-~]+"),
        description="the name of an environment variable, without '='",
        examples=["LOG_LEVEL"],
    ),
]
ConfigKey = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!\.\.)(?!\.$)[-._a-zA-Z0-9]+"),
        max_length=253,
        description="a key of letters, digits, '-', '_' and '.'",
        examples=["app.ini"],
    ),
]
ConfigFile = Annotated[
    str,
    Meta(
        min_length=1,
        description="the path of a file or a folder, or KEY=PATH",
        examples=["../settings/app.ini", "app.ini=../settings/prod.ini"],
    ),
]


class KeyRef(Fields, frozen=True, kw_only=True):
    """A key of a ConfigMap or Secret."""

    name: ObjectName
    """The name of the ConfigMap or Secret."""
    key: ConfigKey
    """The key whose value is taken."""
    optional: bool | None = None
    """Start the container although the object or the key is missing."""


class FieldRef(Fields, frozen=True, kw_only=True):
    """A field of the pod."""

    api_version: Text | None = None
    """The API version of the field's schema. Kubernetes' default is v1."""
    field_path: Text
    """The path of the field, such as metadata.name or status.podIP."""


class ResourceFieldRef(Fields, frozen=True, kw_only=True):
    """A request or limit of a container."""

    container_name: Name | None = None
    """The container whose resources are taken. Without it this one."""
    resource: Text
    """The resource, such as limits.memory."""
    divisor: Quantity | None = None
    """The unit that the value is divided by, such as 1Mi. Kubernetes' default is 1."""


class EnvSource(Fields, frozen=True, kw_only=True):
    """The source of a variable's value: exactly one of these."""

    field_ref: FieldRef | None = None
    """A field of the pod."""
    resource_field_ref: ResourceFieldRef | None = None
    """A request or limit of a container."""
    config_map_key_ref: KeyRef | None = None
    """A key of a ConfigMap."""
    secret_key_ref: KeyRef | None = None
    """A key of a Secret."""


class EnvVar(Fields, frozen=True, kw_only=True):
    """An environment variable with its value or the source of it."""

    name: VariableName
    """The name of the environment variable."""
    value: Text | None = None
    """The value of the variable. Put numbers and booleans in quotes."""
    value_from: EnvSource | None = None
    """The source of the value, in place of `value`."""


class WholeRef(Fields, frozen=True, kw_only=True):
    """A ConfigMap or Secret of which every key becomes a variable."""

    name: ObjectName
    """The name of the ConfigMap or Secret."""
    optional: bool | None = None
    """Start the container although the object is missing."""


class EnvFrom(Fields, frozen=True, kw_only=True):
    """Variables from a whole ConfigMap or Secret: exactly one of them."""

    prefix: Text | None = None
    """A text in front of the names of all variables."""
    config_map_ref: WholeRef | None = None
    """The ConfigMap whose keys become variables."""
    secret_ref: WholeRef | None = None
    """The Secret whose keys become variables."""


class ShortSource(Fields, frozen=True, kw_only=True):
    """The source of a variable's value in a mapping of variables: exactly one of these."""

    field_ref: Text | FieldRef | None = None
    """A field of the pod: its path, such as status.podIP, or a mapping."""
    resource_field_ref: Text | ResourceFieldRef | None = None
    """A request or limit of the container: its name, such as limits.memory, or a mapping."""
    config_map_key_ref: KeyRef | None = None
    """A key of a ConfigMap."""
    secret_key_ref: KeyRef | None = None
    """A key of a Secret."""


Env = tuple[EnvVar, ...] | dict[VariableName, Text | ShortSource]


def listed(env: Env) -> tuple[EnvVar, ...]:
    """Return variables as a list, in the order in which they are written."""
    if isinstance(env, tuple):
        return env
    return tuple(
        EnvVar(name=name, value=value)
        if isinstance(value, str)
        else EnvVar(name=name, value_from=_source(value))
        for name, value in env.items()
    )


def _source(short: ShortSource) -> EnvSource:
    field, resource = short.field_ref, short.resource_field_ref
    return EnvSource(
        field_ref=FieldRef(field_path=field) if isinstance(field, str) else field,
        resource_field_ref=(
            ResourceFieldRef(resource=resource) if isinstance(resource, str) else resource
        ),
        config_map_key_ref=short.config_map_key_ref,
        secret_key_ref=short.secret_key_ref,
    )
