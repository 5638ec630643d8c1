from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from typer.testing import CliRunner

from tiexin.infra.terminal import Invocation, JsonFlag, emit_json, guarded, invocation
from tiexin.kernel.errors import NotFoundError

ROOT = typer.Typer()
PART = typer.Typer()
ROOT.add_typer(PART, name="part")


@ROOT.callback()
def choose(context: typer.Context, home: Annotated[Path | None, typer.Option()] = None) -> None:
    context.obj = Invocation(home=home)


@PART.command()
@guarded
def where(*, as_json: JsonFlag = False) -> None:
    emit_json({"home": str(invocation().settings().home), "json": as_json})


@PART.command()
@guarded
def lose() -> None:
    msg = "There is no case 17."
    raise NotFoundError(msg, case="17")


def test_a_nested_command_sees_the_home_of_the_root(tmp_path: Path) -> None:
    done = CliRunner().invoke(ROOT, ["--home", str(tmp_path), "part", "where", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"home": str(tmp_path), "json": True}


def test_a_deliberate_error_becomes_a_problem_on_stderr_and_exit_code_1() -> None:
    done = CliRunner().invoke(ROOT, ["part", "lose"])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert json.loads(done.stderr) == {
        "type": "urn:tiexin:problem:not_found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "There is no case 17.",
        "case": "17",
    }


def test_outside_of_a_command_line_the_defaults_hold() -> None:
    assert invocation() == Invocation(home=None)
