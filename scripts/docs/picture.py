"""The picture of a report: a terminal window with what `kure-hooks check` prints in colour."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
_SHOP = "clusters/production-eu/apps/shop"
_EDITS = (
    ("memory: 128Mi", "memory: 1Gi"),
    ("    spec:\n", "    spec:\n      hostNetwork: true\n"),
)

# A window with a background of its own is readable on light and on dark pages alike.
_BACKGROUND, _BAR, _TEXT = "#0d1117", "#21262d", "#e6edf3"
_COLORS = {31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 35: "#d2a8ff", 36: "#79c0ff"}
_ATTRIBUTES = {
    1: ' font-weight="bold"',
    2: ' fill="#9198a1"',
    **{code: f' fill="{color}"' for code, color in _COLORS.items()},
}
_COLUMN, _LINE, _SIZE, _MARGIN, _TOP = 8.43, 20, 14, 20, 64
_CODES = re.compile(r"\x1b\[([0-9;]*)m")


def picture() -> str:
    """Return the picture as SVG: the same bytes for the same report."""
    lines = ["$ kure-hooks check", *report().splitlines()]
    columns = max(len(_CODES.sub("", line)) for line in lines)
    width = round(2 * _MARGIN + columns * _COLUMN)
    height = _TOP + _LINE * (len(lines) - 1) + _MARGIN
    texts = "\n".join(_line(number, line) for number, line in enumerate(lines))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" \
height="{height}" role="img" aria-labelledby="title">
<title id="title">A report of kure-hooks check in a terminal</title>
<rect width="{width}" height="{height}" rx="8" fill="{_BACKGROUND}"/>
<path d="M0 8a8 8 0 0 1 8-8h{width - 16}a8 8 0 0 1 8 8v28h-{width}z" fill="{_BAR}"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/>
<circle cx="40" cy="18" r="6" fill="#febc2e"/>
<circle cx="60" cy="18" r="6" fill="#28c840"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" \
font-size="{_SIZE}" fill="{_TEXT}" xml:space="preserve">
{texts}
</g>
</svg>
"""


def report() -> str:
    """Return a report in colour: examples/fleet after somebody edited a file and removed one."""
    with TemporaryDirectory() as directory:
        fleet = Path(directory) / "fleet"
        shutil.copytree(ROOT / "examples/fleet", fleet)
        for command in (
            ("init", "--quiet"),
            ("add", "--all"),
            ("commit", "--quiet", "--message", "x"),
        ):
            subprocess.run(["git", *command], cwd=fleet, env=_environment(), check=True)
        deployment = fleet / _SHOP / "shop-deployment-storefront.yaml"
        text = deployment.read_text(encoding="utf-8")
        for old, new in _EDITS:
            text = text.replace(old, new)
        deployment.write_text(text, encoding="utf-8")
        (fleet / _SHOP / "shop-service-catalog.yaml").unlink()
        command = [sys.executable, "-m", "kure_hooks", "check", "--color", "always"]
        done = subprocess.run(
            command, cwd=fleet, env=_environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 1:
            raise RuntimeError(done.stderr)
        return done.stdout


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Nobody"), ("EMAIL", "nobody@example.com"))
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(ROOT)}
    return {**kept, **who, **alone}


def _line(number: int, line: str) -> str:
    spans = "".join(_spans(line))
    return f'<text x="{_MARGIN}" y="{_TOP + _LINE * number}">{spans}</text>'


def _spans(line: str) -> Iterator[str]:
    """Yield the parts of a line between its codes for colours, each in its colour."""
    style = ""
    for index, part in enumerate(_CODES.split(line)):
        if index % 2:
            style = _style(style, part)
        elif part:
            # A no-break space keeps its width in viewers that fold white space.
            text = escape(part).replace(" ", "\u00a0")
            yield f"<tspan{style}>{text}</tspan>" if style else text


def _style(style: str, codes: str) -> str:
    """Return the attributes of text after codes such as `1;31`."""
    for code in map(int, filter(None, codes.split(";"))):
        if code == 0:
            style = ""
        else:
            style += _ATTRIBUTES.get(code, "")
    return style if codes else ""
