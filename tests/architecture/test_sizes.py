"""No file over 400 lines, no function over 70: what does not fit in a head is split by subject."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
GENERATED = {"web/src/api/schema.d.ts"}


def files(*suffixes: str, below: str) -> list[Path]:
    return sorted(
        path
        for path in (REPOSITORY / below).rglob("*")
        if path.suffix in suffixes
        and path.relative_to(REPOSITORY).as_posix() not in GENERATED
        # Packages of others that tests run stand below tests/clients.
        and "node_modules" not in path.parts
    )


def long_functions(source: str, *, limit: int) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > limit:
                yield node.name, lines


@pytest.mark.parametrize("below", ["src", "tests", "benchmarks", "scripts", "web/src"])
def test_no_file_is_longer_than_400_lines(below: str) -> None:
    lengths = {
        path.relative_to(REPOSITORY).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in files(".py", ".ts", ".tsx", ".css", below=below)
    }
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


@pytest.mark.parametrize("below", ["src", "tests", "benchmarks", "scripts"])
def test_no_function_is_longer_than_70_lines(below: str) -> None:
    found = {
        f"{path.relative_to(REPOSITORY)}:{name}": lines
        for path in files(".py", below=below)
        for name, lines in long_functions(path.read_text("utf-8"), limit=FUNCTION_LINES_MAX)
    }
    assert found == {}


def test_the_console_counts_the_lines_of_its_functions_too() -> None:
    config = json.loads((REPOSITORY / "web/biome.json").read_text("utf-8"))
    rule = config["linter"]["rules"]["complexity"]["noExcessiveLinesPerFunction"]
    assert rule["level"] == "error"
    assert rule["options"]["maxLines"] == FUNCTION_LINES_MAX


def test_the_measure_counts_from_def_to_the_last_line() -> None:
    source = "def short():\n    return 1\n\nclass A:\n    async def long(self):\n        x = 1\n        return x\n"
    assert list(long_functions(source, limit=2)) == [("long", 3)]
    assert list(long_functions(source, limit=3)) == []
