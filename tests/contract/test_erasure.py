"""Erasing a person: unreadable everywhere, nothing else changed, holds respected, backups included."""

from __future__ import annotations

import base64
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from tests.support.events import call, calls, secret_call
from tiexin.infra.crypto.keyring import KeyringError
from tiexin.infra.settings import Cipher, Settings
from tiexin.kernel.clock import FixedClock, to_us
from tiexin.record.api import EventConflictError, EventsRefusedError, Record, open_record
from tiexin.record.contracts import EventFilter, PersonalState
from tiexin.record.erasure import JournalError
from tiexin.record.service import ReasonMissingError, UnknownSubjectError

WORDS = "我的存单去年到期没有人通知"


def words_of(record: Record, subject: str) -> list[tuple[PersonalState, str | None]]:
    page = record.read(EventFilter(subject=subject), personal=True)
    return [(found.personal, found.event.data.get("personal", {}).get("words")) for found in page.events]


def wrapped_keys(record: Record) -> dict[str, bytes]:
    with record._keys_database.read() as connection:
        rows = connection.execute(sa.text("SELECT subject, wrapped FROM subject_keys")).all()
    return {row.subject: bytes(row.wrapped) for row in rows}


def files_holding(home: Path, needle: bytes) -> list[str]:
    return sorted(file.name for file in home.rglob("*") if file.is_file() and needle in file.read_bytes())


@pytest.mark.parametrize("cipher", list(Cipher))
def test_personal_content_is_sealed_and_opens_only_on_request(settings: Settings, cipher: Cipher) -> None:
    with open_record(msgspec.structs.replace(settings, cipher=cipher)) as record:
        record.append([secret_call(1, WORDS), call(2, subject="person-1")])
        assert words_of(record, "person-1") == [(PersonalState.OPEN, WORDS), (PersonalState.NONE, None)]
        sealed = record.read(EventFilter(subject="person-1")).events[0]
        assert sealed.personal is PersonalState.SEALED
        assert sealed.event.data == {"outcome": "answered", "queue_seconds": 1, "talk_seconds": 2}
    assert files_holding(settings.home, WORDS.encode()) == []


def test_what_was_sealed_with_one_cipher_opens_after_the_setting_changed(settings: Settings) -> None:
    with open_record(msgspec.structs.replace(settings, cipher=Cipher.SM4_GCM)) as record:
        record.append([secret_call(1, WORDS)])
    with open_record(settings) as record:
        assert words_of(record, "person-1") == [(PersonalState.OPEN, WORDS)]


def test_redelivery_of_personal_content_is_recognised_by_its_keyed_digest(record: Record) -> None:
    record.append([secret_call(1, WORDS)])
    assert record.append([secret_call(1, WORDS)]).duplicates == 1
    with pytest.raises(EventConflictError):
        record.append([secret_call(1, "something else")])
    with pytest.raises(EventConflictError):
        record.append([secret_call(1, WORDS, subject="person-2")])
    assert record.position() == 1


def test_a_ciphertext_cannot_be_moved_to_another_event(record: Record) -> None:
    record.append([secret_call(1, WORDS), secret_call(2, "other words")])
    with record.database.write() as connection:
        connection.execute(
            sa.text("UPDATE events SET personal = (SELECT personal FROM events WHERE position = 1) WHERE position = 2")
        )
    with pytest.raises(Exception, match="altered"):
        words_of(record, "person-1")


