"""Whatever anybody sends to any address: no 500, and no answer that the table of rights does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from tests.support.http import LocalClient, client_of, cloud_event
from tests.support.people import Browser, signed_in
from tests.support.rights import holds, rights_by_route
from tiexin.access.api import ANYBODY_KNOWN
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings

EXAMPLES = 150
"""A role; over all operations."""
LEFT_OUT = ("/follow", "/v1/reports", "/v1/health", "/v1/ready")
"""Streams that do not end, and work that starts processes of its own; their rights are tried in test_rights."""
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path_factory.mktemp("home"))) as opened:
        assert opened.post("/v1/events", json=cloud_event(journey="loan", case="c", step="a")).status_code == 201
        yield opened


@pytest.fixture(scope="module")
def operations(client: LocalClient) -> list[Any]:
    schema = schemathesis.openapi.from_dict(client.app.openapi())
    found: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    signs_out = ("DELETE", "/v1/session")
    return [
        each for each in found if not each.path.endswith(LEFT_OUT) and (each.method.upper(), each.path) != signs_out
    ]


def send(browser: Browser, case: Any) -> Any:
    """Send a made-up request with the session of a browser; return the answer."""
    arguments = case.as_transport_kwargs(base_url="http://127.0.0.1:8765")
    headers = {
        name: value
        for name, value in (arguments.pop("headers", None) or {}).items()
        if name.lower() not in {"cookie", "authorization", "user-agent", "origin", "host", "x-csrf-token"}
    }
    method, url = arguments.pop("method"), arguments.pop("url")
    kept = {name: value for name, value in arguments.items() if name in {"json", "data", "params", "content"}}
    data = kept.pop("data", None)
    if data is not None:
        kept["content"] = data if isinstance(data, str | bytes) else str(data)
    return browser.request(method, url, headers=headers, **kept)


@pytest.mark.parametrize("who", [*Role, None], ids=lambda who: who.value if who else "nobody")
def test_no_answer_is_a_fault_of_ours_or_beyond_the_rights(
    client: LocalClient, operations: list[Any], who: Role | None
) -> None:
    browser = signed_in(client, who, name=f"fuzz-{who}") if who else Browser(client)
    held = set(browser.session.get("rights", ())) | ({ANYBODY_KNOWN} if who else set())
    needed = rights_by_route(client)
    seen: list[tuple[str, str, int]] = []

    @BOUNDED
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(operations))
        case = data.draw(operation.as_strategy())
        try:
            answer = send(browser, case)
        except (UnicodeError, ValueError):  # what no client can send
            return
        place = (operation.method.upper(), operation.path)
        seen.append((*place, answer.status_code))
        assert answer.status_code < 500 or answer.json()["code"] == "unavailable", (place, answer.text[:500])
        if answer.status_code < 300 and not place[1].startswith("/v1/session"):
            assert holds(needed[place], held), (place, answer.text[:200])
            assert needed[place] or who is not None

    run()
    assert len(seen) > EXAMPLES // 2
