"""Users, sessions and delays of an installation, on both stores."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import aio
from tests.support.http import run_cli
from tests.support.people import PASSWORD
from tiexin.access.api import Access, SessionOverError, open_access
from tiexin.access.contracts import Preferences, Role
from tiexin.access.hashing import hash_password
from tiexin.access.policy import policy
from tiexin.access.rules.csrf import csrf_token, is_csrf_token
from tiexin.access.rules.delays import wait_us
from tiexin.access.rules.passwords import PasswordError, UserNameError, check_password, one_time_password, user_name
from tiexin.access.signing import LockedOutError, SignInRefusedError
from tiexin.access.users import LastAdminError, UserExistsError, UserInputError, UserNotFoundError, WrongPasswordError
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import HOUR_US, SECOND_US, FixedClock
from tiexin.kernel.errors import TiexinError
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import EventFilter
from tiexin.record.follow import CommitSignal, follow

NOW = 1_767_225_600_000_000
HERE = "192.0.2.7"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def record(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Record]:
    with open_record(Settings(home=tmp_path, database_url=database_url), clock=clock) as opened:
        yield opened


@pytest.fixture
def access(record: Record, clock: FixedClock) -> Iterator[Access]:
    with open_access(record.settings, record=record, clock=clock) as opened:
        yield opened


def enter(access: Access, name: str = "mei", password: str = PASSWORD, *, address: str = HERE) -> str:
    token = access.door.by_password(name, password, address=address, former=None)
    access.refresh()
    return token


def kinds(record: Record) -> list[str]:
    return [recorded.event.type.split(".")[1] for recorded in record.iterate()]


def test_a_user_lives_from_addition_to_lock_and_each_act_is_an_event(access: Access, record: Record) -> None:
    user, one_time = access.users.add("Mei", role=Role.ANALYST, by="admin")
    assert (user.name, user.must_change_password) == ("mei", True)
    assert one_time is not None
    token = enter(access, password=one_time)
    who, caller = access.sessions.recognise(token)
    assert (who.name, caller.rights, caller.units) == ("mei", frozenset(), None)
    access.users.set_password("mei", current=one_time, new=PASSWORD)
    access.refresh()
    with pytest.raises(SessionOverError):
        access.sessions.recognise(token)
    token = enter(access)
    assert "figures:read" in access.sessions.recognise(token)[1].rights
    access.users.change("mei", locked=True, by="admin")
    access.refresh()
    with pytest.raises(SessionOverError):
        access.sessions.recognise(token)
    with pytest.raises(SignInRefusedError):
        enter(access)
    access.users.change("mei", locked=False, by="admin")
    again = access.users.reset("mei", by="admin").one_time_password
    with pytest.raises(SignInRefusedError):
        enter(access)
    assert access.sessions.recognise(enter(access, password=again))[0].must_change_password
    assert kinds(record) == [
        "user_added",
        "signed_in",
        "password_changed",
        "signed_out",
        "signed_in",
        "user_changed",
        "signed_out",
        "sign_in_failed",
        "user_changed",
        "password_changed",
        "sign_in_failed",
        "signed_in",
    ]
    assert record.stats().events == 0
    assert record.stats().system_events == 12


def test_neither_password_nor_token_is_in_any_file(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with open_record(settings) as record, open_access(settings, record=record) as access:
        _, one_time = access.users.add("mei", role=Role.ANALYST, by="admin")
        token = enter(access, password=one_time or "")
        access.door.leave(access.users.get("mei"), enter(access, password=one_time or ""))
    for secret in (token, one_time or "", PASSWORD):
        assert not any(secret.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_session_ends_when_idle_and_in_any_case_after_half_a_day(access: Access, clock: FixedClock) -> None:
    access.users.add("mei", role=Role.ANALYST, by="admin", password=PASSWORD)
    idle_us = policy().sessions.idle_minutes * 60 * SECOND_US
    used, idle = enter(access), enter(access)
    clock.advance(microseconds=idle_us - 1)
    access.sessions.recognise(used)
    access.refresh()
    clock.advance(microseconds=1)
    access.sessions.recognise(used)
    with pytest.raises(SessionOverError):
        access.sessions.recognise(idle)
    with open_access(access.settings, clock=clock) as elsewhere:  # also where the use was only read from the table
        elsewhere.refresh()
        elsewhere.sessions.recognise(used)
    absolute_us = policy().sessions.absolute_hours * HOUR_US
    while clock.now_us() < NOW + absolute_us - idle_us // 2:
        clock.advance(microseconds=idle_us // 2)
        access.sessions.recognise(used)
    clock.advance(microseconds=NOW + absolute_us - clock.now_us() - 1)
    access.sessions.recognise(used)
    clock.advance(microseconds=1)
    with pytest.raises(SessionOverError):
        access.sessions.recognise(used)


def test_failures_make_account_and_address_wait_longer_each_time_also_after_a_restart(
    access: Access, clock: FixedClock
) -> None:
    access.users.add("mei", role=Role.ANALYST, by="admin", password=PASSWORD)
    rules = policy().lock_out
    for _ in range(rules.account_free + 1):
        with pytest.raises(SignInRefusedError):
            enter(access, password="wrong")
    for doubling in range(3):
        wait = rules.account_first_seconds << doubling
        with open_access(access.settings, clock=clock) as restarted, pytest.raises(LockedOutError) as locked:
            enter(restarted)
        assert locked.value.facts["retry_after_seconds"] == wait
        with pytest.raises(LockedOutError):  # waiting costs nothing more
            enter(access, address="198.51.100.1")
        clock.advance(microseconds=wait * SECOND_US)
        with pytest.raises(SignInRefusedError):
            enter(access, password="wrong")
    clock.advance(microseconds=(rules.account_first_seconds << 3) * SECOND_US)
    enter(access)
    with pytest.raises(SignInRefusedError):  # the right password has made the account free again
        enter(access, password="wrong")
    enter(access)


def at_once(count: int, act: Callable[[int], object]) -> Counter[str]:
    """Do something so many times at the same moment; return how often it ended in which way."""
    ends: Counter[str] = Counter()
    start = threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        try:
            act(number)
        except TiexinError as error:
            ends[error.code] += 1
        else:
            ends["done"] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_guesses_at_the_same_moment_get_no_further_than_one_after_another(access: Access) -> None:
    access.users.add("mei", role=Role.ANALYST, by="admin", password=PASSWORD)
    access.users.add("wei", role=Role.ANALYST, by="admin", password=PASSWORD)
    rules = policy().lock_out
    ends = at_once(30, lambda number: enter(access, password=f"wrong {number}", address=f"192.0.2.{number}"))
    checked = rules.account_free + 1
    assert ends == {"sign_in_refused": checked, "locked_out": 30 - checked}
    wei = access.users.get("wei")
    ends = at_once(
        30,
        lambda number: access.door.change_password(
            wei, current=f"wrong {number}", new="another one of mine", address=f"198.51.100.{number}"
        ),
    )
    assert ends == {"wrong_password": checked, "locked_out": 30 - checked}
    ends = at_once(30, lambda number: enter(access, f"nobody{number}", address="203.0.113.9"))
    assert ends == {"sign_in_refused": rules.address_free + 1, "locked_out": 29 - rules.address_free}


def test_the_right_password_comes_in_also_at_the_same_moment(access: Access) -> None:
    access.users.add("mei", role=Role.ANALYST, by="admin", password=PASSWORD)
    assert at_once(8, lambda _: enter(access)) == {"done": 8}


@pytest.mark.parametrize("name", ["local", "Unknown", "many"])
def test_nobody_is_called_what_the_record_calls_others(access: Access, name: str) -> None:
    with pytest.raises(UserNameError):
        access.users.add(name, role=Role.AGENT, by="admin")
    assert access.users.list() == []


def test_an_address_that_tries_many_names_has_to_wait_and_others_do_not(access: Access) -> None:
    access.users.add("mei", role=Role.ANALYST, by="admin", password=PASSWORD)
    for number in range(policy().lock_out.address_free + 1):
        access.door.failed(f"user:{number}", "2001:db8::1", method="password", reason="refused")
    with pytest.raises(LockedOutError):
        enter(access, address="2001:db8::ffff")  # the same network of 64 bits
    enter(access, address="2001:db8:0:1::1")


def test_unknown_names_learn_the_same_as_wrong_passwords(access: Access, record: Record) -> None:
    access.users.add("mei", role=Role.ANALYST, by="admin", password=PASSWORD)
    access.users.add("gone", role=Role.ANALYST, by="admin", password=PASSWORD)
    access.users.change("gone", locked=True, by="admin")
    words = set()
    for name, password in (("mei", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("no such name", PASSWORD)):
        with pytest.raises(SignInRefusedError) as refused:
            enter(access, name, password)
        words.add((refused.value.message, refused.value.code, refused.value.status, str(refused.value.facts)))
    assert len(words) == 1
    failed = [each.event.data for each in record.iterate() if each.event.type == "access.sign_in_failed.v1"]
    assert [each.get("user") for each in failed] == ["mei", None, "gone"]  # what was typed as a name is kept nowhere


def test_users_that_cannot_be_are_refused(access: Access) -> None:
    access.users.add("mei", role=Role.ADMIN, by="admin", password=PASSWORD)
    with pytest.raises(UserExistsError):
        access.users.add("MEI", role=Role.ANALYST, by="admin")
    with pytest.raises(UserInputError, match="customer"):
        access.users.add("li", role=Role.CUSTOMER, by="admin")
    with pytest.raises(UserInputError, match="customer"):
        access.users.add("li", role=Role.AGENT, subject="c1", by="admin")
    with pytest.raises(UserNameError):
        access.users.add("li na", role=Role.AGENT, by="admin")
    with pytest.raises(UserNotFoundError):
        access.users.change("li", locked=True, by="admin")
    for change in ({"locked": True}, {"role": Role.ANALYST}):
        with pytest.raises(LastAdminError):
            access.users.change("mei", by="admin", **change)
    with pytest.raises(WrongPasswordError):
        access.users.set_password("mei", current="wrong", new=PASSWORD + "!")
    assert [user.name for user in access.users.list()] == ["mei"]
    enter(access)


def test_preferences_are_kept(access: Access) -> None:
    access.users.add("mei", role=Role.ANALYST, by="admin")
    assert access.people.preferences("mei") == Preferences()
    access.people.keep_preferences("mei", Preferences(language="zh-CN", easy_mode=True))
    assert access.people.preferences("mei") == Preferences(language="zh-CN", easy_mode=True)


def test_the_first_administrator_is_made_once(access: Access, record: Record) -> None:
    first = access.first_admin()
    assert first is not None
    assert access.first_admin() is None
    assert kinds(record) == []
    enter(access, *first)
    assert kinds(record) == ["user_added", "signed_in"]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "too_short"),
        ("x" * 257, "too_long"),
        ("Passw0rd 1234", "too_common"),
        ("abababababab", "too_common"),
        ("qwertyuiopas", "too_common"),
        ("987654321098", "too_common"),
        ("my name is meiling", "holds_name"),
        ("the former one", "same_as_before"),
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str, reason: str) -> None:
    from tiexin.access.policy import common_passwords

    with pytest.raises(PasswordError) as refused:
        check_password(
            password,
            name="meiling",
            chars_min=12,
            chars_max=256,
            common=common_passwords(),
            former="the former one",
        )
    assert refused.value.facts["reason"] == reason


def test_the_hash_is_argon2id_with_the_parameters_of_rfc_9106() -> None:
    assert hash_password("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_small_rules() -> None:
    assert user_name("  Ｍei.Li@bank ") == "mei.li@bank"
    assert one_time_password(bytes(15)) == "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa"
    waits = [wait_us(n, free=4, first_seconds=15, longest_seconds=100) // SECOND_US for n in range(9)]
    assert waits == [0, 0, 0, 0, 0, 15, 30, 60, 100]
    assert is_csrf_token(csrf_token("a"), "a")
    assert not is_csrf_token(csrf_token("a"), "b")
    assert not is_csrf_token("", "a")


def test_the_command_line_adds_lists_locks_and_resets(tmp_path: Path) -> None:
    import msgspec

    added = run_cli("users", "add", "mei", "--role", "officer", "--json", home=tmp_path)
    made = msgspec.json.decode(added.stdout)
    assert (made["name"], made["role"], made["must_change_password"]) == ("mei", "officer", True)
    assert len(made["one_time_password"]) == 29
    listed = msgspec.json.decode(run_cli("users", "list", "--json", home=tmp_path).stdout)
    assert [user["name"] for user in listed] == ["mei"]
    assert "one_time_password" not in listed[0]
    assert run_cli("users", "lock", "mei", home=tmp_path).stdout == "User mei: officer, locked.\n"
    again = run_cli("users", "add", "mei", "--role", "officer", "--json", home=tmp_path)
    assert (again.returncode, msgspec.json.decode(again.stderr)["code"]) == (1, "user_exists")
    table = msgspec.json.decode(run_cli("rights", "--json", home=tmp_path).stdout)
    assert {role["role"] for role in table["roles"]} == {role.value for role in Role}


def test_what_goes_on_for_long_ends_with_the_session_or_key_it_was_begun_with(
    access: Access, record: Record, clock: FixedClock
) -> None:
    access.users.add("mei", role=Role.ANALYST, by="admin", password=PASSWORD)
    made = access.keys.create(name="crm", scopes=["record:read"])
    token = enter(access)
    clock.advance(microseconds=policy().sessions.idle_minutes * 60 * SECOND_US - 1)
    assert access.still_holds(session=token)
    assert access.still_holds(key=made.token)
    assert access.still_holds()
    clock.advance(microseconds=1)
    assert not access.still_holds(session=token)  # to be watched is no use of a session
    access.keys.revoke(made.key.id)
    assert not access.still_holds(key=made.token)
    allowed = [True]

    async def stream() -> list[bytes]:
        found = []
        parts = follow(
            record, CommitSignal(), events=EventFilter(), after=0, holds=lambda: allowed[0], monotonic=time.monotonic
        )
        async for part in parts:
            found.append(part)
            allowed[0] = len(found) < 2
        return found

    greeting, page = aio.run(stream())
    assert greeting.startswith(b": following after 0")
    assert page.startswith(b"id: 1\n")
