"""Requests to a forge: what is tried again, how long, and what is never done with the token."""

import shutil
import socket
import ssl
import subprocess
import threading

import pytest

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.forges import FORGES
from kure_hooks.forges import session as module
from kure_hooks.forges.session import GoneError, LostError, Patience, Session
from tests.forges.fakes import TOKEN, GitHub, serving
from tests.forges.test_one_comment import Clock

PULL = "/repos/acme/fleet/pulls/1"
COMMENTS = "/repos/acme/fleet/issues/1/comments"


@pytest.fixture
def fake():
    with serving(GitHub()) as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def session(fake, clock):
    with Session(FORGES["github"], fake.url, TOKEN, clock.patience(100)) as opened:
        yield opened


@pytest.mark.parametrize("fault", ["lost before", "lost after", "502", "504", "500", "429"])
def test_what_passes_is_tried_again(fake, session, fault):
    fake.script = [fault, fault]
    assert b'"number": 1' in session.request("GET", PULL).content
    assert [fault for *_, fault, _ in fake.log] == [fault, fault, ""]


@pytest.mark.parametrize("fault", ["lost before", "lost after", "502", "504"])
def test_what_may_have_been_carried_out_is_not_made_again(fake, session, fault):
    fake.script = [fault]
    with pytest.raises(LostError):
        session.request("POST", COMMENTS, {"body": "a"}, once=True)
    assert len(fake.log) == 1


@pytest.mark.parametrize(("fault", "seconds"), [("429", 1), ("secondary", 2)])
def test_a_rate_limit_is_waited_for_as_long_as_it_says(fake, session, clock, fault, seconds):
    fake.script = [fault, fault]
    session.request("POST", COMMENTS, {"body": "a"}, once=True)
    assert clock.now == 2 * seconds
    assert fake.bodies() == ["a"]


def test_pauses_grow_and_end(fake, session, clock):
    fake.script = ["502"] * 100
    with pytest.raises(ToolError) as raised:
        session.request("GET", PULL)
    assert str(raised.value).startswith("GitHub answers 502: Server Error. It is to be asked again")
    assert "has no time left" in str(raised.value)
    assert 5 <= len(fake.log) <= 12
    assert 60 < clock.now <= 100


def test_a_limit_for_an_hour_ends_the_run_at_once(fake, session, clock):
    fake.script = ["primary"]
    with pytest.raises(
        ToolError, match=r"API rate limit exceeded\. It is to be asked again in 300"
    ):
        session.request("GET", PULL)
    assert clock.now == 0


def test_a_forge_that_is_not_there_is_waited_for(clock):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        session = Session(FORGES["github"], url, TOKEN, clock.patience(100))
        with session, pytest.raises(ToolError, match="GitHub does not answer"):
            session.request("POST", COMMENTS, {"body": "a"}, once=True)
    assert clock.now > 60


def test_no_redirect_is_followed(fake, session):
    fake.script = ["moved"]
    with pytest.raises(UsageError, match=r"does not get the token\. Name the repository"):
        session.request("GET", PULL)
    assert len(fake.log) == 1


def test_refusals_say_what_to_do(fake, session):
    fake.script = ["forbidden"]
    with pytest.raises(UsageError, match=r"Resource not accessible by integration\. Give the job"):
        session.request("POST", COMMENTS, {"body": "a"})
    with pytest.raises(GoneError, match="Check --repository and --number"):
        session.request("GET", "/repos/acme/other/pulls/1")
    with pytest.raises(UsageError, match="GitHub refuses with 422: Validation Failed"):
        session.request("POST", COMMENTS, {"body": "a" * 65_537})


def test_a_wrong_token_is_told_and_never_shown(fake, clock):
    session = Session(FORGES["github"], fake.url, "ghp_wrong", clock.patience())
    with session, pytest.raises(UsageError) as raised:
        session.request("GET", PULL)
    assert "GitHub does not accept the token: Bad credentials. Set one of" in str(raised.value)
    assert "ghp_wrong" not in str(raised.value)


@pytest.mark.parametrize("token", ["a b", "a\nb", "ä", ""])
def test_a_token_that_is_none_is_refused_unseen(token):
    with pytest.raises(UsageError) as raised:
        Session(FORGES["github"], "https://api.github.com", token, Patience(1))
    assert "has blanks or other characters" in str(raised.value)
    assert not token or token not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://forge.example/api/v1",
        "http://127.0.0.1.evil.example",
        "https://user:word@forge.example",
        "https://forge.example?next=x",
        "file:///etc/passwd",
        "forge.example",
        "https://[::1",
        "https://forge.example/\nHost: evil",
        "",
    ],
)
def test_an_address_that_would_show_the_token_is_refused(url):
    with pytest.raises(UsageError, match="Write --api https://HOST/PATH"):
        Session(FORGES["forgejo"], url, TOKEN, Patience(1))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:3000/api/v1", "http://[::1]:3000", "http://localhost/api/v4/"]
)
def test_loopback_needs_no_encryption(url):
    with Session(FORGES["forgejo"], url, TOKEN, Patience(1)) as session:
        assert session.api == url.rstrip("/")


def test_no_proxy_sees_what_goes_to_loopback(fake, clock, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with Session(FORGES["github"], fake.url, TOKEN, clock.patience()) as session:
        session.request("GET", PULL)


def test_a_certificate_that_nobody_trusts_ends_the_run_at_once(tmp_path, clock, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_shake_hands, args=(listening, context), daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        session = Session(FORGES["github"], url, TOKEN, clock.patience())
        with (
            session,
            pytest.raises(ToolError, match=r"is not trusted: self.signed certificate\. Name"),
        ):
            session.request("GET", PULL)
        thread.join(10)
    assert clock.now == 0


def _shake_hands(listening, context):
    connection, _ = listening.accept()
    with connection, pytest.raises(ssl.SSLError):
        context.wrap_socket(connection, server_side=True)


@pytest.fixture
def certificate(tmp_path):
    """A certificate that its own key has signed, with the key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here")
    key, path = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + key.read_text())
    return path


def test_an_answer_that_is_too_long_is_not_read(fake, session, monkeypatch):
    fake.say("a" * 2_000)
    monkeypatch.setattr(module, "LARGEST", 1_000)
    with pytest.raises(ToolError, match="answers with more than 1000 bytes"):
        session.request("GET", COMMENTS)


def test_an_answer_of_another_shape_is_told(fake, session):
    with pytest.raises(ToolError, match="something else than its API has"):
        session.get(PULL, list[int])
    assert session.decoded(b"[1]", list[int]) == [1]
    with pytest.raises(ToolError, match="is the address of the API"):
        session.decoded(b"[" * 100_000, list)
