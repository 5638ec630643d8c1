from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.support.http import run_cli
from tiexin.app.keys.api import KeyNotFoundError, Keys, TooManyKeysError, open_keys
from tiexin.app.keys.contracts import KEYS_MAX
from tiexin.app.keys.rules import UnknownCallerError
from tiexin.app.keys.store import KeyStore
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import DAY_US, FixedClock

NOW = 1_767_225_600_000_000


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path, database_url=database_url)


def test_a_key_lives_from_creation_to_revocation_on_both_stores(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with open_keys(settings, clock=clock) as keys:
        assert not keys.any_standing()
        made = keys.create(name="crm", scopes=["events:write", "events:read"], days=2)
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
        keys.create(name="crm", scopes=["events:write"], days=1)
        clock.advance(microseconds=DAY_US)
        assert not keys.any_standing()


def test_the_copy_in_memory_is_fresh_for_one_second_and_after_it_sees_what_others_did(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    moment = [100.0]
    keys = Keys(KeyStore(settings), clock=FixedClock(NOW), monotonic=lambda: moment[0])
    made = keys.create(name="crm", scopes=["events:read"])
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
    keys.close()


def test_the_number_of_keys_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_keys(Settings(home=tmp_path)) as keys:
        made = keys.create(name="crm", scopes=["events:read"])
        monkeypatch.setattr("tiexin.app.keys.api.KEYS_MAX", 1)
        with pytest.raises(TooManyKeysError, match="at most 1 "):
            keys.create(name="one more", scopes=["events:read"])
        assert keys.list() == [made.key]
    assert KEYS_MAX == 1_000


def test_no_secret_is_in_any_file(tmp_path: Path) -> None:
    with open_keys(Settings(home=tmp_path)) as keys:
        token = keys.create(name="crm", scopes=["events:read"]).token
    secret = token.rpartition(token[3:12])[2].encode()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert not any(secret in file.read_bytes() for file in files)


def test_the_command_line_makes_lists_and_revokes(tmp_path: Path) -> None:
    words = ("keys", "create", "crm", "--scope", "events:write", "--scope", "events:read", "--json")
    made = msgspec.json.decode(run_cli(*words, home=tmp_path).stdout)
    assert made["name"] == "crm"
    assert made["scopes"] == ["events:write", "events:read"]
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
