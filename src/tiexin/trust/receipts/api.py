"""What routes and commands ask of receipts: list them, prove, certify, bundle."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiexin.kernel.clock import iso_us
from tiexin.trust.anchors.kept import Kept
from tiexin.trust.anchors.listing import anchors_over, stamps_over
from tiexin.trust.public import keys_document, policy_document
from tiexin.trust.receipts.authority import OwnAuthority, Signing, open_signing
from tiexin.trust.receipts.bundle import BundleInput, make_bundle
from tiexin.trust.receipts.certificate.values import STAMPS_MAX, ZONE, local_time
from tiexin.trust.receipts.kinds import ReceiptKinds, load_kinds
from tiexin.trust.receipts.lookup import WHOLE, NoReceiptError, Reach, Receipt, Receipts
from tiexin.trust.receipts.making import make_certificate

if TYPE_CHECKING:
    from tiexin.trust.api import Trust

ADDRESS_VARIABLE: Final = "TIEXIN_PUBLIC_ADDRESS"
"""Environment variable with the address under which customers reach the server, such as ``https://tiexin.bank.example``."""


class Office:
    """Gives out the receipts of one installation; make one a request, it keeps nothing.

    Args:
        trust: the opened log.
        address: of the server as the caller reached it; what the environment says goes before.
        house: name of the institution.
        environment: of the process.
    """

    def __init__(
        self,
        trust: Trust,
        *,
        address: str | None = None,
        house: str = "",
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._trust = trust
        self._address = environment.get(ADDRESS_VARIABLE) or address
        self._house = house
        self._environment = environment
        self.kinds: ReceiptKinds = load_kinds(trust.settings)
        self.receipts = Receipts(trust.record, self.kinds)

    def line(self, receipt: Receipt) -> dict[str, Any]:
        """Return a receipt as a list shows it (JSON-ready)."""
        event = receipt.recorded.event
        return {
            "position": receipt.position,
            "index": receipt.position - 1,
            "id": event.id,
            "type": event.type,
            "kind": receipt.kind.kind,
            "kind_text": receipt.kind.text,
            "time": iso_us(event.time_us),
            "case": event.case,
            "in_log": receipt.position <= self._published(),
        }

    def proof(self, position: int, *, reach: Reach = WHOLE) -> bytes:
        """Return the proof of an event that has a receipt.

        Raises:
            NoReceiptError: there is none for this caller.
            NotInitialisedError, NotPublishedError: as :meth:`tiexin.trust.api.Trust.prove`.
        """
        return self._trust.prove(index=self.receipts.at(position, reach=reach).position - 1)

    def certificate(self, position: int, *, reach: Reach = WHOLE) -> bytes:
        """Return the certificate of an event that has a receipt; raises like ``proof``, and SealingError."""
        proof = self.proof(position, reach=reach)
        return make_certificate(
            proof,
            kinds=self.kinds,
            signing=self._signing(),
            address=self._address,
            house=self._house,
            stamps=self._stamps(position),
            clock=self._trust.clock,
        )

    def bundle(
        self,
        case: str,
        *,
        reach: Reach = WHOLE,
        attachments: Mapping[str, bytes] | None = None,
        trail: Mapping[str, bytes] | None = None,
    ) -> tuple[bytes, int]:
        """Return the evidence bundle of a case and the number of its events.

        ``attachments`` are files by name, ``trail`` what tells of its decisions, by path in the bundle.

        Raises:
            NoReceiptError: nothing of this case may be given to this caller.
            NotPublishedError: its last event is not in the published log yet.
        """
        self._trust.require()
        events = self.receipts.events_of_case(case, reach=reach)
        if not events:
            raise NoReceiptError
        signing = self._signing()
        given = BundleInput(
            case=case,
            events=events,
            proofs=[self._trust.prove(index=one.position - 1) for one in events],
            log=self._log_files(events[-1].position),
            kinds=self.kinds,
            signing=signing,
            made_us=self._trust.clock.now_us(),
            authority=b"" if self._is_licensed() else self.authority(),
            attachments=attachments or {},
            trail=trail or {},
            address=self._address,
            house=self._house,
            stamps=self._stamps(events[-1].position),
        )
        return make_bundle(given), len(events)

    def authority(self) -> bytes:
        """Return the root certificate of the installation's own authority (PEM)."""
        self._trust.require()
        return OwnAuthority(self._trust.settings, origin=self._trust.keys.origin, clock=self._trust.clock).root_pem()

    def _log_files(self, size: int) -> dict[str, bytes]:
        """Return the public files of the log, with the first time stamps of heads of at least ``size`` entries."""
        head = self._trust.head()
        files = {
            "checkpoint": b"" if head is None else head.checkpoint,
            "keys.json": msgspec.json.encode(keys_document(self._trust)),
            "policy": policy_document(self._trust).encode(),
        }
        for stamped in stamps_over(self._trust.settings, size=size)[:STAMPS_MAX]:
            files[f"stamps/{stamped.size}.checkpoint"] = stamped.checkpoint
            files[f"stamps/{stamped.size}.tsr"] = stamped.stamp
        return files

    def _stamps(self, size: int) -> tuple[str, ...]:
        """Return in words the first anchors and time stamps, found sound, of heads with at least ``size`` entries."""
        settings = self._trust.settings
        faults = Kept(settings.home).checks().faults
        found = [one for one in anchors_over(settings, size=size) if not faults.get(one.key)][:STAMPS_MAX]
        return tuple(f"{local_time(one.time_us, ZONE)} {one.authority or one.where}" for one in found)

    def _published(self) -> int:
        head = self._trust.head() if self._trust.initialised else None
        return 0 if head is None else head.size

    def _is_licensed(self) -> bool:
        return any(self._environment.get(f"TIEXIN_CERTIFICATE_{name}") for name in ("COMMAND", "P12"))

    def _signing(self) -> Signing:
        origin = self._trust.keys.origin
        return open_signing(self._trust.settings, origin=origin, clock=self._trust.clock, environment=self._environment)
