"""Processes on other machines: the workers of a Dask cluster, by the address of its scheduler."""

import logging
from concurrent.futures import Executor, Future
from typing import Any

from kure_hooks.errors import ToolError, UsageError

FORMS = ("dask://HOST:PORT", "dask+tls://HOST:PORT")
"""The addresses that name an executor."""

_SCHEMES = {"dask": "tcp", "dask+tls": "tls"}
_PATIENCE = 10  # seconds


class DaskExecutor(Executor):
    """The workers of a Dask cluster.

    Results don't depend on arguments alone for Dask, and keys tell nothing of them.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """See Executor; an argument may be one that was scattered."""
        future: Future[Any] = self._executor.submit(fn, *args, **kwargs)
        return future

    def scatter(self, value: Any) -> Any:
        """Return what stands for a value that all workers have; one that is lost costs nothing."""
        return self._client.scatter(value, broadcast=True, hash=False)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in Executor
        """Leave the cluster, which is the user's, as it is."""
        del wait, cancel_futures
        self._client.close(timeout=_PATIENCE)


def connect(address: str) -> Executor:
    """Return the executor at an address, which is to be shut down in the end.

    Raises UsageError for an address that is none, or without the extra that it takes, and
    ToolError where nothing answers or no worker is.
    """
    scheme, _, place = address.partition("://")
    if scheme not in _SCHEMES or not place.rpartition(":")[0]:
        raise UsageError(f"--executor {address} is no address. Write {' or '.join(FORMS)}.")
    try:
        import distributed  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            f"--executor {address} takes the extra dask, which is not installed. "
            'Run pip install "kure-hooks[dask]".'
        ) from None
    # It tells of each attempt to connect; what comes of it is an error of ours.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client: Any = distributed.Client(  # type: ignore[no-untyped-call]
            f"{_SCHEMES[scheme]}://{place}",
            timeout=_PATIENCE,
            set_as_default=False,
            name="kure-hooks",
        )
    except (OSError, ValueError) as error:
        raise ToolError(
            f"no Dask scheduler answers at {address}: {error}. Start one, or correct the address."
        ) from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        client.close()
        raise ToolError(
            f"the Dask scheduler at {address} has no worker. Start some: dask worker {place}."
        ) from error
    return DaskExecutor(client)
