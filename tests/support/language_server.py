"""Asks yaml-language-server, which editors run, for the problems that it underlines."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from typing import Any, Self

from tests.support.npm import server

_SECONDS = 120


def diagnostics(
    texts: Mapping[str, str], schema: Path | None, *, columns: bool = False
) -> dict[str, list[str]]:
    """Return the problems of each text under a schema as `line: message`; lines count from 1.

    With `columns` these are `line:column: message`. Skips the test where the server is missing.
    """
    with Session(schema) as session:
        for name, text in texts.items():
            session.open(f"file:///{name}.yaml", text)
        answers: dict[str, list[str]] = {}
        while len(answers) < len(texts):
            uri, found = session.published()
            name = uri.removeprefix("file:///").removesuffix(".yaml")
            answers[name] = [_told(each, columns=columns) for each in found]
    return answers


def _told(problem: Mapping[str, Any], *, columns: bool) -> str:
    start = problem["range"]["start"]
    column = f":{start['character'] + 1}" if columns else ""
    return f"{start['line'] + 1}{column}: {problem['message']}"


class Session:
    """The protocol over standard input and output, as far as the tests need it.

    A file is valid under `schema`; without one, under that which its first line names. The server
    gets no network.
    """

    def __init__(self, schema: Path | None = None) -> None:
        command = server("yaml-language-server", "bin/yaml-language-server", "--stdio")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9"),
        )
        self.watch = Timer(_SECONDS, self.process.kill)
        self.questions = 1
        self.settings = {
            "schemas": {schema.resolve().as_uri(): ["*"]} if schema else {},
            "hover": True,
            "completion": True,
            "schemaStore": {"enable": False},
            "validate": True,
        }

    def __enter__(self) -> Self:
        self.watch.start()
        capabilities = {"workspace": {"configuration": True}}
        self.send(
            id=1, method="initialize", params={"processId": None, "capabilities": capabilities}
        )
        while self.receive().get("id") != 1:
            pass
        self.send(method="initialized", params={})
        settings = {"settings": {"yaml": self.settings}}
        self.send(method="workspace/didChangeConfiguration", params=settings)
        return self

    def __exit__(self, *_: object) -> None:
        self.watch.cancel()
        self.process.kill()
        self.process.communicate()

    def hover(self, uri: str, line: int, column: int) -> str:
        """Return the Markdown that is shown for a place of an open file; both count from 1."""
        answer = self.ask("textDocument/hover", uri, line, column)
        return str(answer["contents"]["value"]) if answer else ""

    def completion(self, uri: str, line: int, column: int) -> list[dict[str, Any]]:
        """Return what is offered at a place of an open file."""
        answer = self.ask("textDocument/completion", uri, line, column)
        return list(answer["items"] if isinstance(answer, dict) else answer or ())

    def ask(self, method: str, uri: str, line: int, column: int) -> Any:
        self.questions += 1
        place = {"line": line - 1, "character": column - 1}
        params = {"textDocument": {"uri": uri}, "position": place}
        self.send(id=self.questions, method=method, params=params)
        while True:
            message = self.receive()
            if message.get("id") == self.questions and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]
            self.answer(message)

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})

    def published(self) -> tuple[str, list[Any]]:
        """Answer the server's questions until it tells the problems of a document."""
        while True:
            message = self.receive()
            params = message.get("params")
            if message.get("method") == "textDocument/publishDiagnostics":
                return params["uri"], params["diagnostics"]
            self.answer(message)

    def answer(self, message: Mapping[str, Any]) -> None:
        """Answer a question of the server; anything else is none."""
        if message.get("method") == "workspace/configuration":
            known = {"yaml": self.settings}
            sections = [each.get("section") for each in message["params"]["items"]]
            self.send(id=message["id"], result=[known.get(each, {}) for each in sections])
        elif "method" in message and "id" in message:
            self.send(id=message["id"], result=None)

    def send(self, **message: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def receive(self) -> Any:
        size = 0
        while header := self.process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        assert size, "yaml-language-server ended, or took too long"
        return json.loads(self.process.stdout.read(size))
