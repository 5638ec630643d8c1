"""Policies of trust as c2sp.org/tlog-policy writes them."""

from __future__ import annotations

import pytest

from tiexin.trust.rules.note import COSIGNATURE, ED25519, format_vkey, make_vkey
from tiexin.trust.rules.policy import (
    Policy,
    PolicyError,
    PolicyWitness,
    format_policy,
    needed,
    parse_policy,
    satisfied,
)


def vkey(name: str, number: int, *, kind: int = COSIGNATURE) -> str:
    return format_vkey(make_vkey(name, kind=kind, key=bytes([number]) * 32))


LOG = vkey("log.example", 99, kind=ED25519)
# The shape of the example in the specification.
EXAMPLE = f"""\
# Two organisations run witnesses.
log {LOG} https://log.example/

witness X1 {vkey("x.example/1", 1)}
witness X2 {vkey("x.example/2", 2)} https://x.example/2
\twitness  X3\t{vkey("x.example/3", 3)}
group X-witnesses 2 X1 X2 X3

witness Y1 {vkey("y.example/1", 4)}
witness Y2 {vkey("y.example/2", 5)}
group Y-witnesses any Y1 Y2

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def test_example_of_the_specification_is_read() -> None:
    policy = parse_policy(EXAMPLE)
    assert [(log.vkey, log.url) for log in policy.logs] == [(LOG, "https://log.example/")]
    assert [(each.name, each.url) for each in policy.witnesses] == [
        ("X1", None),
        ("X2", "https://x.example/2"),
        ("X3", None),
        ("Y1", None),
        ("Y2", None),
    ]
    assert [(group.needed, len(group.members)) for group in policy.groups] == [(2, 3), (1, 2), (2, 2)]
    assert needed(policy) == 3
    assert parse_policy(format_policy(policy)) == policy
    assert parse_policy(EXAMPLE.encode()) == policy


@pytest.mark.parametrize(
    ("names", "enough"),
    [
        ([], False),
        (["X1", "X2"], False),
        (["Y1", "Y2", "X1"], False),
        (["X1", "X3", "Y2"], True),
        (["x.example/1", "x.example/3", "y.example/2"], True),
        (["X1", "X1", "x.example/1", "Y1"], False),
        (["X-witnesses", "Y-witnesses", "X-and-Y", "none"], False),
        (["log.example", "Y1"], False),
    ],
)
def test_witnesses_are_counted_group_by_group(names: list[str], *, enough: bool) -> None:
    assert satisfied(parse_policy(EXAMPLE), names) is enough


def test_without_a_quorum_nobody_is_asked() -> None:
    policy = parse_policy("quorum none\n")
    assert policy == Policy()
    assert satisfied(policy, [])
    assert needed(policy) == 0


def test_a_key_name_that_two_witnesses_share_counts_for_neither() -> None:
    both = f"witness a {vkey('same', 1)}\nwitness b {vkey('same', 2)}\ngroup g all a b\nquorum g\n"
    assert not satisfied(parse_policy(both), ["same"])
    assert not satisfied(parse_policy(both), ["a", "same"])
    assert satisfied(parse_policy(both), ["a", "b"])
    swapped = f"witness a {vkey('b', 1)}\nwitness b {vkey('a', 2)}\nquorum a\n"
    assert not satisfied(parse_policy(swapped), ["b"])


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        ("", None, "line 'quorum'"),
        ("quorum none\nquorum none\n", 2, "one quorum line"),
        ("quorum a\n", 1, "not defined"),
        (f"quorum a\nwitness a {vkey('a', 1)}\n", 1, "not defined"),
        ("log rubbish\nquorum none\n", 1, "name\\+id\\+key"),
        ("witness a\nquorum none\n", 1, "expected log"),
        ("unknown a b\nquorum none\n", 1, "expected log"),
        (f"witness none {vkey('a', 1)}\nquorum none\n", 1, "'none' is taken"),
        (f"witness a {vkey('a', 1)}\nwitness a {vkey('b', 2)}\nquorum none\n", 2, "'a' is taken"),
        (f"witness a {vkey('a', 1)}\nwitness b {vkey('b', 1)}\nquorum none\n", 2, "earlier line"),
        (f"log {LOG}\nlog {vkey('other', 99, kind=ED25519)}\nquorum none\n", 2, "earlier line"),
        (f"witness a {vkey('a', 1)}\ngroup g 2 a\nquorum g\n", 2, "1 to 1"),
        (f"witness a {vkey('a', 1)}\ngroup g 0 a\nquorum g\n", 2, "1 to 1"),
        (f"witness a {vkey('a', 1)}\ngroup g 01 a\nquorum g\n", 2, "1 to 1"),
        (f"witness a {vkey('a', 1)}\ngroup g all\nquorum g\n", 2, "expected log"),
        (f"witness a {vkey('a', 1)}\ngroup g all a a\nquorum g\n", 2, "member already"),
        (f"witness a {vkey('a', 1)}\ngroup g all a\ngroup h all a\nquorum g\n", 3, "member already"),
        ("group g all none\nquorum g\n", 1, "not defined"),
        ("quorum none\r\n", None, "control characters"),
        ("#" * (1024 * 1024 + 1), None, "at most 1048576"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(written: str, line: int | None, said: str) -> None:
    with pytest.raises(PolicyError, match=said) as refused:
        parse_policy(written)
    assert refused.value.facts.get("line") == line


def test_thirty_two_of_each_are_taken() -> None:
    lines = [f"log {vkey(f'log{number}', number, kind=ED25519)}" for number in range(32)]
    lines += [f"witness w{number} {vkey(f'w{number}', number)}" for number in range(32)]
    lines += [f"group g{number} any w{number}" for number in range(31)]
    lines += ["group all " + " ".join(["16", *(f"g{number}" for number in range(31))]), "quorum all"]
    policy = parse_policy("\n".join(lines))
    assert (len(policy.logs), len(policy.witnesses), len(policy.groups), needed(policy)) == (32, 32, 32, 16)


def test_names_are_bytes_not_letters() -> None:
    policy = parse_policy(f"witness K {vkey('a', 1)}\nwitness \u212a {vkey('b', 2)}\nquorum \u212a\n".encode())
    assert not satisfied(policy, ["K"])
    assert satisfied(policy, ["\u212a"])
    raw = b"witness \xff\xfe " + vkey("a", 1).encode() + b"\nquorum \xff\xfe\n"
    assert parse_policy(raw).witnesses[0].name == parse_policy(raw).quorum


def test_a_policy_that_could_not_be_read_back_is_not_written() -> None:
    with pytest.raises(PolicyError):
        format_policy(Policy(witnesses=(PolicyWitness("a b", vkey("a", 1)),), quorum="a b"))
