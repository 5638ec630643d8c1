"""From the record to a published head: every event one leaf, and never a head that contradicts an earlier one."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.events import call, calls, secret_call
from tests.support.trust import ORIGIN, begun
from tiexin.infra.settings import Settings
from tiexin.record.api import Record, open_record
from tiexin.trust.api import (
    ContradictionError,
    NotInitialisedError,
    NotInTheLogError,
    NotPublishedError,
    Trust,
    TrustKeys,
    open_trust,
)
from tiexin.trust.feed import entry_for
from tiexin.trust.log import Log
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.rules.merkle import leaf_hash, root_of, verify_consistency
from tiexin.trust.rules.verifying import open_checkpoint, verify_proof
from tiexin.trust.signed import Shelf


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url)


@pytest.fixture
def opened(settings: Settings) -> Iterator[tuple[Record, Trust]]:
    with begun(settings) as pair:
        yield pair


def derived(record: Record, trust: Trust) -> list[bytes]:
    return [entry_for(row, trust.salts()) for row in record.stored_rows()]


def notes(trust: Trust) -> tuple[bytes | None, bytes | None]:
    return trust.shelf.signed(), trust.shelf.published()


def test_every_event_is_one_leaf_in_the_records_order(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append([*calls(300), secret_call(1_000, "only for the bank")])
    head = trust.sync()
    entries = derived(record, trust)
    assert len(entries) == head.size == 301
    assert trust.reading(301).entries(0, 301) == entries
    assert head.root == root_of([leaf_hash(entry) for entry in entries])
    checkpoint, names = open_checkpoint(head.checkpoint, trust.keys.vkeys())
    assert checkpoint == Checkpoint(ORIGIN, 301, head.root)
    assert ORIGIN in names
    assert trust.shelf.signed() == trust.shelf.published() == head.checkpoint


def test_each_head_continues_the_one_before_and_nothing_new_is_no_new_head(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append(calls(70))
    first = trust.sync()
    assert trust.sync() == first
    record.append(calls(230, first=70))
    second = trust.sync()
    proof = trust.consistency(70, 300)
    verify_consistency(first=70, second=300, proof=proof, first_root=first.root, second_root=second.root)


def test_an_empty_record_has_an_empty_log(opened: tuple[Record, Trust]) -> None:
    _, trust = opened
    head = trust.sync()
    assert (head.size, head.root) == (0, root_of([]))
    with pytest.raises(NotInTheLogError):
        trust.prove(index=0)


def test_without_a_key_nothing_is_made(settings: Settings) -> None:
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        record.append(calls(3))
        for ask in (trust.sync, trust.head, trust.audit, trust.rebuild, lambda: trust.prove(index=0)):
            with pytest.raises(NotInitialisedError):
                ask()
        assert trust.state()["initialised"] is False
        assert not trust.folder.exists()


def test_a_log_whose_files_are_gone_is_refused_and_rebuilt_the_same(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append(calls(300))
    head = trust.sync()
    trust.close()
    shutil.rmtree(trust.folder / "log")
    before = notes(trust)
    with pytest.raises(ContradictionError, match="holds only 0"):
        trust.sync()
    assert notes(trust) == before
    assert trust.rebuild() == head
    record.append(calls(5, first=300))
    assert trust.sync().size == 305


def test_a_server_goes_on_over_files_that_were_rebuilt_beside_it(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append(calls(10))
    trust.sync()
    assert trust.reading(10).size == 10
    with open_trust(trust.settings, record=record) as beside:
        shutil.rmtree(trust.folder / "log")
        beside.rebuild()
    record.append(calls(10, first=10))
    trust.sync()
    assert trust.reading(20).entries(0, 20) == derived(record, trust)


def test_a_record_that_lost_events_is_refused(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append(calls(20))
    trust.sync()
    before = notes(trust)
    with record.database.write() as connection:
        connection.execute(sa.text("DELETE FROM events WHERE position > 15"))
        connection.execute(sa.text("UPDATE record_counter SET position = 15"))
    with pytest.raises(ContradictionError, match="20 entries, the record only 15"):
        trust.sync()
    record.append(calls(9, first=100))
    with pytest.raises(ContradictionError, match="position 16 is no longer"):
        trust.sync()
    with pytest.raises(ContradictionError):
        trust.rebuild()
    assert notes(trust) == before
    assert Log.read(trust.folder / "log").size == 20


def test_a_gap_in_the_record_stops_the_log_before_it(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append(calls(20))
    with record.database.write() as connection:
        connection.execute(sa.text("DELETE FROM events WHERE position = 12"))
    with pytest.raises(ContradictionError, match="position 12, but lacks"):
        trust.sync()
    assert notes(trust) == (None, None)


def test_an_event_altered_after_it_was_signed_stops_the_log(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append(calls(20))
    trust.sync()
    before = notes(trust)
    with record.database.write() as connection:
        connection.execute(sa.text("UPDATE events SET channel = 'web' WHERE position = 18"))
    record.append(calls(1, first=20))
    with pytest.raises(ContradictionError, match="position 18"):
        trust.sync()
    with pytest.raises(ContradictionError, match="index 17"):
        trust.prove(index=17)
    assert notes(trust) == before


def test_a_crash_after_signing_is_made_good_by_the_next_round(
    opened: tuple[Record, Trust], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, trust = opened
    record.append(calls(10))
    first = trust.sync()
    record.append(calls(10, first=10))

    def crash(_shelf: Shelf, _note: bytes) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Shelf, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            trust.sync()
    assert trust.head() == first
    signed = trust.shelf.signed()
    assert signed is not None
    assert open_checkpoint(signed, trust.keys.vkeys())[0].size == 20
    assert trust.sync().checkpoint == signed


def test_a_signed_note_that_none_of_our_keys_signed_is_refused(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append(calls(10))
    head = trust.sync()
    forged = head.checkpoint.replace(b"\n10\n", b"\n11\n")
    (trust.folder / "signed").write_bytes(forged)
    record.append(calls(10, first=10))
    with pytest.raises(ContradictionError):
        trust.sync()
    assert trust.shelf.published() == head.checkpoint


@pytest.mark.postgres
def test_another_server_on_the_same_database_cannot_tell_another_history(tmp_path: Path, postgres_url: str) -> None:
    with begun(Settings(home=tmp_path / "home", database_url=postgres_url)) as (record, trust):
        tell_twice(record, trust, tmp_path)


def tell_twice(record: Record, trust: Trust, tmp_path: Path) -> None:
    settings = trust.settings
    record.append(calls(10))
    head = trust.sync()
    # The same origin with other keys and salts, as somebody might set up a second server.
    other = Settings(home=tmp_path / "other", database_url=settings.database_url, key_file=settings.keys_dir / "kek")
    stranger = Settings(home=tmp_path / "third", database_url=settings.database_url)
    shutil.copytree(settings.keys_dir, stranger.keys_dir)
    (stranger.keys_dir / "keyring.json").unlink()
    shutil.rmtree(stranger.keys_dir / "trust")
    TrustKeys(stranger).create(ORIGIN)
    with open_trust(stranger, record=record) as forked, pytest.raises(ContradictionError, match="another server"):
        forked.sync()
    # With the same keys and salts a second server tells the same history.
    with open_trust(other, record=record) as twin:
        assert twin.sync().root == head.root
    record.append(calls(10, first=10))
    assert trust.sync().size == 20


def test_a_proof_opens_its_event_and_holds_without_us(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append([*calls(300), secret_call(900, "only for the bank", id="told", case="c-1")])
    with pytest.raises(NotPublishedError):
        trust.prove("told")
    trust.sync()
    for index in (0, 1, 128, 255, 256, 299):
        verdict = verify_proof(trust.prove(index=index), trust.keys.vkeys())
        assert (verdict.ok, verdict.index, verdict.size) == (True, index, 301)
    raw = trust.prove("told")
    verdict = verify_proof(raw, trust.keys.vkeys())
    assert verdict.ok
    assert verdict.event is not None
    assert (verdict.event["id"], verdict.event["case"], verdict.event["position"]) == ("told", "c-1", 301)
    assert b"only for the bank" not in raw
    assert b"only for the bank" not in base64.b64decode(raw.split(b"\n")[1].removeprefix(b"extra "))
    for bad in (-1, 301, 2**62):
        with pytest.raises(NotInTheLogError):
            trust.prove(index=bad)


def test_after_an_erasure_old_proofs_hold_and_the_erasure_is_a_leaf(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append([call(1, subject="somebody-else"), secret_call(2, "my own words")])
    trust.sync()
    before = trust.prove("call-2")
    assert record.erase("person-1", reason="asked for").erased
    record.end_epoch()
    head = trust.sync()
    assert head.size == 3
    assert derived(record, trust) == trust.reading(3).entries(0, 3)
    old, new = (verify_proof(raw, trust.keys.vkeys()) for raw in (before, trust.prove("call-2")))
    assert (old.ok, new.ok, old.size, new.size) == (True, True, 2, 3)
    assert old.canonical == new.canonical
    erasure = verify_proof(trust.prove(index=2), trust.keys.vkeys())
    assert erasure.event is not None
    assert (erasure.event["type"], erasure.event["subject"]) == ("system.subject_erased.v1", "person-1")
    assert trust.audit().ok
