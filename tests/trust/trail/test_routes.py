"""Trails over HTTP: rights and reach, proofs of each step, a customer's own, silence about what is protected."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from tests.support.http import LocalClient, client_of
from tests.support.people import Browser, signed_in
from tests.support.trails import CASE, decision, event, matter
from tests.support.trust import ORIGIN
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings
from tiexin.record.contracts import EventFilter
from tiexin.trust.rules.verifying import verify_proof

UNKNOWN = 9_999
EVENTS = [
    *matter(),
    event(5, "suspicious.reported.v1", {}),
    decision(6, 5),
    decision(7, 1, subject="person-2", case="mortgage-2"),
    decision(8, 77),
    event(19, "churn.scored.v9", {"score": 97}),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClient]:
    """A started application whose log covers the events above, at positions 1 to 8."""
    with client_of(Settings(home=tmp_path_factory.mktemp("trail") / "home", trust_publish_seconds=3_600)) as started:
        opened = started.app.state.opened
        opened.record().append(EVENTS)
        opened.trust().keys.create(ORIGIN)
        opened.trust().sync()
        yield started


@pytest.fixture(scope="module")
def people(client: LocalClient) -> dict[str, Browser]:
    return {
        "officer": signed_in(client, Role.OFFICER),
        "agent": signed_in(client, Role.AGENT, unit="B1"),
        "analyst": signed_in(client, Role.ANALYST),
        "customer": signed_in(client, Role.CUSTOMER, subject="person-1"),
        "other": signed_in(client, Role.CUSTOMER, name="other", subject="person-2"),
    }


def test_a_trail_names_step_by_step_what_a_decision_rests_on(people: dict[str, Browser]) -> None:
    steps = people["officer"].get("/v1/trust/trail/4").json()["steps"]
    assert [step["position"] for step in steps] == [1, 2, 3, 4]
    assert {name: steps[2][name] for name in ("index", "type", "title", "actor", "previous", "broken", "proof")} == {
        "index": 2,
        "type": "decision.taken.v1",
        "title": {"zh": "决定：同意", "en": "Decision: granted"},
        "actor": "S7",
        "previous": [1, 2],
        "broken": None,
        "proof": "/v1/trust/trail/4/proof?step=3",
    }
    assert steps[2]["reasons"] == [{"code": "within_limits", "zh": "符合条件。", "en": "Within our limits."}]
    assert [each["name"] for each in steps[2]["inputs"]] == ["credit_score"]


def test_every_step_has_its_proof_and_giving_it_out_leaves_a_trace(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    opened = client.app.state.opened
    keys = opened.trust().keys.vkeys()
    for step in people["officer"].get("/v1/trust/trail/4").json()["steps"]:
        answer = people["officer"].get(step["proof"])
        assert answer.status_code == 200
        verdict = verify_proof(answer.content, keys)
        assert verdict.ok, verdict.why
        assert verdict.event is not None
        assert verdict.event["id"] == step["id"]
    noted = [one.event.data for one in opened.record().iterate(EventFilter(type="access.exported.v1"))]
    assert [each["what"] for each in noted] == ["trail_step"] * 4


def test_a_case_is_one_chain_and_its_steps_have_proofs_too(people: dict[str, Browser]) -> None:
    found = people["officer"].get(f"/v1/trust/cases/{CASE}/trail").json()["steps"]
    assert [step["position"] for step in found] == [1, 2, 3, 4, 6, 8]
    assert all(people["officer"].get(step["proof"]).status_code == 200 for step in found)
    assert people["officer"].get("/v1/trust/cases/unknown/trail").json() == {"steps": []}
    assert people["officer"].get("/v1/trust/cases/a%00b/trail").json()["code"] == "invalid_parameter"


def test_a_step_out_of_the_chain_has_no_proof_there(people: dict[str, Browser]) -> None:
    assert people["officer"].get("/v1/trust/trail/3/proof", params={"step": 4}).json()["code"] == "receipt_not_found"
    assert people["officer"].get("/v1/trust/trail/3/proof").status_code == 200


def test_whoever_sees_one_unit_sees_its_steps_alone(people: dict[str, Browser]) -> None:
    steps = people["agent"].get("/v1/trust/trail/3").json()["steps"]
    assert [(step["position"], step["broken"]) for step in steps] == [(1, None), (3, "earlier_step_not_shown")]
    assert people["agent"].get("/v1/trust/trail/2").json()["code"] == "receipt_not_found"
    assert people["agent"].get("/v1/trust/trail/3/proof", params={"step": 2}).json()["code"] == "receipt_not_found"


def test_rights_are_asked_for(people: dict[str, Browser]) -> None:
    assert people["analyst"].get("/v1/trust/trail/3").json()["code"] == "not_allowed"
    assert people["customer"].get("/v1/trust/trail/3").json()["code"] == "not_allowed"
    assert people["officer"].get("/v1/own/trail/3").json()["code"] == "not_allowed"


def test_customers_follow_their_own_decisions_and_are_not_told_who_acted(people: dict[str, Browser]) -> None:
    steps = people["customer"].get("/v1/own/trail/4").json()["steps"]
    assert [step["position"] for step in steps] == [1, 2, 3, 4]
    assert {step["actor"] for step in steps} == {None}
    assert people["customer"].get(steps[2]["proof"]).status_code == 200
    assert people["customer"].get("/v1/own/trail/7").json()["code"] == "receipt_not_found"
    assert people["other"].get("/v1/own/trail/4").json()["code"] == "receipt_not_found"
    assert people["other"].get("/v1/own/trail/7/proof", params={"step": 1}).json()["code"] == "receipt_not_found"


@pytest.mark.parametrize("address", ["/v1/trust/trail/{}", "/v1/trust/trail/{}/proof"])
@pytest.mark.parametrize("number", [1, 9])
def test_what_is_no_decision_has_no_trail_of_its_own(people: dict[str, Browser], address: str, number: int) -> None:
    """Notes that the house makes about a customer lie in no chain: neither their words nor their proofs go out."""
    for browser, part in (("officer", "trust"), ("customer", "own")):
        hidden, absent = (people[browser].get(address.format(n).replace("trust", part)) for n in (number, UNKNOWN))
        assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)


@pytest.mark.parametrize("address", ["/v1/trust/trail/{}", "/v1/trust/trail/{}/proof"])
def test_a_protected_event_answers_like_one_that_never_was(people: dict[str, Browser], address: str) -> None:
    protected = people["officer"].get(address.format(5))
    absent = people["officer"].get(address.format(UNKNOWN))
    assert (protected.status_code, protected.content) == (absent.status_code, absent.content)
    assert protected.status_code == 404
    own = [people["customer"].get(address.format(n).replace("trust", "own")) for n in (5, UNKNOWN)]
    assert own[0].content == own[1].content


def test_a_protected_ground_looks_like_one_that_never_was(people: dict[str, Browser]) -> None:
    for browser, part in (("officer", "trust"), ("customer", "own")):
        hidden, absent = (people[browser].get(f"/v1/{part}/trail/{n}").json()["steps"] for n in (6, 8))
        assert len(hidden) == len(absent) == 1
        members = ("broken", "broken_text", "previous", "inputs", "rule", "reasons", "title")
        assert {name: hidden[0][name] for name in members} == {name: absent[0][name] for name in members}
        assert hidden[0]["broken"] == "earlier_step_not_shown"


def test_a_step_that_the_log_does_not_cover_yet_is_asked_for_later(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    client.app.state.opened.record().append([decision(9, 1, case="new")])
    steps = people["officer"].get("/v1/trust/cases/new/trail").json()["steps"]
    newest = steps[-1]
    assert (newest["id"], newest["proof"], newest["broken"]) == ("e9", None, None)
    answer = people["officer"].get(f"/v1/trust/trail/{newest['position']}/proof")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published_yet")
    assert (answer.json()["size"], newest["position"] > 9) == (9, True)


def test_without_a_log_the_trail_is_shown_and_no_proof_offered(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("none")
    (home / "demo").mkdir()  # in the home of a demonstration, steps have the words that ship with it
    with client_of(Settings(home=home)) as started:
        started.app.state.opened.record().append([msgspec.structs.replace(one) for one in matter()])
        steps = signed_in(started, Role.OFFICER).get("/v1/trust/trail/4").json()["steps"]
        assert [step["proof"] for step in steps] == [None] * 4
        assert [step["broken"] for step in steps] == [None] * 4
        assert steps[1]["title"] == {"zh": "办理进度：查询征信", "en": "Step taken: Credit report obtained"}
