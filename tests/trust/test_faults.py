"""Every write, flush and rename of a publication fails once: what is published always follows from the record.

The steps below the log's own files are tried in tests/trust/log; these are the steps after them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.events import calls
from tests.support.trust import begun
from tiexin.infra.settings import Settings
from tiexin.record.api import Record
from tiexin.trust.api import Trust
from tiexin.trust.rules.verifying import open_checkpoint

STEPS_MAX = 60


class PowerCut(BaseException):
    """The machine stops at this step: nothing in the house may catch it."""


class Saboteur:
    """Lets the n-th call of the operating system in :mod:`tiexin.infra.files` fail, before or after it was done."""

    def __init__(self, patched: pytest.MonkeyPatch, error: Callable[[], BaseException], *, after: bool) -> None:
        self.calls = 0
        self.fails_at = 0
        self._error = error
        self._after = after
        for holder, name in ((os, "fsync"), (os, "open"), (Path, "replace")):
            patched.setattr(holder, name, self._watched(getattr(holder, name)))

    def _watched(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if self.fails_at:
                self.calls += 1
            if self.calls != self.fails_at or not self.fails_at:
                return real(*arguments, **options)
            self.fails_at = 0
            if self._after:
                real(*arguments, **options)
            raise self._error()

        return call


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Record, Trust]]:
    with begun(Settings(home=tmp_path / "home")) as (record, trust):
        record.append(calls(20))
        trust.sync()
        yield record, trust


def check(trust: Trust, sizes: set[int]) -> None:
    head = trust.head()
    assert head is not None
    assert head.size in sizes
    checkpoint, names = open_checkpoint(head.checkpoint, trust.keys.vkeys())
    assert names
    signed = trust.shelf.signed()
    assert signed is not None
    assert open_checkpoint(signed, trust.keys.vkeys())[0].size >= checkpoint.size
    report = trust.audit()
    assert (report.ok, report.faults) == (True, [])


@pytest.mark.parametrize("after", [False, True], ids=["undone", "done"])
@pytest.mark.parametrize("error", [PowerCut, lambda: OSError(28, "No space left on device")], ids=["cut", "full"])
def test_whatever_step_fails_the_published_head_follows_from_the_record(
    opened: tuple[Record, Trust], error: Callable[[], BaseException], *, after: bool
) -> None:
    record, trust = opened
    published = 20
    for step in range(1, STEPS_MAX):
        record.append(calls(3, first=1_000 * step))
        position = record.position()
        with pytest.MonkeyPatch.context() as patched:
            saboteur = Saboteur(patched, error, after=after)
            saboteur.fails_at = step
            try:
                trust.sync()
            except (PowerCut, OSError):
                pass
            else:
                assert saboteur.fails_at == step, "a failure was swallowed"
        check(trust, {published, position})
        if step % 2:  # Sometimes the next round finds what two failed ones left.
            assert trust.sync().size == position
        published = trust.head().size  # type: ignore[union-attr]  # checked above
        if saboteur.calls < step:
            assert step > 8
            return
    pytest.fail(f"a publication takes more than {STEPS_MAX} steps")
