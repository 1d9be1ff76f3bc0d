"""Secrets that External Secrets (v1) makes of what a store holds."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from kure_hooks.apps.workload.inputs.claims import Mounts
from kure_hooks.apps.workload.inputs.containers import MountPath
from kure_hooks.apps.workload.inputs.terms import Annotations, Fields, Name, ObjectName, Text
from kure_hooks.apps.workload.inputs.variables import ConfigKey
from kure_hooks.decoding.types import whole

RefreshInterval = Annotated[
    str,
    Meta(
        pattern=whole("0|([0-9]{1,6}(h|m|s)){1,3}"),
        description="a time such as 1h, or 0 in quotes for once",
        examples=["1h"],
    ),
]


class SecretStore(Fields, frozen=True, kw_only=True):
    """A store of External Secrets."""

    name: ObjectName
    """The name of the store."""
    kind: Literal["ClusterSecretStore", "SecretStore"] = "ClusterSecretStore"
    """Whether the store serves all namespaces.

    - `ClusterSecretStore`: One for all namespaces.
    - `SecretStore`: One of the application's own namespace.
    """


class RemoteRef(Fields, frozen=True, kw_only=True):
    """An entry of the store."""

    key: Text
    """The name of the entry, such as shop/database."""
    property: Text | None = None
    """A property of the entry. Without it the whole."""
    version: Text | None = None
    """The version of the entry. Without it the newest."""
    conversion_strategy: Literal["Default", "Unicode"] | None = None
    """How keys that a Secret can't have are written.

    - `Default`: With `_` for other characters.
    - `Unicode`: With their numbers.
    """
    decoding_strategy: Literal["None", "Auto", "Base64", "Base64URL"] | None = None
    """How values are decoded.

    - `None`: Not at all.
    - `Auto`: As they look.
    - `Base64`: From Base64.
    - `Base64URL`: From Base64 for URLs.
    """
    metadata_policy: Literal["None", "Fetch"] | None = None
    """What is taken.

    - `None`: The value.
    - `Fetch`: The metadata of the entry.
    """


class DataFrom(Fields, frozen=True, kw_only=True):
    """Several keys at once: exactly one of `extract`, `find` and `sourceRef`."""

    extract: RemoteRef | None = None
    """An entry whose properties all become keys."""
    find: dict[str, Any] | None = None
    """Entries by a part of their name or by their tags, as External Secrets has them."""
    source_ref: dict[str, Any] | None = None
    """A generator or another store, as External Secrets has it."""
    rewrite: tuple[dict[str, Any], ...] = ()
    """Changes of the keys, as External Secrets has them."""


class ExternalSecret(Fields, frozen=True, kw_only=True):
    """An ExternalSecret, and the containers that get its Secret."""

    name: ObjectName | None = None
    """The name of ExternalSecret and Secret. Without it the names of application and entry."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations for the ExternalSecret."""
    store: ObjectName | SecretStore | None = None
    """The store: the name of a ClusterSecretStore, or a mapping. Without it that of the cluster."""
    refresh_interval: RefreshInterval | None = None
    """How often the store is read. External Secrets' default is 1h."""
    refresh_policy: Literal["Periodic", "CreatedOnce", "OnChange"] | None = None
    """When the store is read.

    - `Periodic`: At the interval, which is External Secrets' default.
    - `CreatedOnce`: When the Secret is made.
    - `OnChange`: When the ExternalSecret changes.
    """
    data: dict[ConfigKey, Text | RemoteRef] = field(default_factory=dict)
    """Keys of the Secret, each with the entry of the store: its name, or a mapping."""
    data_from: tuple[DataFrom, ...] = ()
    """Entries of the store that bring several keys."""
    creation_policy: Literal["Owner", "Orphan", "Merge", "None"] | None = None
    """Whose the Secret is.

    - `Owner`: That of the ExternalSecret, which is the default.
    - `Orphan`: Nobody's, so that it stays.
    - `Merge`: Somebody else's, whose keys stay.
    - `None`: There is none.
    """
    deletion_policy: Literal["Retain", "Delete", "Merge"] | None = None
    """What happens to the Secret when the entries are gone.

    - `Retain`: It stays, which is the default.
    - `Delete`: It is deleted.
    - `Merge`: The keys are deleted.
    """
    template: dict[str, Any] | None = None
    """Type, labels and further keys of the Secret made of the entries, as External Secrets has
    them."""
    env_from: bool | tuple[Name, ...] = False
    """Give all keys to containers as variables: true for every container, or their names."""
    path: MountPath | None = None
    """The path where every container sees the keys as files, those of `initContainers` too."""
    mounts: Mounts = field(default_factory=dict)
    """The paths where single containers see the keys as files, by the names of the containers."""
