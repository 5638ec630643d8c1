from __future__ import annotations

import asyncio

import pytest

from tiexin.infra.apart import run_apart


async def _doubled(value: int) -> int:
    await asyncio.sleep(0)
    if value < 0:
        raise ValueError(value)
    return 2 * value


def test_a_coroutine_gives_its_value_or_its_error() -> None:
    assert run_apart(lambda: _doubled(21)) == 42
    with pytest.raises(ValueError, match="-1"):
        run_apart(lambda: _doubled(-1))


def test_also_where_a_loop_is_running_already() -> None:
    async def outer() -> int:
        return run_apart(lambda: _doubled(21))

    assert run_apart(outer) == 42
