"""Receipts over HTTP: rights and reach, downloads on record, and silence about what is protected."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.http import LocalClient, client_of
from tests.support.people import Browser, signed_in
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings
from tiexin.record.api import Record
from tiexin.record.contracts import Event, EventFilter
from tiexin.trust.api import Trust
from tiexin.trust.receipts.facts import facts_of
from tiexin.trust.receipts.reading import proofs_in

BASE_US = 1_795_500_000_000_000
CONTRACT = b"%PDF-1.4 the contract"
PROTECTED = ("aml.investigation_opened.v1", "whistleblowing.report_received.v1", "suspicious.transaction_reported.v1")
ADDRESSES = (
    "/v1/trust/receipts/{}/proof",
    "/v1/trust/receipts/{}/certificate",
    "/v1/own/receipts/{}/proof",
    "/v1/own/receipts/{}/certificate",
)
UNKNOWN = 9_999


def _event(number: int, kind: str, **members: Any) -> Event:
    usual: dict[str, Any] = {"source": "urn:test", "time_us": BASE_US + number, "subject": "c-1", "org": "B1"}
    return Event(id=f"e-{number}", type=kind, **(usual | members))


EVENTS = [
    _event(1, "complaint.received.v1", case="C-1", data={"topic": "fee", "personal": {"words": "请尽快回电"}}),
    _event(2, "aml.investigation_opened.v1", case="C-1", data={"alert": "a-7"}),
    _event(3, "recording.kept.v1", case="C-1", data={"recording": f"sha256:{hashlib.sha256(CONTRACT).hexdigest()}"}),
    _event(4, "complaint.answered.v1", case="C-1", org="B2", data={"outcome": "upheld", "timely": True}),
    _event(5, "payment.made.v1", subject="c-2", org="B2", data={"account": "a", "direction": "out", "purpose": "rent",
                                                               "amount_minor": 100, "currency": "CNY"}),
    _event(6, "whistleblowing.report_received.v1", case="C-6", data={}),
    _event(7, "suspicious.transaction_reported.v1", subject="c-1", data={}),
    _event(8, "survey.rated.v9", data={}),
]  # fmt: skip


def record_of(client: LocalClient) -> Record:
    """Return the opened record."""
    found: Record = client.app.state.opened.record()
    return found


def trust_of(client: LocalClient) -> Trust:
    """Return the opened log."""
    found: Trust = client.app.state.opened.trust()
    return found


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClient]:
    """A started application whose log covers the events above."""
    with client_of(Settings(home=tmp_path_factory.mktemp("receipts") / "home", trust_publish_seconds=3_600)) as started:
        record_of(started).append(EVENTS)
        trust_of(started).keys.create("bank.example/log")
        trust_of(started).sync()
        yield started


@pytest.fixture(scope="module")
def people(client: LocalClient) -> dict[str, Browser]:
    """Browsers by what their user is."""
    return {
        "officer": signed_in(client, Role.OFFICER),
        "agent": signed_in(client, Role.AGENT, unit="B1"),
        "bound": signed_in(client, Role.OFFICER, name="bound", unit="B1"),
        "analyst": signed_in(client, Role.ANALYST),
        "customer": signed_in(client, Role.CUSTOMER, subject="c-1"),
        "other": signed_in(client, Role.CUSTOMER, name="other", subject="c-2"),
    }


def at(client: LocalClient, number: int) -> int:
    """Return the position of the event with a number."""
    wanted = EventFilter()
    return next(one.position for one in record_of(client).iterate(wanted) if one.event.id == f"e-{number}")


def exports(client: LocalClient) -> list[dict[str, Any]]:
    """Return what stands in the record of exports."""
    return [one.event.data for one in record_of(client).iterate(EventFilter(type="access.exported.v1"))]


def wire(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """Return everything of an answer that a caller sees."""
    return answer.status_code, dict(answer.headers), answer.content


def test_the_list_names_what_has_a_receipt(client: LocalClient, people: dict[str, Browser]) -> None:
    position = at(client, 1)
    found = people["officer"].get("/v1/trust/receipts", params={"position": position}).json()["items"]

    assert found == [
        {
            "position": position,
            "index": position - 1,
            "id": "e-1",
            "type": "complaint.received.v1",
            "kind": "complaint",
            "kind_text": {"zh": "投诉", "en": "Complaint"},
            "time": "2026-11-24T06:00:00.000001Z",
            "case": "C-1",
            "in_log": True,
        }
    ]
    by_event = people["officer"].get("/v1/trust/receipts", params={"event": "e-1"}).json()["items"]
    by_case = people["officer"].get("/v1/trust/receipts", params={"case": "C-1"}).json()["items"]
    assert by_event == found
    assert [one["id"] for one in by_case] == ["e-1", "e-4"]


def test_the_list_asks_for_exactly_one_thing(people: dict[str, Browser]) -> None:
    for params in ({}, {"position": 1, "case": "C-1"}, {"case": "C\x00"}):
        answer = people["officer"].get("/v1/trust/receipts", params=params)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameter")


def test_a_proof_and_a_certificate_hold_the_event_and_leave_a_trace(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    position, before = at(client, 1), len(exports(client))
    proof = people["officer"].get(f"/v1/trust/receipts/{position}/proof")
    certificate = people["officer"].get(f"/v1/trust/receipts/{position}/certificate")

    assert (proof.status_code, certificate.status_code) == (200, 200)
    assert proof.headers["content-type"] == "application/vnd.c2sp.tlog-proof"
    assert certificate.headers["content-type"] == "application/pdf"
    assert proof.headers["content-disposition"] == f'attachment; filename="receipt-{position - 1}.tlog-proof"'
    facts = facts_of(proof.content)
    assert (facts.event["id"], facts.event["type"], facts.index) == ("e-1", "complaint.received.v1", position - 1)
    assert trust_of(client).reading(facts.size).entry(facts.index) == facts.entry
    assert proofs_in(certificate.content) == [proof.content]
    assert "请尽快回电".encode() not in proof.content + certificate.content
    assert [(one["what"], one["format"], one["rows"]) for one in exports(client)[before:]] == [
        ("receipt", "tlog-proof", 1),
        ("certificate", "pdf", 1),
    ]


def test_the_code_of_a_certificate_leads_to_the_server_that_made_it(
    client: LocalClient, people: dict[str, Browser], tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(people["officer"].get(f"/v1/trust/receipts/{at(client, 1)}/certificate").content)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout

    assert "http://127.0.0.1:8765/verify" in text
    assert "扫码核对" in text


@pytest.mark.parametrize("number", [2, 6, 7])
@pytest.mark.parametrize("who", ["officer", "agent", "customer", "other"])
def test_a_protected_event_answers_byte_for_byte_like_an_unknown_one(
    client: LocalClient, people: dict[str, Browser], who: str, number: int
) -> None:
    position, before = at(client, number), len(exports(client))
    asked = "own" if who in {"customer", "other"} else "trust"
    for address in ADDRESSES:
        protected = people[who].get(address.format(position))
        unknown = people[who].get(address.format(UNKNOWN))
        assert wire(protected) == wire(unknown)
        assert protected.status_code == (404 if f"/{asked}/" in address else 403)
    if asked == "trust":
        for params, other in (
            ({"position": position}, {"position": UNKNOWN}),
            ({"event": f"e-{number}"}, {"event": "nothing"}),
        ):
            listed = people[who].get("/v1/trust/receipts", params=params)
            assert wire(listed) == wire(people[who].get("/v1/trust/receipts", params=other))
            assert listed.content == b'{"items":[]}'
    assert len(exports(client)) == before


def test_a_case_of_protected_events_alone_is_like_an_unknown_case(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    before = len(exports(client))
    protected = people["officer"].get("/v1/trust/cases/C-6/bundle")

    assert protected.status_code == 404
    assert wire(protected) == wire(people["officer"].get("/v1/trust/cases/C-0/bundle"))
    listed = people["officer"].get("/v1/trust/receipts", params={"case": "C-6"})
    assert wire(listed) == wire(people["officer"].get("/v1/trust/receipts", params={"case": "C-0"}))
    assert len(exports(client)) == before


def test_an_event_without_a_receipt_or_out_of_reach_is_like_an_unknown_one(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    for who, number in (("officer", 8), ("officer", 3), ("agent", 5), ("agent", 4), ("bound", 5)):
        answer = people[who].get(f"/v1/trust/receipts/{at(client, number)}/proof")
        assert wire(answer) == wire(people[who].get(f"/v1/trust/receipts/{UNKNOWN}/proof"))
        assert answer.status_code == 404
    # Consumer protection sees complaints of every unit.
    assert people["bound"].get(f"/v1/trust/receipts/{at(client, 4)}/proof").status_code == 200


def test_leaves_of_protected_events_look_like_all_others(client: LocalClient) -> None:
    log = trust_of(client).reading(len(EVENTS))

    assert {len(log.entry(at(client, number) - 1)) for number in range(1, 9)} == {32}


def test_only_who_may_make_receipts_gets_any(client: LocalClient, people: dict[str, Browser]) -> None:
    position = at(client, 1)
    for address in (
        f"/v1/trust/receipts?position={position}",
        f"/v1/trust/receipts/{position}/proof",
        f"/v1/trust/receipts/{position}/certificate",
        "/v1/trust/cases/C-1/bundle",
    ):
        for who in ("analyst", "customer"):
            answer = people[who].get(address)
            assert (answer.status_code, answer.json()["right"]) == (403, "receipts:make")
    assert people["officer"].get("/v1/own/receipts").status_code == 403


def test_customers_see_their_own_receipts_and_no_others(client: LocalClient, people: dict[str, Browser]) -> None:
    own = people["customer"].get("/v1/own/receipts").json()["items"]
    others = people["other"].get("/v1/own/receipts").json()["items"]

    assert [one["id"] for one in own] == ["e-4", "e-1"]
    assert [(one["id"], one["kind"]) for one in others] == [("e-5", "payment")]
    proof = people["customer"].get(f"/v1/own/receipts/{at(client, 1)}/proof")
    assert facts_of(proof.content).event["id"] == "e-1"
    certificate = people["customer"].get(f"/v1/own/receipts/{at(client, 1)}/certificate")
    assert proofs_in(certificate.content) == [proof.content]
    for kind in ("proof", "certificate"):
        foreign = people["customer"].get(f"/v1/own/receipts/{at(client, 5)}/{kind}")
        assert wire(foreign) == wire(people["customer"].get(f"/v1/own/receipts/{UNKNOWN}/{kind}"))


def test_the_bundle_of_a_case_holds_everything_but_what_is_protected(
    client: LocalClient, people: dict[str, Browser], tmp_path: Path
) -> None:
    before = len(exports(client))
    answer = people["officer"].get("/v1/trust/cases/C-1/bundle")
    positions = [at(client, number) for number in (1, 3, 4)]
    with zipfile.ZipFile(BytesIO(answer.content)) as bundle:
        assert {entry.compress_type for entry in bundle.infolist()} == {zipfile.ZIP_STORED}
        files = {name: bundle.read(name) for name in bundle.namelist()}

    assert sorted(files) == sorted(
        [
            *("README.zh.md", "README.en.md", "manifest.json", "manifest.json.p7s", "authority.pem", "references.json"),
            *("log/checkpoint", "log/keys.json", "log/policy"),
            *(f"events/{position}.json" for position in positions),
            *(f"proofs/{position}.tlog-proof" for position in positions),
            *(f"certificates/{position}.pdf" for position in (positions[0], positions[2])),
        ]
    )
    assert proofs_in(answer.content) == [files[f"proofs/{position}.tlog-proof"] for position in positions]
    everything = b"".join(files.values())
    assert b"aml." not in everything
    assert b"a-7" not in everything
    manifest = msgspec.json.decode(files["manifest.json"])
    assert [one["position"] for one in manifest["events"]] == positions
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    assert listed == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if "manifest" not in name
    }
    for name in ("manifest.json", "manifest.json.p7s", "authority.pem"):
        (tmp_path / name).write_bytes(files[name])
    command = (
        "openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -CAfile authority.pem "
        "-purpose any -out out"
    )
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    assert f"| {positions[0]} | 2026-11-24 14:00:00 (UTC+08:00) | 投诉 " in files["README.zh.md"].decode()
    assert [(one["what"], one["format"], one["rows"]) for one in exports(client)[before:]] == [
        ("evidence_bundle", "zip", 3)
    ]


def test_somebody_bound_to_a_unit_gets_the_part_of_the_case_within_reach(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    answer = people["agent"].get("/v1/trust/cases/C-1/bundle")

    assert [facts_of(proof).event["id"] for proof in proofs_in(answer.content)] == ["e-1", "e-3"]


def test_before_the_log_covers_an_event_it_says_when_to_come_back(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    record_of(client).append([_event(20, "complaint.received.v1", data={"topic": "fee"})])
    position = at(client, 20)
    item = people["officer"].get("/v1/trust/receipts", params={"position": position}).json()["items"][0]
    answer = people["officer"].get(f"/v1/trust/receipts/{position}/proof")

    assert item["in_log"] is False
    assert (answer.status_code, answer.json()["code"]) == (503, "not_published_yet")
    trust_of(client).sync()
    assert people["officer"].get(f"/v1/trust/receipts/{position}/proof").status_code == 200


def test_before_the_log_is_begun_receipts_are_listed_but_not_given(tmp_path: Path) -> None:
    with client_of(Settings(home=tmp_path / "home", trust_publish_seconds=3_600)) as started:
        record_of(started).append(EVENTS)
        officer = signed_in(started, Role.OFFICER)
        item = officer.get("/v1/trust/receipts", params={"event": "e-1"}).json()["items"][0]
        answer = officer.get(f"/v1/trust/receipts/{item['position']}/certificate")

        assert item["in_log"] is False
        assert (answer.status_code, answer.json()["code"]) == (404, "trust_not_initialised")
        protected = officer.get(f"/v1/trust/receipts/{at(started, 2)}/certificate")
        assert wire(protected) == wire(officer.get(f"/v1/trust/receipts/{UNKNOWN}/certificate"))
        assert exports(started) == []


def test_no_customer_decides_which_page_a_sealed_certificate_leads_to(
    client: LocalClient, people: dict[str, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/v1/own/receipts/{at(client, 1)}/certificate"
    named = {"host": "genuine.example", "forwarded": "for=192.0.2.1"}

    def page() -> str:
        answer = people["customer"].get(address, headers=named)
        assert answer.status_code == 200
        return subprocess.run(
            ["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True
        ).stdout.decode()

    assert "genuine.example" not in page()
    monkeypatch.setenv("TIEXIN_PUBLIC_ADDRESS", "https://tiexin.bank.example")
    shown = page()
    assert ("genuine.example" in shown, "tiexin.bank.example" in shown) == (False, True)
