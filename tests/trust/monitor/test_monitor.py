"""What a monitor says of logs that are in order and of logs that are not, and what it remembers of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.trust.logs import ORIGIN, SignedLog
from tests.trust.programs import free_port, run, running_witness, serving_folder, tiexin
from tests.trust.witness.requests import body
from tiexin.kernel.clock import SECOND_US, FixedClock
from tiexin.trust.monitor.memory import FOLDER, Memory, MonitorMemoryError
from tiexin.trust.monitor.watch import AGAIN_ENTRIES, Monitor, Report
from tiexin.trust.rules.note import encoded, parse_signatures
from tiexin.trust.rules.policy import Policy, PolicyGroup, PolicyWitness
from tiexin.trust.witness.opening import begin_witness, opened_witness


class Watched:
    """A log, the folder where it is published, and monitors that share one memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.published = folder / "published"
        self.home = folder / "home"
        self.clock = FixedClock(1_800_000_000 * SECOND_US)
        self.log = SignedLog(folder / "log")

    def look(self, place: Path | str | None = None, **options: object) -> Report:
        """Look at the published log, or at another place."""
        where = str(place or self.published)
        return Monitor(where, home=self.home, vkeys=[self.log.vkey], clock=self.clock, **options).look()  # type: ignore[arg-type]

    def memory(self) -> bytes:
        """Return what is remembered of the log."""
        (file,) = (self.home / FOLDER).glob("*[0-9a-f].json")
        return file.read_bytes()

    def alarmed(self, place: Path | str | None = None, **options: object) -> list[tuple[str, str]]:
        """Return the alarms of a look that must raise some, having made sure that it is not remembered."""
        before = self.memory()
        report = self.look(place, **options)
        assert not report.ok
        assert report.why.startswith(report.alarms[0].why)
        assert self.memory() == before
        return [(alarm.kind, alarm.why) for alarm in report.alarms]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A log of 300 entries that was looked at once."""
    made = Watched(tmp_path)
    made.log.grow(300)
    made.log.publish(made.published)
    assert made.look().ok
    yield made
    made.log.close()


def test_a_growing_log_is_in_order(watched: Watched) -> None:
    watched.log.grow(600)
    watched.log.publish(watched.published)
    report = watched.look()
    assert (report.ok, report.origin, report.size, report.alarms) == (True, ORIGIN, 600, [])
    assert report.root == encoded(watched.log.log.root(600))
    assert report.previous == {"size": 300, "root": encoded(watched.log.log.root(300))}
    assert (report.entries, report.tiles) == (600, 6)


def test_a_log_behind_an_address_is_followed(watched: Watched) -> None:
    with serving_folder(watched.published) as url:
        assert watched.look(url).ok
        watched.log.grow(512)
        watched.log.publish(watched.published)
        assert watched.look(f"{url}/").size == 512
    with serving_folder(watched.folder) as server:
        # Of a Tiexin server its own address is enough: its log stands below /log.
        watched.published.rename(watched.folder / "log2")
        (watched.folder / "log").rename(watched.folder / "files")
        (watched.folder / "log2").rename(watched.folder / "log")
        assert watched.look(server).ok


def test_an_empty_log_is_in_order(tmp_path: Path) -> None:
    empty = Watched(tmp_path)
    empty.log.publish(empty.published)
    assert (empty.look().ok, empty.look().size) == (True, 0)
    empty.log.grow(3)
    empty.log.publish(empty.published)
    assert (empty.look().ok, empty.look().size) == (True, 3)
    empty.log.close()


def test_a_log_that_goes_back_is_told(watched: Watched) -> None:
    watched.log.publish(watched.published, 299)
    assert watched.alarmed() == [("rewind", "The log went back: it had 300 entries, and shows 299 now.")]
    watched.log.publish(watched.published, 300)
    assert watched.look().ok


def test_forks_are_told_with_their_evidence(watched: Watched) -> None:
    forked = watched.log.fork(watched.folder / "fork", 200)
    forked.grow(400, "other")
    same = forked.publish(watched.folder / "same", 300)
    assert watched.alarmed(same) == [("fork", "The log has signed two different trees of 300 entries.")]
    larger = forked.publish(watched.folder / "larger")
    assert watched.alarmed(larger) == [
        ("fork", "The tree of 400 entries does not continue the one of 300 that was seen.")
    ]
    (file,) = (watched.home / FOLDER).glob("*.alarms.jsonl")
    kept = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert [each["note"].encode() for each in kept] == [forked.note(300), forked.note(400)]
    assert [each["before"].encode() for each in kept] == [watched.log.note(300)] * 2
    assert [each["alarms"][0]["kind"] for each in kept] == ["fork", "fork"]
    forked.close()
    watched.log.grow(400)
    assert watched.look(watched.log.publish(watched.published)).ok


def test_one_altered_entry_is_named(watched: Watched) -> None:
    file = watched.published / "tile/entries/000"
    right = file.read_bytes()
    file.write_bytes(right.replace(b"..77", b"..78"))
    report = watched.look()
    assert [(alarm.kind, alarm.path, alarm.index) for alarm in report.alarms] == [
        ("tile_mismatch", "tile/entries/000", 77)
    ]
    assert watched.alarmed() == [("tile_mismatch", "tile/entries/000 holds another entry 77 than the signed tree.")]


def test_missing_and_altered_tiles_are_told(watched: Watched) -> None:
    edge = watched.published / "tile/0/001.p/44"
    right = edge.read_bytes()
    edge.unlink()
    assert watched.alarmed() == [("tile_mismatch", "tile/0/001.p/44 is missing.")]
    edge.write_bytes(right[:-1] + b"x")
    paths = "tile/0/001.p/44, tile/1/000.p/1"
    assert watched.alarmed() == [("tile_mismatch", f"{paths} together do not give the root of the signed checkpoint.")]


def test_signatures_that_do_not_hold_are_told(watched: Watched) -> None:
    checkpoint = watched.published / "checkpoint"
    right = checkpoint.read_bytes()
    checkpoint.write_bytes(right.replace(b"\n300\n", b"\n301\n"))
    ((kind, why),) = watched.alarmed()
    assert (kind, why) == (
        "bad_signature",
        f"The signature of {ORIGIN} does not verify: the text was altered, or another key signed.",
    )
    impostor = SignedLog(watched.folder / "impostor")
    impostor.grow(300)
    checkpoint.write_bytes(impostor.note())
    assert watched.alarmed()[0][0] == "bad_signature"
    checkpoint.write_bytes(b"nothing")
    assert watched.alarmed()[0][0] == "bad_signature"
    impostor.close()


def test_a_log_that_does_not_answer_is_told(watched: Watched) -> None:
    assert watched.alarmed(f"http://127.0.0.1:{free_port()}")[0][0] == "unreachable"
    assert watched.alarmed(watched.folder / "nowhere")[0][0] == "unreachable"
    with serving_folder(watched.home) as url:
        assert watched.alarmed(url)[0][0] == "unreachable"


def test_a_log_that_stands_still_is_told_after_a_while(watched: Watched) -> None:
    watched.clock.advance(microseconds=3_600 * SECOND_US)
    assert watched.look(stall_seconds=3_600).ok
    watched.clock.advance(microseconds=1)
    report = watched.look(stall_seconds=3_600)
    assert [(alarm.kind, alarm.why) for alarm in report.alarms] == [
        ("stall", "The log has stood still at 300 entries for 3600 seconds.")
    ]
    assert watched.look().ok
    watched.log.grow(301)
    watched.log.publish(watched.published)
    assert watched.look(stall_seconds=0).ok


def test_too_few_cosignatures_are_told(watched: Watched) -> None:
    vkeys = [begin_witness(watched.folder / name, name=f"{name}.example")[0] for name in ("w0", "w1", "w2")]
    named = tuple(PolicyWitness(f"w{place}", vkey) for place, vkey in enumerate(vkeys))
    policy = Policy(witnesses=named, groups=(PolicyGroup("two", 2, ("w0", "w1", "w2")),), quorum="two")
    lines = []
    for name in ("w0", "w2"):
        with opened_witness(watched.folder / name, logs=[watched.log.vkey], clock=watched.clock) as witness:
            lines += parse_signatures(witness.add_checkpoint(body(watched.log, 0, 300)).body)
    watched.log.publish(watched.published, lines=lines[:1])
    report = watched.look(policy=policy)
    assert (report.ok, report.cosigned) == (False, ["w0"])
    assert [(alarm.kind, alarm.why) for alarm in report.alarms] == [
        ("missing_cosignature", "Not enough witnesses have cosigned: w0 of 3 in the policy.")
    ]
    watched.log.publish(watched.published, lines=lines)
    report = watched.look(policy=policy)
    assert (report.ok, report.cosigned) == (True, ["w0", "w2"])
    # A monitor that sees the log for the first time asks the witnesses how old its head is.
    watched.clock.advance(microseconds=7_201 * SECOND_US)
    watched.home = watched.folder / "another"
    stalled = watched.look(policy=policy, stall_seconds=7_200)
    assert [alarm.kind for alarm in stalled.alarms] == ["stall"]
    bad = lines[0]._replace(signature=lines[0].signature[:-1] + b"x")
    watched.log.publish(watched.published, lines=[bad, lines[1]])
    assert watched.alarmed(policy=policy)[0] == (
        "bad_signature",
        "The signature of w0.example does not verify: the text was altered, or another key signed.",
    )


def test_what_a_witness_saw_is_held_against_the_log(watched: Watched) -> None:
    forked = watched.log.fork(watched.folder / "fork", 100)
    forked.grow(200, "other")
    with running_witness(watched.folder / "w", watched.log.vkey) as witness:
        policy = Policy(witnesses=(PolicyWitness("w", witness.vkey, witness.url),))
        assert watched.look(policy=policy).ok
        assert witness.add_checkpoint(body(watched.log, 0, 100)).status_code == 200
        assert watched.look(policy=policy).ok
        assert witness.add_checkpoint(body(forked, 100, 200)).status_code == 200
        assert watched.alarmed(policy=policy) == [
            ("fork", "The witness w has cosigned another tree of 200 entries than is shown here.")
        ]
        # Without its key nobody knows who says so.
        other = begin_witness(watched.folder / "other", name="other.example")[0]
        assert watched.look(policy=Policy(witnesses=(PolicyWitness("w", other, witness.url),))).ok
    assert watched.look(policy=policy).ok
    forked.close()


def test_a_log_is_held_to_its_own_word_about_witnesses(watched: Watched) -> None:
    vkey = begin_witness(watched.folder / "w", name="w.example")[0]
    (watched.published / "policy").write_text(f"log {watched.log.vkey}\nwitness w {vkey}\nquorum w\n")
    report = watched.look()
    assert [(alarm.kind, alarm.why) for alarm in report.alarms] == [
        ("missing_cosignature", "Not enough witnesses have cosigned: none of 1 in the policy.")
    ]
    assert watched.look(policy=Policy()).ok
    (watched.published / "policy").write_text("<!doctype html>")
    assert watched.look().ok


def test_a_damaged_memory_is_not_taken_for_a_fresh_start(watched: Watched) -> None:
    (file,) = (watched.home / FOLDER).glob("*[0-9a-f].json")
    file.write_bytes(b"{")
    with pytest.raises(MonitorMemoryError):
        watched.look()
    assert file.read_bytes() == b"{"


def test_a_large_log_is_read_again_part_by_part(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.log.grow(AGAIN_ENTRIES + 1_000)
    watched.log.publish(watched.published)
    assert watched.look().entries == AGAIN_ENTRIES + 1_000
    old = watched.published / "tile/entries/256"
    old.write_bytes(old.read_bytes().replace(b"65537", b"65538"))
    reports = [watched.look(), watched.look(), watched.look(), watched.look(full=True)]
    assert [report.entries for report in reports] == [AGAIN_ENTRIES, 768, 768, AGAIN_ENTRIES + 1_000]
    assert [[alarm.index for alarm in report.alarms] for report in reports] == [[], [65_537], [65_537], [65_537]]
    assert Memory(watched.home, ORIGIN).recall() is not None
    watched.log.close()


def command(watched: Watched, *options: str | Path) -> list[str]:
    """Return the command line that looks at the published log."""
    place: list[str | Path] = ["--vkey", watched.log.vkey, "--home", watched.home]
    return list(tiexin("trust", "monitor", watched.published, *place, *options))


def test_the_command_follows_until_it_is_stopped(watched: Watched) -> None:
    words = command(watched, "--every", "1", "--json")
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        looks = (msgspec.json.decode(line, type=Report) for line in process.stdout)
        assert next(looks).ok
        watched.log.publish(watched.published, 299)
        alarmed = next(look for look in looks if not look.ok)
        # An alarm is no reason to look away.
        watched.log.publish(watched.published, 300)
        assert next(look for look in looks if look.ok).size == 300
        process.terminate()
    assert [alarm.kind for alarm in alarmed.alarms] == ["rewind"]


def test_the_command_tells_alarms_by_its_exit_code(watched: Watched) -> None:
    done = run(*command(watched, "--once", "--json"))
    assert done.returncode == 0, done.stderr
    assert msgspec.json.decode(done.stdout, type=Report).size == 300
    watched.log.publish(watched.published, 256)
    done = run(*command(watched, "--once", "--json"))
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["ok"], report["alarms"][0]["kind"]) == (False, "rewind")
    assert report["why"] == "The log went back: it had 300 entries, and shows 256 now."
    assert b"ALARM rewind: The log went back" in run(*command(watched, "--once")).stdout
    policy = watched.folder / "policy"
    vkey = begin_witness(watched.folder / "w", name="w.example")[0]
    policy.write_text(f"log {watched.log.vkey}\nwitness w {vkey}\nquorum w\n")
    watched.log.publish(watched.published)
    done = run(*command(watched, "--once", "--json", "--policy", policy))
    assert [alarm["kind"] for alarm in json.loads(done.stdout)["alarms"]] == ["missing_cosignature"]