def test_after_erasure_the_words_are_gone_and_everything_else_stays(record: Record, settings: Settings) -> None:
    record.append([secret_call(1, WORDS), secret_call(2, "bleibt", subject="person-2"), *calls(5, first=3)])
    before, wrapped = record.stats(), wrapped_keys(record)
    found = record.erase("person-1", reason="asked by letter")
    assert (found.erased, found.position) == (True, 8)
    assert words_of(record, "person-1")[0] == (PersonalState.ERASED, None)
    assert words_of(record, "person-2")[0] == (PersonalState.OPEN, "bleibt")
    assert list(wrapped_keys(record)) == ["person-2"]
    after = record.stats()
    assert (after.events, after.subjects, after.first, after.last) == (
        before.events,
        before.subjects,
        before.first,
        before.last,
    )
    last = record.read(EventFilter(type="system.subject_erased.v1")).events
    assert [(one.event.subject, one.event.data) for one in last] == [("person-1", {"reason": "asked by letter"})]
    if not settings.database_url:
        assert files_holding(settings.home, wrapped["person-1"]) == []
        # The scan can fail: the key of the other person is found by it.
        assert files_holding(settings.home, wrapped["person-2"]) != []


def test_erasing_twice_changes_nothing_more(record: Record) -> None:
    record.append([secret_call(1, WORDS)])
    record.erase("person-1", reason="asked")
    assert record.erase("person-1", reason="asked again").erased
    assert record.position() == 2


def test_no_new_key_for_an_erased_person_and_redelivery_compares_public_fields(record: Record) -> None:
    record.append([secret_call(1, WORDS)])
    record.erase("person-1", reason="asked")
    assert record.append([secret_call(1, WORDS)]).duplicates == 1
    assert record.append([secret_call(1, "whatever")]).duplicates == 1
    with pytest.raises(EventConflictError):
        record.append([secret_call(1, WORDS, channel="chat")])
    with pytest.raises(EventsRefusedError) as refused:
        record.append([call(8), secret_call(9, WORDS)])
    assert [(problem.index, problem.code) for problem in refused.value.problems] == [(1, "subject_erased")]
    assert record.position() == 2
    assert wrapped_keys(record) == {}
    assert record.append([call(10, subject="person-1")]).appended == 1


def test_another_open_record_notices_the_erasure(record: Record, settings: Settings) -> None:
    record.append([secret_call(1, WORDS)])
    with open_record(settings) as other:
        assert words_of(other, "person-1") == [(PersonalState.OPEN, WORDS)]
        record.erase("person-1", reason="asked")
        assert words_of(other, "person-1")[0] == (PersonalState.ERASED, None)
        with pytest.raises(EventsRefusedError, match="erased"):
            other.append([secret_call(2, WORDS)])


def hold(number: int, until: str | None = None, **changes: Any) -> Any:
    data = {"hold": "h-1", "basis": "lawsuit", "reason": "案件未结", **({"until": until} if until else {})}
    return call(number, type="record.hold_placed.v1", subject="person-1", data=data, **changes)


def test_a_legal_hold_refuses_the_erasure_with_reason_and_date(record: Record, clock: FixedClock) -> None:
    record.append([secret_call(1, WORDS), hold(2, until="2026-09-30")])
    found = record.erase("person-1", reason="asked")
    assert not found.erased
    assert found.reasons == [
        {
            "code": "legal_hold_lawsuit",
            "hold": "h-1",
            "reason": "案件未结",
            "until": "2026-09-30",
            "zh": "依法保留（至 2026-09-30）：案件未结",
            "en": "A legal hold is in force (until 2026-09-30): 案件未结",
        }
    ]
    assert words_of(record, "person-1")[0] == (PersonalState.OPEN, WORDS)
    assert record.position() == 2
    clock.advance(microseconds=to_us(datetime(2026, 10, 1, 11, 59, tzinfo=UTC)) - clock.now_us())
    assert not record.erase("person-1", reason="asked").erased
    clock.advance(microseconds=60_000_000)
    assert record.erase("person-1", reason="asked").erased


def test_a_released_hold_no_longer_refuses(record: Record) -> None:
    released = {"hold": "h-1", "reason": "case closed"}
    record.append([secret_call(1, WORDS), hold(2)])
    assert not record.erase("person-1", reason="asked").erased
    record.append([call(3, type="record.hold_released.v1", subject="person-1", data=released)])
    assert record.erase("person-1", reason="asked").erased


