from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiexin.access.contracts import Right, StoredKey
from tiexin.access.rules.keys import KeyInputError, UnknownCallerError, make_key, recognise, split_token
from tiexin.kernel.clock import DAY_US

RANDOM = bytes(range(37))
NOW = 1_767_225_600_000_000


def make(**changes: object) -> tuple[str, StoredKey]:
    wanted = {"name": "crm", "scopes": ["events:write"], "days": 30, "now_us": NOW, "random": RANDOM, **changes}
    made, stored = make_key(**wanted)  # type: ignore[arg-type]
    return made.token, stored


def test_a_token_is_prefix_id_and_256_random_bits_and_only_their_hash_is_kept() -> None:
    token, stored = make()
    assert token == "tx_aaaqeaye_BQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQ"
    assert stored.digest == hashlib.sha256(b"BQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQ").digest()
    assert stored.key.id == "aaaqeaye"
    assert stored.key.expires_us == NOW + 30 * DAY_US
    assert b"BQYHCAkK" not in stored.digest


def test_scopes_are_kept_once_in_their_fixed_order_and_old_names_are_understood() -> None:
    _, stored = make(scopes=["figures:read", "events:write", "record:append"])
    assert stored.key.scopes == [Right.RECORD_APPEND, Right.FIGURES_READ]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"name": " "}, "name"),
        ({"name": "a" * 101}, "100"),
        ({"name": "a\nb"}, "printable"),
        ({"scopes": []}, "at least one scope"),
        ({"scopes": ["events:delete"]}, "'events:delete' is not a scope"),
        ({"days": 0}, "1 to 3660"),
        ({"days": 3_661}, "not 3661"),
    ],
)
def test_a_key_that_is_not_possible_is_refused_with_the_reason(changes: dict[str, object], part: str) -> None:
    with pytest.raises(KeyInputError, match=part):
        make(**changes)


def test_the_right_token_is_recognised_until_the_key_expires() -> None:
    token, stored = make()
    assert recognise(token, stored, now_us=NOW + 30 * DAY_US - 1) == stored.key
    with pytest.raises(UnknownCallerError, match="expired at 2026-01-31T00:00:00Z"):
        recognise(token, stored, now_us=NOW + 30 * DAY_US)


def test_unknown_ids_and_wrong_secrets_learn_the_same_and_nothing_else() -> None:
    token, stored = make()
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    messages = set()
    for given_token, given_key in ((token, None), (wrong, stored), ("tx_", stored), ("", None)):
        with pytest.raises(UnknownCallerError) as caught:
            recognise(given_token, given_key, now_us=NOW)
        messages.add(caught.value.message)
        assert caught.value.status == 401
    assert len(messages) == 1


@given(st.text(max_size=80))
def test_whatever_is_sent_as_token_is_refused_without_failing(token: str) -> None:
    _, stored = make()
    with pytest.raises(UnknownCallerError):
        recognise(token, stored, now_us=NOW)
    assert split_token(token) is None
