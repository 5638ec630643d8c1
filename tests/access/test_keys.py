from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.http import run_cli
from tiexin.access.api import open_access
from tiexin.access.keys import KEYS_MAX, KeyNotFoundError, Keys, TooManyKeysError
from tiexin.access.rules.keys import UnknownCallerError
from tiexin.access.store.database import open_database
from tiexin.access.store.keys import SCHEMA, KeyStore, api_keys
from tiexin.infra.db import ensure_schema
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import DAY_US, FixedClock

NOW = 1_767_225_600_000_000


@contextlib.contextmanager
def open_keys(settings: Settings, **options: Any) -> Iterator[Keys]:
    with open_access(settings, **options) as access:
        yield access.keys


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path, database_url=database_url)


def test_a_key_lives_from_creation_to_revocation_on_both_stores(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with open_keys(settings, clock=clock) as keys:
        assert not keys.any_standing()
        made = keys.create(name="crm", scopes=["record:append", "record:read"], days=2)
        assert keys.any_standing()
        keys.refresh()
        assert keys.recognise(made.token) == made.key
        revoked = keys.revoke(made.key.id)
        assert revoked.revoked_us == NOW
        keys.refresh()
        with pytest.raises(UnknownCallerError, match="was revoked at 2026-01-01T00:00:00Z"):
            keys.recognise(made.token)
        with pytest.raises(KeyNotFoundError):
            keys.revoke(made.key.id)
        assert keys.list() == [revoked]
        assert not keys.any_standing()


def test_an_expired_key_does_not_stand(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with open_keys(settings, clock=clock) as keys:
        keys.create(name="crm", scopes=["record:append"], days=1)
        clock.advance(microseconds=DAY_US)
        assert not keys.any_standing()


def test_the_copy_in_memory_is_fresh_for_one_second_and_after_it_sees_what_others_did(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    moment = [100.0]
    database = open_database(settings)
    keys = Keys(KeyStore(database), clock=FixedClock(NOW), monotonic=lambda: moment[0])
    made = keys.create(name="crm", scopes=["record:read"])
    assert not keys.is_fresh()
    keys.refresh()
    with open_keys(settings) as elsewhere:
        elsewhere.revoke(made.key.id)
    moment[0] = 100.999
    assert keys.is_fresh()
    moment[0] = 101.0
    assert not keys.is_fresh()
    keys.refresh()
    with pytest.raises(UnknownCallerError):
        keys.recognise(made.token)
    database.close()


def test_the_number_of_keys_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_keys(Settings(home=tmp_path)) as keys:
        made = keys.create(name="crm", scopes=["record:read"])
        monkeypatch.setattr("tiexin.access.keys.KEYS_MAX", 1)
        with pytest.raises(TooManyKeysError, match="at most 1 "):
            keys.create(name="one more", scopes=["record:read"])
        assert keys.list() == [made.key]
    assert KEYS_MAX == 1_000


def test_no_secret_is_in_any_file(tmp_path: Path) -> None:
    with open_keys(Settings(home=tmp_path)) as keys:
        token = keys.create(name="crm", scopes=["record:read"]).token
    secret = token.rpartition(token[3:12])[2].encode()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert not any(secret in file.read_bytes() for file in files)


def test_the_command_line_makes_lists_and_revokes(tmp_path: Path) -> None:
    words = ("keys", "create", "crm", "--scope", "record:append", "--scope", "record:read", "--json")
    made = msgspec.json.decode(run_cli(*words, home=tmp_path).stdout)
    assert made["name"] == "crm"
    assert made["scopes"] == ["record:append", "record:read"]
    assert made["revoked"] is None
    listed = msgspec.json.decode(run_cli("keys", "list", "--json", home=tmp_path).stdout)
    assert listed == [{name: value for name, value in made.items() if name != "token"}]
    done = run_cli("keys", "revoke", made["id"], home=tmp_path)
    assert done.stdout == f"Key {made['id']} of crm is revoked.\n"
    again = run_cli("keys", "revoke", made["id"], home=tmp_path)
    assert again.returncode == 1
    assert msgspec.json.decode(again.stderr)["code"] == "key_not_found"


def test_a_scope_that_does_not_exist_is_wrong_usage(tmp_path: Path) -> None:
    done = run_cli("keys", "create", "crm", "--scope", "events:delete", home=tmp_path)
    assert done.returncode == 2
    assert not (tmp_path / "access.sqlite").exists()


def test_a_key_for_thirty_days_needs_no_name(tmp_path: Path) -> None:
    done = run_cli("keys", "add", "--scope", "record:append", "--expires", "30d", "--json", home=tmp_path)
    made = msgspec.json.decode(done.stdout)
    assert made["scopes"] == ["record:append"]
    with open_keys(Settings(home=tmp_path)) as keys:
        key = keys.list()[0]
    assert key.expires_us - key.created_us == 30 * DAY_US
    wrong = run_cli("keys", "add", "--scope", "record:append", "--expires", "soon", home=tmp_path)
    assert wrong.returncode == 2
    assert "30d, 12w, 6m or 1y" in wrong.stderr


def test_a_key_made_under_the_old_names_keeps_what_it_could_do(settings: Settings) -> None:
    with open_database(settings) as database:
        first = msgspec.structs.replace(SCHEMA, head="api_keys_0001")
        ensure_schema(database, first)
        row = {"id": "aaaaaaaa", "name": "crm", "digest": b"x" * 32, "created_us": NOW, "expires_us": NOW + DAY_US}
        with database.write() as connection:
            old = "events:write events:read events:personal figures:read admin"
            connection.execute(api_keys.insert().values(**row, scopes=old))
    with open_keys(settings) as keys:
        assert keys.list()[0].scopes == [
            "record:append",
            "record:read",
            "record:personal",
            "figures:read",
            "users:manage",
            "keys:manage",
            "settings:manage",
        ]
        assert "events:" not in keys.create(name="old", scopes=["events:write", "admin"]).key.scopes
