"""Runs Mermaid's own parser."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

_MODULES = Path(__file__).parents[2] / ".tools" / "node_modules"
_PARSE = """
const [modules] = process.argv.slice(1);
const { JSDOM } = await import(`${modules}/jsdom/lib/api.js`);
globalThis.window = new JSDOM("").window;
globalThis.document = window.document;
const { default: mermaid } = await import(`${modules}/mermaid/dist/mermaid.core.mjs`);
let text = "";
for await (const chunk of process.stdin) text += chunk;
await mermaid.parse(text);
const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
console.log(JSON.stringify({
  nodes: [...db.getVertices().values()].map(each => ({ label: each.text, classes: each.classes })),
  edges: db.getEdges().map(each => [each.start, each.end, each.stroke]),
  subgraphs: db.getSubGraphs().map(each => each.title),
}));
"""


def parsed(text: str) -> dict[str, list]:
    """Return nodes, edges and subgraphs of a flowchart; skip the test without the parser.

    In CI a missing parser fails the test where .ci/browser could have installed it.
    """
    if not (_MODULES / "mermaid").is_dir() or not (_MODULES / "jsdom").is_dir():
        reason = "mermaid and jsdom are not installed; run .ci/browser (needs npm)"
        if os.environ.get("CI") == "true" and shutil.which("npm"):
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", _PARSE, str(_MODULES)],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)
