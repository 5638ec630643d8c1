"""Secrets of the installation that are made when they are first asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiexin.infra.crypto.keyring import Keyring, KeyringError
from tiexin.infra.settings import Settings


def test_a_secret_is_made_once_and_stays_the_same(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    early = Keyring(settings)
    with pytest.raises(KeyringError):
        early.secret("leaf-salt")
    late = Keyring(settings)
    made = late.ensure_secret("leaf-salt")
    assert len(made) == 32
    assert made == late.ensure_secret("leaf-salt") == early.ensure_secret("leaf-salt")
    assert Keyring(settings).secret("leaf-salt") == made
    assert made not in {Keyring(settings).secret("pseudonym"), late.ensure_secret("another")}


def test_a_keyring_that_was_open_before_keeps_it_when_it_ends_an_epoch(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    early = Keyring(settings)
    made = Keyring(settings).ensure_secret("leaf-salt")
    early.end_epochs_before(early.begin_epoch())
    assert Keyring(settings).secret("leaf-salt") == made
    assert made not in (settings.keys_dir / "keyring.json").read_bytes()