def test_a_reference_that_nobody_has_is_told_and_not_erased(record: Record, settings: Settings) -> None:
    record.append([secret_call(1, WORDS)])
    with pytest.raises(UnknownSubjectError, match="'persn-1'"):
        record.erase("persn-1", reason="asked")
    assert not (settings.keys_dir / "erasures.jsonl").exists()
    assert record.position() == 1


def test_only_the_owner_may_read_the_home(record: Record, settings: Settings) -> None:
    record.append([secret_call(1, WORDS)])
    record.close_lake()
    rights = {file.name: file.stat().st_mode & 0o077 for file in [settings.home, *settings.home.rglob("*")]}
    private = {name for name in rights if name.startswith(("home", "keys", "kek", "record.db", "lake"))}
    assert {"home", "keys", "kek"} <= private
    assert {name: rights[name] for name in private} == dict.fromkeys(private, 0)


def test_an_erasure_needs_a_reason(record: Record) -> None:
    record.append([secret_call(1, WORDS)])
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(ReasonMissingError):
            record.erase("person-1", reason=reason)
    assert words_of(record, "person-1") == [(PersonalState.OPEN, WORDS)]


def test_an_erasure_that_was_cut_off_is_completed_when_the_record_is_opened(settings: Settings) -> None:
    with open_record(settings) as record:
        record.append([secret_call(1, WORDS)])
        line = b'{"id":"e-1","subject":"person-1","reason":"asked","erased_us":1790000000000000}\n'
        (settings.keys_dir / "erasures.jsonl").write_bytes(line + b'{"id":"e-2","subj')
    with open_record(settings) as record:
        assert words_of(record, "person-1")[0] == (PersonalState.ERASED, None)
        assert record.stats().system_events == 1
        assert wrapped_keys(record) == {}
    with open_record(settings) as record:
        assert record.position() == 2


def test_a_journal_that_lost_lines_is_refused(settings: Settings) -> None:
    with open_record(settings) as record:
        record.append([secret_call(1, WORDS)])
        record.erase("person-1", reason="asked")
    (settings.keys_dir / "erasures.jsonl").unlink()
    with pytest.raises(JournalError, match="has 0 lines, but the databases know 1"):
        open_record(settings)


def test_ending_the_epoch_keeps_the_living_readable_and_the_old_wrapping_useless(record: Record) -> None:
    record.append([secret_call(1, WORDS), secret_call(2, "bleibt", subject="person-2")])
    old = wrapped_keys(record)
    record.erase("person-1", reason="asked")
    assert record.end_epoch() == ["epoch-1"]
    assert words_of(record, "person-2") == [(PersonalState.OPEN, "bleibt")]
    assert record.append([secret_call(2, "bleibt", subject="person-2")]).duplicates == 1
    for subject, wrapped in old.items():
        with pytest.raises(KeyringError, match="epoch-1"):
            record._keyring.unwrap("epoch-1", wrapped, owner=subject)
    assert record.end_epoch() == ["epoch-2"]


def test_another_process_keeps_sealing_after_the_epoch_ended(record: Record, settings: Settings) -> None:
    with open_record(settings) as other:
        other.append([secret_call(1, WORDS)])
        record.end_epoch()
        other.append([secret_call(2, "neu", subject="person-9"), secret_call(3, "auch")])
    assert words_of(record, "person-9") == [(PersonalState.OPEN, "neu")]
    assert words_of(record, "person-1") == [(PersonalState.OPEN, WORDS), (PersonalState.OPEN, "auch")]
    record.end_epoch()
    assert words_of(record, "person-9") == [(PersonalState.OPEN, "neu")]


TABLES = ("subject_keys", "subject_tombstones", "key_state")


