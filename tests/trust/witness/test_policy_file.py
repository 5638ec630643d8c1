"""The installation's policy is kept by commands, in a file that any program for tlog-policy reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.trust.programs import run, running_witness, tiexin
from tiexin.trust.rules.note import NoteError
from tiexin.trust.rules.policy import Policy, PolicyError, PolicyWitness, needed, satisfied
from tiexin.trust.witness.checking import check_witnesses
from tiexin.trust.witness.opening import begin_witness
from tiexin.trust.witness.policy_file import (
    FILE,
    NeededError,
    NoSuchWitnessError,
    PolicyByHandError,
    add_witness,
    need_witnesses,
    read_policy,
    remove_witness,
)


@pytest.fixture
def named(tmp_path: Path) -> list[PolicyWitness]:
    """Three witnesses."""
    made = [begin_witness(tmp_path / name, name=f"{name}.example")[0] for name in ("w0", "w1", "w2")]
    return [PolicyWitness(f"w{place}", vkey, f"http://w{place}.example") for place, vkey in enumerate(made)]


def test_witnesses_come_and_go(tmp_path: Path, named: list[PolicyWitness]) -> None:
    assert read_policy(tmp_path) == Policy()
    for count, witness in enumerate(named, 1):
        assert needed(add_witness(tmp_path, witness)) == count
    assert needed(need_witnesses(tmp_path, 2)) == 2
    written = (tmp_path / FILE).read_text().splitlines()
    assert written == [
        *(f"witness {each.name} {each.vkey} {each.url}" for each in named),
        "group witnesses 2 w0 w1 w2",
        "quorum witnesses",
    ]
    assert [each.name for each in remove_witness(tmp_path, "w1").witnesses] == ["w0", "w2"]
    assert needed(read_policy(tmp_path)) == 2
    assert needed(remove_witness(tmp_path, "w0")) == 1
    assert need_witnesses(tmp_path, 0) == Policy(witnesses=(named[2],))
    assert remove_witness(tmp_path, "w2") == Policy() == read_policy(tmp_path)


def test_refusals_change_nothing(tmp_path: Path, named: list[PolicyWitness]) -> None:
    add_witness(tmp_path, named[0])
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(PolicyError):
        add_witness(tmp_path, named[0]._replace(name="again"))
    with pytest.raises(PolicyError):
        add_witness(tmp_path, named[1]._replace(name="w0"))
    with pytest.raises(PolicyError):
        add_witness(tmp_path, named[1]._replace(url="http://two words"))
    with pytest.raises(NoteError):
        add_witness(tmp_path, named[1]._replace(vkey="nonsense"))
    with pytest.raises(NoSuchWitnessError):
        remove_witness(tmp_path, "w1")
    for count in (-1, 2):
        with pytest.raises(NeededError):
            need_witnesses(tmp_path, count)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_policy_written_by_hand_is_left_alone(tmp_path: Path, named: list[PolicyWitness]) -> None:
    written = "".join(f"witness {each.name} {each.vkey}\n" for each in named)
    written += "# ours\ngroup ours any w0 w1\ngroup both all ours w2\nquorum both\n"
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(written)
    assert needed(read_policy(tmp_path)) == 2
    with pytest.raises(PolicyByHandError):
        need_witnesses(tmp_path, 1)
    with pytest.raises(PolicyByHandError):
        remove_witness(tmp_path, "w0")
    assert (tmp_path / FILE).read_text() == written


def test_a_log_is_published_once_enough_witnesses_cosigned(tmp_path: Path) -> None:
    def ours(*words: str | Path) -> dict[str, object]:
        done = run(*tiexin("--home", tmp_path / "bank", "trust", *words, "--json"))
        found: dict[str, object] = json.loads(done.stdout or done.stderr)
        return found

    vkey = str(ours("init", "--origin", "bank.example/log")["vkey"])
    with running_witness(tmp_path / "w0", vkey) as first, running_witness(tmp_path / "w1", vkey) as second:
        assert ours("witnesses", "add", "w0", first.vkey, first.url)["of"] == 1
        assert needed(add_witness(tmp_path / "bank", PolicyWitness("w1", second.vkey, second.url))) == 2
        note = str(ours("sync")["checkpoint"])
        assert [line.split()[1] for line in note.splitlines()[4:]] == [
            "bank.example/log",
            first.vkey.split("+")[0],
            second.vkey.split("+")[0],
        ]
        policy, answers = check_witnesses(tmp_path / "bank")
        assert satisfied(policy, [name for answer in answers if answer.lines for name in answer.names])
    checked = ours("witnesses", "check")
    assert (checked["ok"], checked["why"]) == (False, "Not enough witnesses have cosigned.")
    assert (tmp_path / "bank" / "trust" / "published" / "checkpoint").read_text() == note
