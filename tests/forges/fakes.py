"""Fake forges on loopback, which answer as the REST APIs of GitHub, GitLab and Forgejo do.

What a client can trip over is true to them: the token's user and who may ask for it, pages and
their headers, the longest comment, rate limits, and writes that a later read does not show yet.
Faults are drawn at random: a connection that ends before or after a request was carried out, a
gateway that gives up, and limits that ask to wait.
"""

import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "ghs_" + "a1B2" * 9
OURS, THEIRS = 41898282, 7
COMMIT = "1a2b3c4d" * 5

BEFORE = ("lost before", "502", "429", "secondary")
AFTER = ("lost after", "504")


@dataclass
class Request:
    """A pull or merge request: the states of its comments, the newest last."""

    head: str = COMMIT
    branch: str = "fork:topic"
    states: list = field(default_factory=lambda: [((), 0, 0)])
    reads: int = 0

    @property
    def comments(self):
        return self.states[-1][0]

    def write(self, comments, lag=0):
        """Make a new state, which reads show after so many others."""
        self.states.append((tuple(comments), self.reads, lag))

    def read(self):
        """Return the newest state that is shown already; no read goes back behind another."""
        self.reads += 1
        for comments, since, lag in reversed(self.states):
            if self.reads - since > lag:
                return comments
        return self.states[0][0]


class Call(NamedTuple):
    """What a request has beside its path."""

    query: dict
    data: dict | None


class Fake:
    """A forge with one repository; `rate` is the share of requests that have a fault."""

    kind = ""
    limit = 65_536
    lag = 0

    def __init__(self, seed=0, rate=0.0, lag=0):
        self.random = Random(seed)  # noqa: S311 - faults, not secrets
        self.rate, self.lag = rate, lag
        self.lock = threading.RLock()
        self.requests = {}
        self.verdicts = []
        self.script = []  # faults of the next requests, before any that is drawn
        self.log = []
        self.last = 100
        self.url = ""

    def request(self, number=1):
        with self.lock:
            return self.requests.setdefault(number, Request())

    def bodies(self, number=1, user=None):
        return [
            comment["body"]
            for comment in self.request(number).comments
            if user in (None, comment["user"]["id"])
        ]

    def say(self, body, number=1, user=THEIRS):
        """Let somebody write a comment."""
        with self.lock:
            self.last += 1
            comment = {"id": self.last, "body": body, "user": {"id": user, "login": f"u{user}"}}
            request = self.request(number)
            request.write((*request.comments, comment), self.random.randint(0, self.lag))
            return comment

    def fault(self):
        if self.script:
            return self.script.pop(0)
        if self.random.random() >= self.rate:
            return ""
        return self.random.choice(BEFORE + AFTER)

    def answer(self, method, path, query, data, headers):
        """Return status, document and headers of a request that has no fault."""
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}, {}
        for verb, pattern, act in self.routes():
            match = re.fullmatch(pattern, path)
            if match and verb == method:
                return act(Call(query, data), *match.groups())
        return 404, {"message": "Not Found"}, {}

    def edit(self, call, number):
        number = int(number)
        if refused := self.refused(call.data["body"]):
            return refused
        return self.change(number, lambda comment: [comment | {"body": call.data["body"]}], 200)

    def delete(self, _call, number):
        return self.change(int(number), lambda _: [], 204)

    def change(self, number, edit, status):
        for request in self.requests.values():
            for comment in request.comments:
                if comment["id"] == number:
                    comments = []
                    for other in request.comments:
                        comments += edit(other) if other is comment else [other]
                    request.write(comments, self.random.randint(0, self.lag))
                    return status, self.shown(comments[0]) if comments else None, {}
        return 404, {"message": "Not Found"}, {}

    def create(self, call, number):
        if not call.data["body"].strip():
            return 422, {"message": "Validation Failed"}, {}
        if refused := self.refused(call.data["body"]):
            return refused
        return 201, self.shown(self.say(call.data["body"], int(number), OURS)), {}

    def refused(self, body):
        if len(body) <= self.limit:
            return None
        return 422, {"message": "Validation Failed", "errors": [{"message": "too long"}]}, {}

    def shown(self, comment):
        return comment

    def show(self, _call, number):
        request = self.request(int(number))
        return 200, {"number": int(number), "head": {"sha": request.head}}, {}

    def verdict(self, call, *names):
        self.verdicts.append((*names, call.data))
        return 201, {"id": len(self.verdicts)}, {}

    def paged(self, comments, query, size_key, default):
        size = min(int(query.get(size_key, [default])[0]), 100)
        page = int(query.get("page", ["1"])[0])
        shown = [self.shown(comment) for comment in comments[(page - 1) * size : page * size]]
        more = page * size < len(comments)
        link = f'<{self.url}/next?page={page + 1}>; rel="next"' if more else ""
        return 200, shown, {"Link": link} if link else {}


class GitHub(Fake):
    """GitHub, as a job's token sees it."""

    kind = "github"

    def routes(self):
        repository = "/repos/acme/fleet"
        return (
            ("POST", "/graphql", self.viewer),
            ("GET", "/user", self.no_user),
            ("GET", rf"{repository}/pulls", self.pulls),
            ("GET", rf"{repository}/pulls/(\d+)", self.show),
            ("GET", rf"{repository}/issues/(\d+)/comments", self.listed),
            ("POST", rf"{repository}/issues/(\d+)/comments", self.create),
            ("PATCH", rf"{repository}/issues/comments/(\d+)", self.edit),
            ("DELETE", rf"{repository}/issues/comments/(\d+)", self.delete),
            ("POST", rf"{repository}/(check-runs)", self.verdict),
            ("POST", rf"{repository}/(statuses)/([0-9a-f]+)", self.verdict),
        )

    def viewer(self, call):
        assert "databaseId" in call.data["query"]
        return 200, {"data": {"viewer": {"databaseId": OURS}}}, {}

    def no_user(self, _call):
        return 403, {"message": "Resource not accessible by integration"}, {}

    def pulls(self, call):
        shown = [
            {"number": number, "head": {"sha": request.head}}
            for number, request in self.requests.items()
            if [request.branch] == call.query["head"]
        ]
        return 200, shown, {}

    def listed(self, call, number):
        return self.paged(self.request(int(number)).read(), call.query, "per_page", 30)


