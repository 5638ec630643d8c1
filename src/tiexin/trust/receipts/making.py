"""From a proof to a signed certificate."""

from __future__ import annotations

from tiexin.kernel.clock import Clock, SystemClock
from tiexin.trust.receipts.authority import Signing
from tiexin.trust.receipts.certificate.values import ZONE, CertificateInput
from tiexin.trust.receipts.facts import facts_of
from tiexin.trust.receipts.kinds import ReceiptKinds
from tiexin.trust.receipts.lookup import NoReceiptError
from tiexin.trust.receipts.sealing import sealed_pdf


def make_certificate(
    proof: bytes,
    *,
    kinds: ReceiptKinds,
    signing: Signing,
    address: str | None = None,
    house: str = "",
    stamps: tuple[str, ...] = (),
    zone: str = ZONE,
    clock: Clock | None = None,
) -> bytes:
    """Return the certificate (PDF) of the event that a proof opens; all that stands on it comes from the proof.

    Args:
        proof: a ``.tlog-proof`` with an opening, made by the own log.
        kinds: which events get a certificate.
        signing: what signs it.
        address: of the server, for the code that leads to the checking page.
        house: name of the institution.
        stamps: time stamps and anchors that cover the checkpoint, in words.
        zone: IANA name of the time zone for the moments on the page.
        clock: tells the present.

    Raises:
        NoReceiptError: events of this kind get none.
        NoOpeningError: the proof does not carry its event.
        SealingError: it could not be signed.
    """
    from tiexin.trust.receipts.certificate.page import draw

    facts = facts_of(proof)
    kind = kinds.of(str(facts.event["type"]))
    if kind is None:
        raise NoReceiptError
    given = CertificateInput(
        facts=facts,
        kind=kind.text,
        made_us=(clock or SystemClock()).now_us(),
        address=address,
        house=house,
        stamps=stamps,
        zone=zone,
    )
    return sealed_pdf(draw(given), proof=proof, name=given.file, signing=signing)
