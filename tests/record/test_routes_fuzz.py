"""Whatever is posted, the answer is a reasoned refusal or a receipt, and a refusal leaves the record as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.http import LocalClient, client_of, cloud_event, encode
from tiexin.infra.settings import Settings

BOUNDED = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MEDIA_TYPES = st.sampled_from(
    ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "APPLICATION/JSON; a=b"]
)
TEXTS = st.text(max_size=20) | st.sampled_from(["", "\x00", "1.0", "s", "2026-01-01T00:00:00Z", "x" * 1_025, "🙂"])
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.just(10**400)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*cloud_event(), "subject", "channel", "personal", "position", "data_base64", "traceparent"])
EVENTS = st.builds(
    lambda base, changes: {**base, **changes},
    st.just(cloud_event()),
    st.dictionaries(NAMES | TEXTS, VALUES, max_size=3),
)
DEPTH = st.integers(min_value=1, max_value=3_000)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path_factory.mktemp("home"))) as opened:
        yield opened


def post(client: LocalClient, body: bytes, media_type: str = "application/json") -> int:
    """Send a body; check that the answer is honest; return its status."""
    record = client.app.state.opened.record()
    before = record.position()
    answer = client.post("/v1/events", content=body, headers={"content-type": media_type})
    after = record.position()
    if answer.status_code in {200, 201}:
        assert after - before == answer.json()["appended"]
        page = client.get(f"/v1/events?after={before}&limit=1000")
        assert page.status_code == 200, page.text
        assert len(page.json()["events"]) == after - before
    else:
        problem = answer.json()
        assert answer.status_code in {400, 409, 413, 422}, problem
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["detail"]
        assert after == before
    return answer.status_code


@BOUNDED
@given(body=st.binary(max_size=200), media_type=MEDIA_TYPES)
def test_bytes(client: LocalClient, body: bytes, media_type: str) -> None:
    post(client, body, media_type)


@BOUNDED
@given(value=VALUES, media_type=MEDIA_TYPES)
def test_values_that_are_no_events(client: LocalClient, value: Any, media_type: str) -> None:
    post(client, encode(value), media_type)


@BOUNDED
@given(event=EVENTS)
def test_events_with_wrong_members(client: LocalClient, event: dict[str, Any]) -> None:
    post(client, encode(event))


@BOUNDED
@given(events=st.lists(EVENTS, max_size=4))
def test_batches_of_right_and_wrong_events(client: LocalClient, events: list[dict[str, Any]]) -> None:
    post(client, encode(events), "application/cloudevents-batch+json")


@BOUNDED
@given(data=st.data())
def test_text_that_breaks_off(client: LocalClient, data: st.DataObject) -> None:
    body = encode([cloud_event(1), cloud_event(2)])
    cut = data.draw(st.integers(min_value=0, max_value=len(body) - 1))
    assert post(client, body[:cut]) == 400


@BOUNDED
@given(depth=DEPTH, opening=st.sampled_from([b"[", b'{"a":']))
def test_deep_nesting(client: LocalClient, depth: int, opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    deep = opening * depth + b"1" + closing * depth
    body = encode(cloud_event(id=f"deep{depth}{opening!r}", data={})).replace(
        b'"data":{}', b'"data":{"deep":' + deep + b"}"
    )
    status = post(client, body)
    # Where the text itself is too deep to be read depends on the stack; what is stored can always be read again.
    assert status in ({200, 201} if depth <= 63 else {422}) or (depth > 500 and status == 400)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (b'"number":1', b'"number":1e999'),
        (b'"number":1', b'"number":-' + b"9" * 5_000),
        (b'"number":1', b'"number":NaN'),
        (b'"number":1', b'"number":1,"number":"twice"'),
        (b'"id":"e1"', b'"id":"e1","id":"e2"'),
        (b'"id":"e1"', b'"id":"\\ud800"'),
        (b'"number":1', b'"number":"\\udfff\\ud800"'),
        (b'"number":1', b'"\\u0000":1'),
        (b'"id":"e1"', b'"id":"\\u0000"'),
        (b'"id":"e1"', b'"id":"\xed\xa0\x80"'),
        (b'"number":1', b'"number":"\xff"'),
        (b'"data":{', b'"\\u0064ata":{'),
        (b'"specversion"', b'"specversion\\u0000"'),
    ],
)
def test_odd_but_plausible_json(client: LocalClient, found: bytes, put: bytes) -> None:
    body = encode(cloud_event())
    assert found in body
    post(client, body.replace(found, put))
    post(client, b"[" + body.replace(found, put) + b"]", "application/cloudevents-batch+json")


@BOUNDED
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["since", "until", "subject", "case", "journey", "type", "channel", "after", "limit", "personal"]
        ),
        TEXTS | NUMBERS.map(str),
        max_size=4,
    )
)
def test_questions(client: LocalClient, query: dict[str, str]) -> None:
    answer = client.get("/v1/events", params=query)
    assert answer.status_code in {200, 403, 422}, answer.text
    assert answer.json()