class Forgejo(GitHub):
    """Forgejo, which gives all comments at once, and whose jobs have a user of their own."""

    kind = "forgejo"
    limit = 1 << 31

    def routes(self):
        return (("GET", "/user", self.user), *super().routes()[2:])

    def user(self, _call):
        return 200, {"id": OURS, "login": "forgejo-actions"}, {}

    def listed(self, _call, number):
        comments = self.request(int(number)).read()
        return 200, list(comments), {"X-Total-Count": str(len(comments))}


class GitLab(Fake):
    """GitLab, whose comments are notes with an author, the newest first unless asked."""

    kind = "gitlab"
    limit = 1_000_000
    actions = ()

    def routes(self):
        project = "/projects/acme/fleet"
        notes = rf"{project}/merge_requests/(\d+)/notes"
        return (
            ("GET", "/user", lambda *_: (200, {"id": OURS, "username": "project_1_bot"}, {})),
            ("GET", rf"{project}/merge_requests/(\d+)", self.show),
            ("GET", notes, self.listed),
            ("POST", notes, self.create),
            ("PUT", rf"{project}/merge_requests/\d+/notes/(\d+)", self.edit),
            ("DELETE", rf"{project}/merge_requests/\d+/notes/(\d+)", self.delete),
            ("POST", rf"{project}/(statuses)/([0-9a-f]+)", self.verdict),
        )

    def show(self, _call, number):
        return 200, {"iid": int(number), "sha": self.request(int(number)).head}, {}

    def listed(self, call, number):
        comments = self.request(int(number)).read()
        ordered = comments if call.query.get("sort") == ["asc"] else comments[::-1]
        return self.paged(ordered, call.query, "per_page", 20)

    def shown(self, comment):
        return {"id": comment["id"], "body": comment["body"], "author": comment["user"]}

    def refused(self, body):
        """Carry out quick actions, which each text that is written may have."""
        self.actions += tuple(re.findall(r"^/[a-z]\w*", body, re.MULTILINE))
        if len(body) <= self.limit:
            return None
        return 400, {"message": {"note": ["is too long (maximum is 1000000 characters)"]}}, {}


FAKES = {fake.kind: fake for fake in (GitHub, GitLab, Forgejo)}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Two small packets and a delayed acknowledgement would take 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def act(self):
        fake = self.server.fake
        length = int(self.headers.get("content-length", 0))
        data = json.loads(self.rfile.read(length)) if length else None
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        with fake.lock:
            fault = fake.fault()
            fake.log.append((self.command, url.path, fault, headers))
            if fault not in BEFORE:
                query = parse_qs(url.query)
                whole = fake.answer(self.command, unquote(url.path), query, data, headers)
        if fault.startswith("lost"):
            self.close_connection = True
            return
        self.reply(*(REFUSALS[fault]() if fault else whole))

    def reply(self, status, document, headers):
        content = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_):
        """Say nothing."""

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = act  # noqa: N815 - the library's names


REFUSALS = {
    "429": lambda: (429, {"message": "Too Many Requests"}, {"Retry-After": "1"}),
    "502": lambda: (502, {"message": "Server Error"}, {}),
    "504": lambda: (504, {"message": "timed out"}, {}),
    "secondary": lambda: (
        403,
        {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."},
        {"Retry-After": "2"},
    ),
    "primary": lambda: (
        403,
        {"message": "API rate limit exceeded"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3000)},
    ),
    "forbidden": lambda: (
        403,
        {"message": "Resource not accessible by integration"},
        {"X-RateLimit-Remaining": "4999"},
    ),
    "moved": lambda: (301, {"message": "Moved"}, {"Location": "https://evil.example/"}),
    "500": lambda: (500, {}, {}),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serving(fake):
    """Let a fake answer on loopback."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.fake = fake
        fake.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()


def job(fake, event):
    """Return the environment of a job of the forge; `event` is the path of an event for Actions."""
    if fake.kind == "gitlab":
        return {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": fake.url,
            "CI_PROJECT_ID": "acme/fleet",
            "CI_MERGE_REQUEST_IID": "1",
            "CI_COMMIT_SHA": COMMIT,
            "CI_JOB_URL": "https://gitlab.example/acme/fleet/-/jobs/12",
            "GITLAB_TOKEN": TOKEN,
        }
    event.write_text(json.dumps({"pull_request": {"number": 1, "head": {"sha": COMMIT}}}))
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": fake.url,
        "GITHUB_SERVER_URL": "https://forge.example",
        "GITHUB_REPOSITORY": "acme/fleet",
        "GITHUB_RUN_ID": "34",
        "GITHUB_RUN_NUMBER": "12",
        "GITHUB_SHA": "f" * 40,
        "GITHUB_EVENT_PATH": str(event),
    }
    if fake.kind == "forgejo":
        return variables | {"FORGEJO_ACTIONS": "true", "FORGEJO_TOKEN": TOKEN}
    return variables | {"GITHUB_TOKEN": TOKEN}
