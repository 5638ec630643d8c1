"""Pages are programs: their ``sh`` blocks are run in order, each ``text`` block is what the one before prints.

In the text, … stands for whatever differs from run to run. Lines of tables count for nothing, their content does.
Blocks that set up a machine (``bash``) are not run.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BOX = re.compile(r"[\u2500-\u257f]")
COMMAND_SECONDS_MAX = 120
WRITTEN_PORT = "8765"


class Step(msgspec.Struct, frozen=True):
    """One block of commands, and what they print if the page says so."""

    commands: str
    expected: str | None


def steps(page: str) -> Iterator[Step]:
    blocks = [(found[1], found[2]) for found in BLOCK.finditer(page)]
    for (language, text), (following, output) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if language == "sh":
            yield Step(text, output if following == "text" else None)


def words(text: str) -> str:
    return " ".join(BOX.sub(" ", text).split())


def prints(output: str, expected: str) -> bool:
    parts = [re.escape(words(part)) for part in expected.split("…")]
    return re.fullmatch(r".*?".join(parts), words(output), re.DOTALL) is not None


class Terminal:
    """Runs blocks one after another as a reader would, in a home and a folder of their own."""

    def __init__(self, home: Path) -> None:
        self._place = home / ".place"
        self._place.write_text(str(home))
        self._port = WRITTEN_PORT
        self._server: subprocess.Popen[str] | None = None
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIEXIN_", "XDG_"))}
        path = f"{Path(sys.executable).parent}:{kept['PATH']}"
        self._environment = kept | {"HOME": str(home), "PATH": path, "COLUMNS": "200", "NO_COLOR": "1"}

    def run(self, commands: str) -> str:
        """Run a block and return what it prints; ``cd`` holds for the next one."""
        done = subprocess.run(
            ["bash", "-eu", "-c", f"{commands.replace(WRITTEN_PORT, self._port)}\npwd > {self._place}"],
            cwd=self._place.read_text().strip(),
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS_MAX,
        )
        assert done.returncode == 0, f"{commands}\nended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def serve(self, commands: str) -> None:
        """Start the server of a block on a free port and go on when it listens."""
        self._server = subprocess.Popen(
            ["bash", "-eu", "-c", f"exec {commands.strip()} --port 0"],
            cwd=self._place.read_text().strip(),
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._server.stderr is not None
        said = self._server.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert found, said
        self._port = found[1]

    def close(self) -> None:
        """Stop the server with what Ctrl+C sends; it must end by itself."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            _, rest = self._server.communicate(timeout=COMMAND_SECONDS_MAX)
            assert self._server.returncode == 0, rest


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    try:
        yield terminal
    finally:
        terminal.close()


def follow(page: Path, terminal: Terminal) -> int:
    """Run every step of a page; return how many outputs were compared."""
    compared = 0
    for step in steps(page.read_text("utf-8")):
        if step.commands.startswith("tiexin serve"):
            terminal.serve(step.commands)
            continue
        output = terminal.run(step.commands)
        if step.expected is not None:
            assert prints(output, step.expected), f"{step.commands}\nprints\n{output}\nnot\n{step.expected}"
            compared += 1
    return compared


@pytest.mark.parametrize(("language", "example"), [("en", "hotline"), ("zh", "rexian")])
def test_the_tutorial_does_what_it_says(language: str, example: str, terminal: Terminal, tmp_path: Path) -> None:
    assert follow(DOCS / f"tutorial.{language}.md", terminal) == 7
    assert (tmp_path / example / "report.html").stat().st_size > 10_000
    assert (tmp_path / example / f"{example}.csv").read_bytes() == (DOCS / f"examples/{example}.csv").read_bytes()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_examples_of_the_http_interface_do_what_they_say(language: str, terminal: Terminal) -> None:
    terminal.serve("tiexin serve")
    assert follow(DOCS / f"guide/http-api.{language}.md", terminal) == 6


@pytest.mark.parametrize(
    ("output", "expected", "same"),
    [
        ("12 rows in 0.1 s: 11 appended\n", "12 rows in …: 11 appended\n", True),
        ("┃ a ┃ 1 ┃\n", "│ a  │ 1 │\n", True),
        ("12 rows in 0.1 s: 10 appended\n", "12 rows in …: 11 appended\n", False),
        ("a 1\nb 2\n", "a 1\n", False),
        ("a 1\nb 2\nc 3\n", "a 1\n…\nc 3\n", True),
    ],
)
def test_outputs_are_compared_word_by_word(*, output: str, expected: str, same: bool) -> None:
    assert prints(output, expected) is same


@pytest.mark.parametrize("subject", ["tutorial", "guide/http-api", "guide/install", "guide/postgresql"])
def test_both_languages_take_the_same_steps(subject: str) -> None:
    taken = []
    for language in ("en", "zh"):
        page = (DOCS / f"{subject}.{language}.md").read_text("utf-8")
        taken.append([re.findall(r"^(?:tiexin \w+|curl)", step.commands, re.MULTILINE) for step in steps(page)])
    assert taken[0] == taken[1]
