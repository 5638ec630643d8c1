"""The home of the demo: made once, resumed when interrupted, never mixed up with an installation of somebody else."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import msgspec

from tiexin.app.demo.contracts import GENERATION, Plan, Progress
from tiexin.app.demo.generate import generate
from tiexin.app.demo.loading import Loading
from tiexin.infra.settings import Settings
from tiexin.kernel.errors import ConflictError
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import RecordStats

DEMO_HOME = Path("~/.local/share/tiexin-demo")
DEFAULT_PLAN = Plan(customers=20_000, months=12, seed=1)
MARKER_FILE = "demo.json"
EVENTS_FILE = "events.jsonl"


class HomeForeignError(ConflictError):
    """The folder holds something that the demo did not make; nothing was changed."""

    code = "home_not_demo"


class DemoDiffersError(ConflictError):
    """The demo in this folder was made with other arguments; nothing was changed."""

    code = "demo_differs"


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in ``demo.json``: that this home is a demo, of which plan, and how far it has come."""

    plan: Plan
    generation: int = GENERATION
    events: int | None = None
    imported: int = 0
    ready: bool = False


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """A demo that can be looked at; ``appended`` is what this run added."""

    home: Path
    plan: Plan
    appended: int
    stats: RecordStats
    truth: Path


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller asked for; None takes what the demo in the folder has, or the default."""

    customers: int | None = None
    months: int | None = None
    seed: int | None = None

    def plan(self, given: Plan) -> Plan:
        """Return the plan asked for, gaps filled from ``given``."""
        asked = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not None}
        return msgspec.structs.replace(given, **asked)


def demo_settings(home: Path | None) -> Settings:
    """Return the settings of a demo home.

    The environment is left out on purpose: an installation's database and keys must never receive made-up customers.
    """
    return Settings(home=(home or DEMO_HOME).expanduser().absolute())


def prepare_demo(settings: Settings, wanted: Wanted, *, fresh: bool, progress: Progress) -> Demo:
    """Make the demo of a home complete: generate, import, close the lake. What is done already is not done again.

    Args:
        settings: of the demo home, see :func:`demo_settings`.
        wanted: size and seed asked for.
        fresh: move a demo made with other arguments aside (it is renamed, never deleted) and start anew.
        progress: told how far generating and importing have come.

    Raises:
        HomeForeignError: the folder holds something that is not a demo.
        DemoDiffersError: the demo there has another size or seed and ``fresh`` was not asked for.
    """
    home = settings.home
    marker = _marker_of(home)
    plan = wanted.plan(marker.plan if marker else DEFAULT_PLAN)
    if marker and (marker.plan != plan or fresh or (marker.generation != GENERATION and not marker.ready)):
        if not fresh:
            raise _differs(home, marker, plan)
        _move_aside(home)
        marker = None
    if marker is None:
        marker = Marker(plan=plan)
        _write_marker(home, marker)
    folder = home / "demo"
    appended = 0
    with open_record(settings) as record:
        if not marker.ready:
            if marker.events is None or not (folder / EVENTS_FILE).is_file():
                marker = msgspec.structs.replace(marker, events=generate(plan, folder, progress=progress).events)
                _write_marker(home, marker)
            marker, appended = _import(record, settings, marker, progress)
            _write_marker(home, msgspec.structs.replace(marker, ready=True))
        stats = record.stats()
    return Demo(home=home, plan=plan, appended=appended, stats=stats, truth=folder / "truth.json")


def _import(record: Record, settings: Settings, marker: Marker, progress: Progress) -> tuple[Marker, int]:
    """Append what is not there yet, and close the lake; the marker is written after each batch that stands."""
    appended, total = 0, marker.events or 0
    loading = Loading(record, settings)
    for count, receipt in loading.append(settings.home / "demo" / EVENTS_FILE, skip=marker.imported):
        appended += receipt.appended
        marker = msgspec.structs.replace(marker, imported=marker.imported + count)
        _write_marker(settings.home, marker)
        progress("import", marker.imported, total)
    loading.close_lake()
    return marker, appended


def _marker_of(home: Path) -> Marker | None:
    """Return the marker of a demo home, None where nothing is yet."""
    file = home / MARKER_FILE
    if file.is_file():
        try:
            return msgspec.json.decode(file.read_bytes(), type=Marker)
        except msgspec.MsgspecError as error:
            msg = f"{file} cannot be read as the marker of a demo: {error}. Nothing was changed; choose another --home."
            raise HomeForeignError(msg, home=str(home)) from error
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        msg = f"{home} holds something that the demo did not make. Nothing was changed; choose another --home."
        raise HomeForeignError(msg, home=str(home))
    return None


def _write_marker(home: Path, marker: Marker) -> None:
    home.mkdir(parents=True, exist_ok=True)
    new = home / (MARKER_FILE + ".new")
    with new.open("wb") as file:
        file.write(msgspec.json.encode(marker))
        file.flush()
        os.fsync(file.fileno())
    new.replace(home / MARKER_FILE)


def _move_aside(home: Path) -> None:
    for number in itertools.count(1):
        aside = home.with_name(f"{home.name}-before-{number}")
        if not aside.exists():
            home.rename(aside)
            return


def _differs(home: Path, marker: Marker, plan: Plan) -> DemoDiffersError:
    msg = (
        f"The demo in {home} was made with {_words(marker.plan)} (generation {marker.generation}); asked for were "
        f"{_words(plan)} (generation {GENERATION}). Nothing was changed. Give another --home, or --fresh to move the "
        "former demo aside and make a new one."
    )
    return DemoDiffersError(msg, home=str(home), made_with=msgspec.to_builtins(marker.plan))


def _words(plan: Plan) -> str:
    return f"{plan.customers} customers, {plan.months} months, seed {plan.seed}"