def dump(record: Record) -> dict[str, list[dict[str, Any]]]:
    """Take a backup of both databases, row by row, as a backup tool would."""
    found: dict[str, list[dict[str, Any]]] = {}
    with record.database.read() as connection:
        for table in ("events", "record_counter", "record_projections"):
            found[table] = [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]
    with record._keys_database.read() as connection:
        for table in TABLES:
            found[table] = [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]
    return found


def restore(record: Record, backup: dict[str, list[dict[str, Any]]]) -> None:
    for table, rows in backup.items():
        database = record._keys_database if table in TABLES else record.database
        with database.write() as connection:
            connection.execute(sa.text(f"DELETE FROM {table}"))
            for row in rows:
                names = ", ".join(row)
                marks = ", ".join(f":{name}" for name in row)
                connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)


def test_a_restored_backup_forgets_again_who_was_erased_since(settings: Settings) -> None:
    with open_record(settings) as record:
        record.append([secret_call(1, WORDS), secret_call(2, "bleibt", subject="person-2"), *calls(4, first=3)])
        backup = dump(record)
        figures = record.stats()
        record.erase("person-1", reason="asked")
        restore(record, backup)
    with open_record(settings) as record:
        assert words_of(record, "person-1")[0] == (PersonalState.ERASED, None)
        assert words_of(record, "person-2")[0] == (PersonalState.OPEN, "bleibt")
        assert list(wrapped_keys(record)) == ["person-2"]
        after = record.stats()
        assert (after.events, after.subjects, after.system_events) == (figures.events, figures.subjects, 1)


def test_a_backup_from_before_the_epoch_ended_cannot_be_read_even_with_the_key_folder(settings: Settings) -> None:
    with open_record(settings) as record:
        record.append([secret_call(1, WORDS)])
        backup = dump(record)
        record.erase("person-1", reason="asked")
        record.end_epoch()
        keyring = (settings.keys_dir / "keyring.json").read_bytes()
        restore(record, backup)
    # Even a thief who deletes the journal, so that nothing is forgotten again, finds no epoch key for the old row.
    (settings.keys_dir / "erasures.jsonl").unlink()
    assert b"epoch-1" not in keyring
    with open_record(settings) as record, pytest.raises(KeyringError, match="epoch-1"):
        words_of(record, "person-1")


def test_keys_made_under_another_key_encryption_key_are_refused(settings: Settings) -> None:
    with open_record(settings) as record:
        record.append([secret_call(1, WORDS)])
    (settings.keys_dir / "kek").write_bytes(base64.b64encode(b"0" * 32))
    with pytest.raises(KeyringError, match="cannot be opened with this key-encryption key"):
        open_record(settings)


def test_a_lost_key_encryption_key_is_never_replaced_in_silence(settings: Settings) -> None:
    open_record(settings).close()
    (settings.keys_dir / "kek").unlink()
    with pytest.raises(KeyringError, match="is missing"):
        open_record(settings)
    assert not (settings.keys_dir / "kek").exists()


def test_the_key_encryption_key_may_come_from_the_environment(settings: Settings) -> None:
    given = msgspec.structs.replace(settings, kek=base64.b64encode(b"k" * 32).decode())
    with open_record(given) as record:
        record.append([secret_call(1, WORDS)])
    assert not (settings.keys_dir / "kek").exists()
    with open_record(given) as record:
        assert words_of(record, "person-1") == [(PersonalState.OPEN, WORDS)]


def test_a_stolen_copy_without_the_key_folder_shows_no_personal_content(settings: Settings, tmp_path: Path) -> None:
    if settings.database_url:
        pytest.skip("on PostgreSQL the keys are a schema; the wrapping keys are what is kept apart")
    with open_record(settings) as record:
        record.append([secret_call(1, WORDS)])
    shutil.copytree(settings.home, tmp_path / "copy", ignore=shutil.ignore_patterns("keys"))
    with open_record(Settings(home=tmp_path / "copy")) as copy:
        assert words_of(copy, "person-1") == [(PersonalState.ERASED, None)]
