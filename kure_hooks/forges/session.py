"""Requests to a forge: one host, one token, and as much patience as the run has time."""

import ipaddress
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from kure_hooks import stages
from kure_hooks.errors import KureHooksError, ToolError, UsageError
from kure_hooks.forges import Facts

# In bytes. A page of the longest comments of GitHub has less.
LARGEST = 128 << 20
# In seconds: to connect, and to wait for the next byte.
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# In seconds, the longest pause that nobody asked for.
_LONGEST_PAUSE = 30.0
# In seconds. GitHub asks for a minute where it names no time.
_UNNAMED_PAUSE = 60.0
_SHOWN = 200  # characters of what a forge answers

_PASSING = frozenset((408, 425, 500, 502, 503, 504, 520, 522, 524))
_GONE = frozenset((404, 410))
_TOKEN = re.compile(r"[!-~]+")
_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[\w./~-]*)?", re.ASCII
)

T = TypeVar("T")


class LostError(KureHooksError):
    """A request whose answer was lost: nobody knows whether it was carried out."""

    exit_code = 3


class GoneError(UsageError):
    """There is nothing at the path of a request."""


class Answer(msgspec.Struct, frozen=True):
    """The answer to a request that was carried out."""

    content: bytes
    headers: Mapping[str, str]


class Patience(msgspec.Struct, frozen=True):
    """The seconds that all requests of a run have together, and the clock that counts them."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Session:
    """Requests to the API of one forge.

    They are made again, after longer and longer pauses, while the forge is down or asks to wait,
    until the patience is over: then there is a ToolError. No redirect is followed, so that no other
    host gets the token.
    """

    def __init__(
        self,
        facts: Facts,
        api: str,
        token: str,
        patience: Patience,
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise UsageError(
                f"the token for {facts.title} has blanks or other characters that no token has. "
                f"Set one of {', '.join(facts.tokens)} anew."
            )
        self.facts = facts
        self.api = _checked(api)
        self._token = token
        self._patience, self._end = patience, patience.clock() + patience.seconds
        self._client = httpx.Client(
            headers={
                "Accept": "application/json",
                # Nothing is unpacked, so that the limit of bytes is that of what is sent.
                "Accept-Encoding": "identity",
                "Authorization": f"Bearer {token}",
                "User-Agent": "kure-hooks",
            },
            timeout=_TIMEOUT,
            verify=_trust(),
            follow_redirects=False,
            # A proxy is for other hosts: it would see what goes to this one in plain text.
            trust_env=not _is_loopback(api),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, type_: type[T]) -> T:
        """Return what the forge has at a path."""
        return self.decoded(self.request("GET", path).content, type_)

    def request(self, method: str, path: str, data: object = None, *, once: bool = False) -> Answer:
        """Make a request until it is carried out, at a path below the API or at a whole URL.

        One that does harm when it is carried out twice is made `once`: where its answer is lost,
        there is a LostError. What the forge refuses is a UsageError, a GoneError for what is not
        there.
        """
        tries = 0
        while True:
            try:
                status, answer = self._send(method, path, data)
            except httpx.TransportError as error:
                pause = self._after_failure(error, once=once)
                reason = f"does not answer ({type(error).__name__})"
            else:
                if status < httpx.codes.MULTIPLE_CHOICES:
                    return answer
                pause = self._after_refusal(status, answer, once=once)
                reason = f"answers {status}{self._said(answer)}"
            self.wait(backoff(tries) if pause is None else pause, reason)
            tries += 1

    def wait(self, seconds: float, reason: str) -> None:
        """Wait; raise ToolError where the run has no time for that."""
        title, patience = self.facts.title, self._patience
        if patience.clock() + seconds > self._end:
            raise ToolError(
                f"{title} {reason}. It is to be asked again in {seconds:.0f} seconds, for which a "
                f"run of {patience.seconds:.0f} seconds has no time left. Run the command again "
                "later, or with a longer --timeout."
            )
        stages.enter(f"waiting for {title}, which {reason}")
        patience.sleep(seconds)

    def decoded(self, content: bytes, type_: type[T]) -> T:
        """Return an answer as a value of the type."""
        try:
            return msgspec.json.decode(content, type=type_)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ToolError(
                f"{self.facts.title} answers with something else than its API has: {error}. "
                f"Check that {self.api} is the address of the API."
            ) from None

    def _send(self, method: str, path: str, data: object) -> tuple[int, Answer]:
        """Return status and answer of one request, whose content is bounded."""
        url = f"{self.api}{path}" if path.startswith("/") else path
        content = bytearray()
        body: Any = {} if data is None else {"json": data}
        with self._client.stream(method, url, **body) as response:
            for chunk in response.iter_raw():
                content += chunk
                if len(content) > LARGEST:
                    raise ToolError(
                        f"{self.facts.title} answers with more than {LARGEST} bytes. Delete "
                        "comments that are this long."
                    )
            return response.status_code, Answer(bytes(content), response.headers)

    def _after_failure(self, error: httpx.TransportError, *, once: bool) -> float | None:
        """Return how long to wait after a request that failed, None where nobody says."""
        cause = error.__context__
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                raise ToolError(
                    f"the certificate of {self.api} is not trusted: {cause.verify_message}. "
                    "Name the file of its authority in SSL_CERT_FILE."
                ) from None
            cause = cause.__context__
        never_sent = httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout
        if once and not isinstance(error, never_sent):
            raise LostError(f"the answer of {self.facts.title} was lost") from None
        if isinstance(error, httpx.UnsupportedProtocol):
            raise UsageError(f"{self.api} can't be asked: {error}. Name an HTTPS URL.") from None
        return None

    def _after_refusal(self, status: int, answer: Answer, *, once: bool) -> float | None:
        """Return how long to wait until a request may be carried out, None where nobody says.

        Raises for what will not be carried out however long one waits.
        """
        if status in _PASSING:
            if once:
                raise LostError(f"{self.facts.title} answers {status}")
            return _retry_after(answer)
        if status == httpx.codes.TOO_MANY_REQUESTS or _is_rate_limit(status, answer):
            pause = _retry_after(answer)
            return _UNNAMED_PAUSE if pause is None else pause
        raise self._refusal(status, answer)

    def _refusal(self, status: int, answer: Answer) -> KureHooksError:
        title, said = self.facts.title, self._said(answer)
        if status < httpx.codes.BAD_REQUEST:
            return UsageError(
                f"{title} redirects to another address ({status}), which does not get the token. "
                "Name the repository as it is called now with --repository, and the address of "
                "the API with --api."
            )
        if status == httpx.codes.UNAUTHORIZED:
            return UsageError(
                f"{title} does not accept the token{said}. Set one of "
                f"{', '.join(self.facts.tokens)} to one that is valid."
            )
        if status == httpx.codes.FORBIDDEN:
            return UsageError(f"{title} refuses{said}. {self.facts.permission}")
        if status in _GONE:
            return GoneError(
                f"{title} has no such {self.facts.request} or does not show it{said}. Check "
                f"--repository and --number. {self.facts.permission}"
            )
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            return ToolError(f"{title} answers {status}{said}. Run the command again later.")
        return UsageError(f"{title} refuses with {status}{said}. Change what it objects to.")

    def _said(self, answer: Answer) -> str:
        """Return the reason that an answer gives, after a colon; empty where it has none."""
        try:
            document = msgspec.json.decode(answer.content)
        except (msgspec.DecodeError, RecursionError):
            return ""
        said = document.get("message") if isinstance(document, dict) else None
        text = " ".join(str(said or "").replace(self._token, "***").split())
        return f": {text[:_SHOWN].rstrip('.')}" if text else ""


def backoff(tries: int) -> float:
    """Return how long to wait after so many tries, in seconds.

    Nobody knows how many other jobs wait, so that no two wait for the same time.
    """
    longest = min(2.0 ** min(tries, 10), _LONGEST_PAUSE)
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret


@cache
def _trust() -> ssl.SSLContext:
    """Return the authorities that are trusted: those of SSL_CERT_FILE, else the usual ones."""
    return httpx.create_ssl_context()


def _checked(api: str) -> str:
    """Return the address of an API; raises UsageError for one that would show the token."""
    if not _ADDRESS.fullmatch(api):
        raise UsageError(f"{api!r} is no address of an API. Write --api https://HOST/PATH.")
    if api.startswith("http:") and not _is_loopback(api):
        raise UsageError(
            f"{api} is not encrypted: anybody on the way could read the token. "
            "Write --api https://HOST/PATH."
        )
    return api.rstrip("/")


def _is_loopback(api: str) -> bool:
    host = urlsplit(api).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_rate_limit(status: int, answer: Answer) -> bool:
    """Tell whether GitHub refuses for a while, for which it also uses 403."""
    if status != httpx.codes.FORBIDDEN:
        return False
    headers = answer.headers
    spent = headers.get("x-ratelimit-remaining") == "0"
    return spent or "retry-after" in headers or b"secondary rate limit" in answer.content


def _retry_after(answer: Answer) -> float | None:
    """Return the seconds that an answer asks to wait, None where it names none."""
    headers = answer.headers
    named = headers.get("retry-after", "")
    if named.isdecimal():
        return float(named)
    reset = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset") or ""
    if headers.get("x-ratelimit-remaining", "0") == "0" and reset.isdecimal():
        return max(float(reset) - time.time(), 0.0) + 1.0
    return None
