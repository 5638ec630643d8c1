"""Generates an institution: all customers one after another, then all events in order of time, then the truth."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tiexin.app.demo.changes import load_changes
from tiexin.app.demo.complaints.leaving import Leaving, leaving_truth
from tiexin.app.demo.contracts import GENERATION, FileFormat, Generated, Plan, Progress
from tiexin.app.demo.hours import Period
from tiexin.app.demo.institution import Institution
from tiexin.app.demo.ledger import Ledger
from tiexin.app.demo.output import open_writer
from tiexin.app.demo.parts import Opens, Part, Tells, parts_of
from tiexin.app.demo.people.people import People
from tiexin.app.demo.profile import load_phrases, load_profile
from tiexin.app.demo.reference import FOLDER, write_reference
from tiexin.app.demo.service.staff import Staff
from tiexin.app.demo.spool import Rows, Spool
from tiexin.app.demo.streams import Streams
from tiexin.app.demo.tally import Tally
from tiexin.app.demo.truth import DEFINITIONS, ROW_SECTIONS, bottlenecks, figures, journeys, write_truth
from tiexin.app.demo.world import World

TRUTH_FILE = "truth.json"


def generate(
    plan: Plan,
    out: Path,
    *,
    file_format: FileFormat = FileFormat.JSONL,
    progress: Progress = lambda _what, _done, _total: None,
) -> Generated:
    """Write the events of a plan and their truth into a folder; files appear only when they are whole.

    Raises:
        ProfileUnknownError: there is no profile of that name.
        OSError: the folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=".generating-", dir=out))
    rows = Rows(work)
    try:
        spool, tally = Spool(work), Tally()
        world = _world(plan, spool, tally, rows)
        parts = parts_of(world)
        _live(plan, world, parts, progress)
        events = tally.types.total()
        whole = work / f"events.{file_format}"
        done = 0
        with open_writer(whole, file_format) as writer:
            for lines in spool.days():
                writer.write(lines)
                done += len(lines)
                progress("write", done, events)
        truth = work / TRUTH_FILE
        write_truth(truth, _truth(plan, world, parts), rows)
        tables = write_reference(world, work)
        (out / FOLDER).mkdir(exist_ok=True)
        reference = [table.replace(out / FOLDER / table.name) for table in tables]
        files = [whole.replace(out / whole.name)]
        truth = truth.replace(out / TRUTH_FILE)
        return Generated(events=events, people=tally.subjects, files=files, truth=truth, reference=reference)
    finally:
        rows.close()
        shutil.rmtree(work, ignore_errors=True)


def _world(plan: Plan, spool: Spool, tally: Tally, rows: Rows) -> World:
    profile = load_profile(plan.profile)
    period = Period(profile, months=plan.months, season=load_changes(plan.profile).season)
    return World(
        profile=profile,
        phrases=load_phrases(plan.profile),
        period=period,
        institution=Institution(profile, period),
        streams=Streams(plan.seed),
        ledger=Ledger(period, spool, tally, source=plan.source),
        rows=rows,
        customers=plan.customers,
    )


def _live(plan: Plan, world: World, parts: list[Part], progress: Progress) -> None:
    """Write the organisation, then every customer's life."""
    for event in world.institution.events():
        world.write("org", event.at, event.type, event.data, org=event.data["unit"], channel="system")
    for at, data in world.changes.events():
        world.write("org", at, "org.improvement_introduced.v1", data, channel="system")
    for part in parts:
        if isinstance(part, Opens):
            part.open()
    world.settle()
    people = People(world.profile, world.phrases, world.institution, world.streams)
    lives = [part.live for part in parts]
    leaving = Leaving(world)
    step = max(plan.customers // 200, 1)
    for number in range(1, plan.customers + 1):
        person = people.person(number)
        world.begin(person)
        for live in lives:
            live(person)
        leaves_at = leaving.when(person)
        if leaves_at is not None and leaves_at > world.stays_until:
            world.begin(person, until=leaves_at)
            for live in lives:
                live(person)
            leaving.leave(person, leaves_at)
        world.settle()
        if number % step == 0:
            progress("live", number, plan.customers)


def _truth(plan: Plan, world: World, parts: list[Part]) -> dict[str, Any]:
    profile, tally, period = world.profile, world.tally, world.period
    planted = {name: journey.bottleneck for name, journey in profile.journeys.items()}
    ping_pong = {name: journey.ping_pong for name, journey in profile.journeys.items()}
    sections: dict[str, Any] = {
        "generation": GENERATION,
        "plan": plan,
        "source": plan.source,
        "period": {
            "start": world.ledger.iso(period.start),
            "end": world.ledger.iso(period.end),
            "utc_offset_hours": profile.utc_offset_hours,
        },
        "events": tally.types.total(),
        "events_by_type": dict(sorted(tally.types.items())),
        "events_with_personal_content": tally.personal,
        "subjects": tally.subjects,
        "bottlenecks": bottlenecks(tally, planted),
        "journeys": journeys(tally, planted, ping_pong),
        "branches": {
            "slow": [{"unit": u.unit, "factor": u.slow_factor} for u in world.org.units if u.slow_factor > 1],
            "better": [{"unit": u.unit, "factor": u.slow_factor} for u in world.org.units if u.slow_factor < 1],
            "changes": [
                {"kind": c.kind, "unit": c.unit, "into": c.into or None, "valid_from": period.day_at(c.at).isoformat()}
                for _, c in world.institution.changes
            ],
            "staff": Staff(profile, world.institution, world.streams).truth(),
        },
        "figures": figures(tally),
        **world.changes.truth([unit.unit for unit in world.org.units if unit.level == "branch"]),
    }
    sections |= leaving_truth(world)
    for part in parts:
        if isinstance(part, Tells):
            sections |= part.truth()
    spooled = {section: None for section in (*ROW_SECTIONS, *world.rows.counts) if section not in sections}
    return sections | spooled | {"definitions": DEFINITIONS}
