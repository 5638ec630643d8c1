"""``tiexin generate`` and ``tiexin demo``."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tiexin.app.demo.contracts import FileFormat, Plan, Progress
from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation
from tiexin.kernel.text import Text

if TYPE_CHECKING:
    from tiexin.app.demo.home import Demo
    from tiexin.app.demo.users import NewUser
    from tiexin.infra.settings import Settings

STAGES: Final = {
    "live": Text("客户经历一段时间", "customers live"),
    "write": Text("按时间写出事件", "events in order"),
    "live_send": Text("实时送达服务器", "live to the server"),
    "import": Text("写入服务记录", "into the record"),
}

DEMO_ORIGIN: Final = "demo.tiexin.example/service-record"

Customers = Annotated[int, typer.Option(help="How many customers the institution has.")]
Months = Annotated[int, typer.Option(help="How many months of contacts, from the profile's first day.")]
Seed = Annotated[int, typer.Option(help="Same seed and size: same bytes.")]


@guarded
def generate_command(
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write events and truth.json to.", file_okay=False)
    ] = None,
    customers: Customers = 3_000,
    months: Months = 12,
    seed: Seed = 1,
    file_format: Annotated[FileFormat, typer.Option("--format", help="How events are written.")] = FileFormat.JSONL,
    profile: Annotated[str, typer.Option(help="The institution to make up.")] = "bank",
    live: Annotated[bool, typer.Option("--live", help="Also send them to a server (--to), faster than life.")] = False,
    to: Annotated[str | None, typer.Option("--to", help="Server to send to, as http://127.0.0.1:8765.")] = None,
    speed: Annotated[float, typer.Option(help="How many times faster than life; 3600 is an hour a second.")] = 3_600,
    as_json: JsonFlag = False,
) -> None:
    """Make up the contacts of an institution, with a file that tells the truth about them.

    Read them with: tiexin import DIR/events.jsonl --as cloudevents. With --live they are sent to a server in order of
    time; run it again after an interruption and it goes on. A server that asks for a key gets the one in the
    environment variable TIEXIN_API_KEY.
    """
    from tiexin.app.demo.generate import generate

    plan = Plan(customers=customers, months=months, seed=seed, profile=profile)
    if live:
        _stream(plan, out, to=to, speed=speed, as_json=as_json)
        return
    if to is not None or out is None:
        msg = "Name a folder with --out; --to goes with --live."
        raise typer.BadParameter(msg)
    started = time.perf_counter()
    with _bars() as progress:
        done = generate(plan, out, file_format=file_format, progress=progress)
    seconds = round(time.perf_counter() - started, 3)
    files, truth = [str(file) for file in done.files], str(done.truth)
    if as_json:
        emit_json({"events": done.events, "people": done.people, "seconds": seconds, "files": files, "truth": truth})
        return
    said = console()
    said.print(f"{done.events:,} events about {done.people:,} people in {seconds:.1f} s", highlight=False)
    for file in [*files, truth]:
        said.print(file, highlight=False, soft_wrap=True)


def _stream(plan: Plan, out: Path | None, *, to: str | None, speed: float, as_json: bool) -> None:
    """Generate into a folder (a temporary one unless named) and send everything to a server."""
    from tempfile import TemporaryDirectory

    from tiexin.app.demo.generate import generate
    from tiexin.app.demo.live import Live, live_client

    if to is None:
        msg = "--live needs --to, the server to send to."
        raise typer.BadParameter(msg)
    with live_client(to, key=os.environ.get("TIEXIN_API_KEY")) as client, TemporaryDirectory() as temporary:
        sender = Live(client, speed=speed)
        started = time.perf_counter()
        with _bars() as progress:
            done = generate(plan, out or Path(temporary), progress=progress)
            sent = sender.stream(done.files[0], total=done.events, progress=progress)
    seconds = round(time.perf_counter() - started, 3)
    if as_json:
        emit_json({"events": sent.events, "people": done.people, "seconds": seconds, "appended": sent.appended})
        return
    console().print(
        f"{sent.events:,} events sent to {to}, {sent.appended:,} of them new there, in {seconds:.1f} s",
        highlight=False,
        soft_wrap=True,
    )


@guarded
def demo_command(
    *,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes any free one.")] = 8765,
    customers: Annotated[int | None, typer.Option(help="How many customers (a new demo has 20,000).")] = None,
    months: Annotated[int | None, typer.Option(help="How many months (a new demo has 12).")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the made-up bank (a new demo has 1).")] = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the page when all is there.")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="Move a former demo aside and make a new one.")] = False,
    with_users: Annotated[
        bool, typer.Option("--with-users", help="Add a user of each working role and show their one-time passwords.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Generate a small bank, import it into a home of its own, and open its picture.

    The home is ~/.local/share/tiexin-demo unless --home names another. Running it again adds nothing.
    """
    from tiexin.app.demo.home import Wanted, demo_settings, prepare_demo
    from tiexin.app.demo.users import add_users

    settings = demo_settings(invocation().home)
    wanted = Wanted(customers=customers, months=months, seed=seed)
    started = time.perf_counter()
    with _bars() as progress:
        demo = prepare_demo(settings, wanted, fresh=fresh, progress=progress)
    begin_log(settings)
    seconds = round(time.perf_counter() - started, 3)
    users = add_users(settings, profile=demo.plan.profile) if with_users else []
    if as_json:
        emit_json(
            {
                "users": users,
                "home": str(demo.home),
                "events": demo.stats.events,
                "appended": demo.appended,
                "subjects": demo.stats.subjects,
                "seconds": seconds,
                "truth": str(demo.truth),
            }
        )
    else:
        _say_made(demo, seconds)
        _say_users(users)
    if serve:
        from tiexin.app.serve import serve as serve_home

        serve_home(settings, "127.0.0.1", port, ready=_say_address)


