"""The keys of a log: made once, kept sealed, rotated by signature."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tiexin.infra.crypto.aead import SealBrokenError
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import FixedClock
from tiexin.trust.contracts import NotInitialisedError
from tiexin.trust.keys import KeysExistError, KeySource, SigningFailedError, TrustKeys
from tiexin.trust.keys.contracts import KeySourceError
from tiexin.trust.keys.secrets import PREFIX, generate, read_secret
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.rules.note import (
    ED25519,
    ML_DSA_44,
    PRIVATE,
    Note,
    NoteError,
    SignatureLine,
    format_note,
    format_vkey,
    parse_note,
    parse_vkey,
)
from tiexin.trust.rules.rotation import Rotation, follow, parse_rotation, rotation_text
from tiexin.trust.rules.verifying import SignatureError, open_checkpoint

ORIGIN = "bank.example/log"
HEAD = Checkpoint(ORIGIN, 3, bytes(range(32)))
# The key, text and signature in the documentation of Go's golang.org/x/mod/sumdb/note.
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n".encode()
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def keys(settings: Settings) -> TrustKeys:
    return TrustKeys(settings, clock=FixedClock(1_790_000_000_000_000), environment={})


def kinds(vkeys: list[str]) -> list[int]:
    return [parse_vkey(key).kind for key in vkeys]


def test_a_new_log_signs_with_ed25519_alone_and_the_key_stays(keys: TrustKeys, settings: Settings) -> None:
    vkey = keys.create(ORIGIN)
    assert keys.origin == ORIGIN
    assert keys.vkeys() == [vkey] == [signer.vkey for signer in keys.signers()]
    assert kinds([vkey]) == [ED25519]
    note = keys.sign_checkpoint(HEAD)
    assert open_checkpoint(note, [vkey]) == (HEAD, [ORIGIN])
    assert len(parse_note(note).signatures) == 1
    assert TrustKeys(settings).sign_checkpoint(HEAD) == note


def test_more_lines_stand_beside_it_when_they_are_asked_for(keys: TrustKeys) -> None:
    keys.create(ORIGIN, sm2=True, mldsa=True)
    assert kinds(keys.vkeys()) == [ED25519, PRIVATE, ML_DSA_44]
    note = keys.sign_checkpoint(HEAD)
    assert open_checkpoint(note, keys.vkeys()) == (HEAD, [ORIGIN] * 3)
    assert [len(line.signature) > 60 for line in parse_note(note).signatures] == [True] * 3


def test_nothing_secret_stands_in_clear_and_only_the_owner_may_read(keys: TrustKeys, settings: Settings) -> None:
    keys.create(ORIGIN, sm2=True)
    file = settings.keys_dir / "trust" / "log-keys.json"
    assert PREFIX not in file.read_text()
    for path, mode in ((file, 0o600), (file.parent, 0o700), (settings.keys_dir, 0o700), (settings.home, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_second_creation_changes_nothing(keys: TrustKeys, settings: Settings) -> None:
    keys.create(ORIGIN)
    file = settings.keys_dir / "trust" / "log-keys.json"
    before = file.read_bytes()
    with pytest.raises(KeysExistError, match="nothing was changed"):
        keys.create("other.example/log")
    assert file.read_bytes() == before


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "x" * 256])
def test_a_name_that_no_note_can_carry_is_refused(keys: TrustKeys, origin: str) -> None:
    with pytest.raises(NoteError):
        keys.create(origin)
    assert not keys.initialised


def test_without_keys_there_is_no_log(keys: TrustKeys) -> None:
    assert not keys.initialised
    for use in (keys.signers, keys.vkeys, keys.rotations, keys.rotate, lambda: keys.origin):
        with pytest.raises(NotInitialisedError, match="trust init"):
            use()


def test_keys_sign_for_their_own_log_only(keys: TrustKeys) -> None:
    keys.create(ORIGIN)
    with pytest.raises(SigningFailedError, match="do not sign a checkpoint of"):
        keys.sign_checkpoint(HEAD._replace(origin="other.example/log"))


def test_a_sealed_key_does_not_open_in_the_place_of_another(keys: TrustKeys, settings: Settings) -> None:
    keys.create(ORIGIN)
    file = settings.keys_dir / "trust" / "log-keys.json"
    other = format_vkey(generate(ORIGIN, kind=ED25519).key)
    file.write_text(file.read_text().replace(keys.vkeys()[0], other))
    with pytest.raises(SealBrokenError):
        keys.sign_checkpoint(HEAD)


def test_a_damaged_file_is_named(keys: TrustKeys, settings: Settings) -> None:
    keys.create(ORIGIN)
    file = settings.keys_dir / "trust" / "log-keys.json"
    file.write_text("{")
    with pytest.raises(SigningFailedError, match="cannot be read from"):
        keys.vkeys()


def test_the_old_key_signs_the_new_and_both_go_on_until_it_is_retired(keys: TrustKeys) -> None:
    old = keys.create(ORIGIN, mldsa=True)
    before = keys.sign_checkpoint(HEAD)
    new = keys.rotate(sm2=True)
    assert new != old
    assert keys.vkeys()[0] == new
    assert kinds([signer.vkey for signer in keys.signers()]) == [ED25519, PRIVATE, ML_DSA_44, ED25519, ML_DSA_44]
    both = keys.sign_checkpoint(HEAD._replace(size=4))
    assert open_checkpoint(both, [old])[1] == open_checkpoint(both, [new])[1] == [ORIGIN]

    ended = keys.retire_old()
    assert old in ended
    assert len(ended) == 2
    assert kinds([signer.vkey for signer in keys.signers()]) == [ED25519, PRIVATE, ML_DSA_44]
    assert len(keys.vkeys()) == 5
    after = keys.sign_checkpoint(HEAD._replace(size=5))
    assert open_checkpoint(after, [old])[1] == []
    assert open_checkpoint(after, [new])[1] == [ORIGIN]
    # What the old key signed stays valid: its verifier key is still among the log's.
    assert open_checkpoint(before, keys.vkeys())[1] == [ORIGIN, ORIGIN]
    assert keys.retire_old() == []


def test_who_knows_the_first_key_is_led_to_the_last(keys: TrustKeys) -> None:
    first = keys.create(ORIGIN)
    second = keys.rotate()
    keys.retire_old()
    third = keys.rotate(mldsa=True)
    keys.retire_old()
    notes = [note.encode() for note in keys.rotations()]
    assert len(notes) == 2
    assert follow([first], notes)[:3] == [first, second, third]
    assert follow([first], notes[::-1])[:3] == [first, second, third]
    assert follow([third], notes) == [third]
    assert follow([second], notes)[:2] == [second, third]
    stated = parse_rotation(parse_note(notes[0]).text)
    assert stated == Rotation(ORIGIN, (first,), (second,), 1_790_000_000)


def test_a_rotation_that_was_altered_or_that_strangers_signed_leads_nowhere(keys: TrustKeys) -> None:
    first = keys.create(ORIGIN)
    keys.rotate()
    note = parse_note(keys.rotations()[0].encode())
    stated = parse_rotation(note.text)
    stranger, other = generate(ORIGIN, kind=ED25519), generate(ORIGIN, kind=ED25519)
    forged = rotation_text(stated._replace(new=(format_vkey(stranger.key),)))
    line = SignatureLine(ORIGIN, stranger.key.key_id, stranger.raw_sign(forged))
    with pytest.raises(SignatureError, match="does not verify"):
        follow([first], [format_note(Note(forged, [*note.signatures, line]))])
    assert follow([first], [format_note(Note(forged, [line]))]) == [first]
    assert follow([format_vkey(other.key)], [keys.rotations()[0].encode()]) == [format_vkey(other.key)]
    # Signed by the old key, but the new key never showed that it exists.
    with pytest.raises(SignatureError, match="did not sign its own rotation"):
        follow([first], [format_note(Note(note.text, note.signatures[:1]))])
    with pytest.raises(NoteError, match="another name"):
        rotation_text(stated._replace(new=(GO_VKEY,)))
    with pytest.raises(NoteError, match="names its old keys"):
        parse_rotation(note.text.replace(b"\nold ", b"\nnew ", 1))
    with pytest.raises(NoteError, match="starts with"):
        rotation_text(stated._replace(old=()))


def test_keys_of_gos_note_package_sign_here_byte_for_byte() -> None:
    secret = read_secret(GO_SECRET, where="here")
    assert format_vkey(secret.key) == GO_VKEY
    assert secret.written() == GO_SECRET
    line = SignatureLine(secret.key.name, secret.key.key_id, secret.raw_sign(GO_TEXT))
    assert format_note(Note(GO_TEXT, [line])) == GO_NOTE


@pytest.mark.parametrize("kind", [ED25519, ML_DSA_44, PRIVATE])
def test_every_kind_of_secret_is_written_and_read(kind: int) -> None:
    secret = generate(ORIGIN, kind=kind)
    again = read_secret(secret.written() + "\n", where="here")
    assert again.key == secret.key
    assert again.written() == secret.written()


@pytest.mark.parametrize(
    "written",
    [
        "",
        "rubbish",
        GO_VKEY,
        GO_SECRET[:-4],
        GO_SECRET.replace("c74f20a3", "c74f20a4"),
        GO_SECRET.replace("PeterNeumann", "Peter+Neumann"),
        GO_SECRET.replace("+AYEK", "+/4EK"),
        GO_SECRET.replace("+AYEK", "+BIEK"),
    ],
)
def test_what_is_no_secret_key_is_refused_without_showing_it(written: str) -> None:
    with pytest.raises(KeySourceError) as refused:
        read_secret(written, where="The variable LOG_KEY")
    assert "FALVFGyNhPJEMzD1QIDr" not in str(refused.value)


def test_a_key_in_the_environment_signs_and_is_missed_when_it_is_gone(settings: Settings) -> None:
    secret = generate(ORIGIN, kind=ED25519)
    environment = {"LOG_KEY": secret.written()}
    keys = TrustKeys(settings, environment=environment)
    assert keys.create(ORIGIN, mldsa=True, sources=[KeySource(variable="LOG_KEY")]) == format_vkey(secret.key)
    assert kinds(keys.vkeys()) == [ED25519, ML_DSA_44]
    assert open_checkpoint(keys.sign_checkpoint(HEAD), keys.vkeys())[1] == [ORIGIN, ORIGIN]
    stored = (settings.keys_dir / "trust" / "log-keys.json").read_text()
    assert secret.written().rsplit("+", 1)[1] not in stored

    environment["LOG_KEY"] = generate(ORIGIN, kind=ED25519).written()
    with pytest.raises(SigningFailedError, match="another key"):
        keys.sign_checkpoint(HEAD)
    del environment["LOG_KEY"]
    with pytest.raises(SigningFailedError, match="no variable 'LOG_KEY'"):
        keys.sign_checkpoint(HEAD)


def test_a_source_that_does_not_fit_is_refused_and_nothing_is_made(settings: Settings) -> None:
    other = generate("other.example/log", kind=ED25519).written()
    one, two = (generate(ORIGIN, kind=ED25519).written() for _ in range(2))
    keys = TrustKeys(settings, environment={"OTHER": other, "ONE": one, "TWO": two})
    for sources, said in (
        ([KeySource(variable="OTHER")], "is named 'other.example/log'"),
        ([KeySource(variable="ONE"), KeySource(variable="TWO")], "same kind"),
        ([KeySource()], "needs the name of a variable"),
        ([KeySource(command=("true",))], "signing program with its public key"),
    ):
        with pytest.raises(KeySourceError, match=said):
            keys.create(ORIGIN, sources=sources)
        assert not keys.initialised
    keys.create(ORIGIN, sources=[KeySource(variable="ONE")])
    with pytest.raises(KeySourceError, match="a key of this log already"):
        keys.rotate(sources=[KeySource(variable="ONE")])
    assert keys.rotations() == []
    assert keys.rotate(sources=[KeySource(variable="TWO")]) == keys.vkeys()[0]
