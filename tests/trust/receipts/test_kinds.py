from __future__ import annotations

from pathlib import Path

import pytest

from tiexin.infra.settings import load_settings
from tiexin.record.api import export_schemas
from tiexin.trust.receipts.kinds import KindsFileError, load_kinds


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("complaint.received.v1", "complaint"),
        ("complaint.answered.v1", "complaint"),
        ("consent.given.v1", "consent"),
        ("decision.taken.v1", "decision"),
        ("loan.granted.v1", "decision"),
        ("advice.given.v1", "advice"),
        ("payment.made.v1", "payment"),
        ("system.subject_erased.v1", "erasure"),
        ("survey.answered.v1", None),
        ("call.ended.v1", None),
        ("access.signed_in.v1", None),
        ("whistleblowing.report_received.v1", None),
        ("suspicious.transaction_reported.v1", None),
        ("payment.suspicious_reported.v1", None),
        ("aml.investigation_opened.v1", None),
    ],
)
def test_each_type_has_its_sort_of_receipt(tmp_path: Path, event_type: str, kind: str | None) -> None:
    found = load_kinds(load_settings(tmp_path)).of(event_type)

    assert (found and found.kind) == kind


@pytest.mark.parametrize(
    "event_type",
    [
        "complaint.whistleblowing.v1",
        "complaint.misconduct_reported.v1",
        "whistleblower.heard.v1",
        "Suspicious.Transaction.v1",
        "customer.suspicious_activity.v1",
        "decision.aml_hold.v1",
        "decision.str_filed.v1",
        "money_laundering.alert.v1",
        "AML.alert",
    ],
)
def test_what_may_not_be_told_is_known_by_its_name_wherever_it_stands(tmp_path: Path, event_type: str) -> None:
    """A source may file a report of wrongdoing among the complaints, or write its types in capitals."""
    kinds = load_kinds(load_settings(tmp_path))
    assert (kinds.is_protected(event_type), kinds.of(event_type)) == (True, None)


def test_no_shipped_kind_is_protected_by_accident(tmp_path: Path) -> None:
    kinds = load_kinds(load_settings(tmp_path))
    shipped = [file.stem for file in export_schemas(tmp_path / "schemas")]

    assert len(shipped) > 20
    assert [name for name in shipped if kinds.is_protected(name)] == []


def test_an_installation_protects_more_and_never_less(tmp_path: Path) -> None:
    own = tmp_path / "trust" / "kinds.yaml"
    own.parent.mkdir()
    own.write_text(
        "receipts: {report: {zh: 举报, en: Report, types: ['aml.*', 'visit.*']}}\n"
        "protected: [{zh: 内部, en: Internal, types: ['complaint.internal*']}]\n",
        "utf-8",
    )

    kinds = load_kinds(load_settings(tmp_path))

    assert kinds.of("complaint.internal_audit.v1") is None
    assert kinds.is_protected("aml.alert.v1")
    assert kinds.of("aml.alert.v1") is None
    found = kinds.of("visit.made.v1")
    assert found is not None
    assert (found.kind, found.text.zh, found.text.en) == ("report", "举报", "Report")


@pytest.mark.parametrize("text", ["protected: 3", "other: []", "[", "receipts: {a: {zh: x}}"])
def test_an_unusable_own_list_stops_everything(tmp_path: Path, text: str) -> None:
    own = tmp_path / "trust" / "kinds.yaml"
    own.parent.mkdir()
    own.write_text(text, "utf-8")

    with pytest.raises(KindsFileError) as caught:
        load_kinds(load_settings(tmp_path))

    assert caught.value.facts == {"file": str(own)}
