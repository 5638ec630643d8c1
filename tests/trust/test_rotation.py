"""A log goes through a change of keys: heads before, between and after continue each other, and old receipts hold."""

from __future__ import annotations

from pathlib import Path

from tests.support.events import calls
from tests.support.trust import begun
from tiexin.infra.settings import Settings
from tiexin.trust.rules.note import parse_note
from tiexin.trust.rules.rotation import follow
from tiexin.trust.rules.verifying import open_checkpoint, verify_proof


def test_a_log_goes_through_a_rotation(tmp_path: Path) -> None:
    with begun(Settings(home=tmp_path / "home")) as (record, trust):
        record.append(calls(3))
        old = trust.keys.vkeys()[0]
        trust.sync()
        receipt = trust.prove(index=1)

        new = trust.keys.rotate(mldsa=True)
        # The same head is published again, signed by all: who knows only the new key must not wait for growth.
        both = trust.sync().checkpoint
        assert len(parse_note(both).signatures) == 3
        assert open_checkpoint(both, [old])[1] == open_checkpoint(both, [new])[1] == [trust.keys.origin]
        assert verify_proof(trust.prove(index=1), [new]).ok

        trust.keys.retire_old()
        record.append(calls(2, first=3))
        after = trust.sync()
        assert (after.size, len(parse_note(after.checkpoint).signatures)) == (5, 2)
        assert open_checkpoint(after.checkpoint, [old])[1] == []
        late = trust.prove(index=4)
        rotations = [note.encode() for note in trust.keys.rotations()]
    assert verify_proof(receipt, [old]).ok
    assert not verify_proof(receipt, [new]).ok
    assert not verify_proof(late, [old]).ok
    assert verify_proof(late, follow([old], rotations)).ok


def test_a_log_opens_again_after_its_keys_changed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with begun(settings) as (record, trust):
        record.append(calls(2))
        trust.sync()
        trust.keys.rotate()
        trust.keys.retire_old()
    with begun(settings) as (record, trust):
        assert trust.sync().size == 2
        record.append(calls(1, first=2))
        assert trust.sync().size == 3
