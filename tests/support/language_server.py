"""Asks yaml-language-server, which editors run, for the problems that it underlines."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from typing import Any, Self

from tests.support.npm import server

_SECONDS = 120


def diagnostics(texts: Mapping[str, str], schema: Path) -> dict[str, list[str]]:
    """Return the problems of each text under a schema as `line: message`; lines count from 1.

    Skips the test where the server is missing.
    """
    with _Session(schema) as session:
        for name, text in texts.items():
            session.open(f"file:///{name}.yaml", text)
        answers: dict[str, list[str]] = {}
        while len(answers) < len(texts):
            uri, found = session.published()
            name = uri.removeprefix("file:///").removesuffix(".yaml")
            answers[name] = [
                f"{each['range']['start']['line'] + 1}: {each['message']}" for each in found
            ]
    return answers


class _Session:
    """The protocol over standard input and output, as far as diagnostics need it."""

    def __init__(self, schema: Path) -> None:
        command = server("yaml-language-server", "bin/yaml-language-server", "--stdio")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.watch = Timer(_SECONDS, self.process.kill)
        self.settings = {
            "schemas": {schema.resolve().as_uri(): ["*"]},
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
            if message.get("method") == "workspace/configuration":
                known = {"yaml": self.settings}
                answer = [known.get(each.get("section"), {}) for each in params["items"]]
                self.send(id=message["id"], result=answer)
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