def begin_log(settings: Settings) -> None:
    """Give the demo a verifiable log, so that it shows one; the server fills it in the background."""
    from tiexin.trust.api import TrustKeys

    keys = TrustKeys(settings)
    if not keys.initialised:
        keys.create(DEMO_ORIGIN)


def _say_made(demo: Demo, seconds: float) -> None:
    said, stats, plan = console(), demo.stats, demo.plan
    how = f"{seconds:.1f} s"
    said.print(
        f"演示银行：{plan.customers:,} 位客户，{plan.months} 个月，{stats.events:,} 次接触，"
        f"本次新增 {demo.appended:,}，{how}\n"
        f"A made-up bank: {plan.customers:,} customers, {plan.months} months, {stats.events:,} contacts, "
        f"{demo.appended:,} of them new, {how}",
        highlight=False,
        soft_wrap=True,
    )
    said.print(f"数据目录 · home: {demo.home}\n真实答案 · truth: {demo.truth}", highlight=False, soft_wrap=True)


def _say_users(users: list[NewUser]) -> None:
    if not users:
        return
    said = console()
    said.print("\n可以登录的人（密码只能用一次，登录后请更换）", highlight=False)
    said.print("Who may sign in (each password works once):", highlight=False)
    for user in users:
        said.print(f"  {user.name:<10}{user.password}  {user.unit or ''}", highlight=False, markup=False)


def _say_address(url: str) -> None:
    text = (
        f"\n请在浏览器打开  {url}/\n"
        "  第一次用管理员账号 admin 登录，一次性密码见本窗口；忘了可以重设：\n"
        "  tiexin --home 数据目录 users reset admin\n"
        "  先看“总览”，再看“客户旅程”和“与真相对照”。其他电脑不能访问。接口说明：/docs。按 Ctrl+C 停止。\n"
        f"Open in your browser  {url}/\n"
        "  Sign in as admin with the one-time password shown in this window; should it be lost:\n"
        "  tiexin --home HOME users reset admin. Look at Overview first, then at Journeys and at Found and planted.\n"
        "  No other machine can reach it. API: /docs. Stop with Ctrl+C.\n"
    )
    sys.stderr.write(text)
    sys.stderr.flush()


@contextmanager
def _bars() -> Iterator[Progress]:
    """Yield a progress function that draws one bar a stage on stderr."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console(stderr=True), transient=True) as bars:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                label = STAGES[stage]
                tasks[stage] = bars.add_task(f"{label.zh} · {label.en}", total=total)
            bars.update(tasks[stage], completed=done)

        yield tell
