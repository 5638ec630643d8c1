"""What the checking of a proof found, in words for the person who asked: what was proved, what was not, and why not."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tiexin.kernel.clock import iso_us
from tiexin.kernel.text import Text
from tiexin.trust.rules.checkpoint import Checkpoint

SECOND_US: Final = 1_000_000
SECONDS_SHOWN_MAX: Final = 253_402_300_799
"""The last second that a date can be written for; a witness may claim a later one, which is shown as a number."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of checking one proof.

    ``why`` is empty when it holds, else one English sentence, and ``code`` a stable word for it. ``root`` is in
    hexadecimal; ``witnesses`` are names within the policy with the time they told (seconds since 1970); ``event`` is
    the opened content where the proof carries one; ``canonical`` the exact text that was hashed for it.
    """

    ok: bool
    why: str = ""
    code: str = ""
    index: int | None = None
    size: int | None = None
    origin: str | None = None
    root: str | None = None
    signed_by: list[str] = []
    witnesses: dict[str, int] = {}
    event: dict[str, Any] | None = None
    canonical: str | None = None
    findings: list[Text] = []
    limits: list[Text] = []

    @property
    def proves(self) -> list[str]:
        """What was proved, in English sentences."""
        return [each.en for each in self.findings]

    def document(self) -> dict[str, Any]:
        """Return the verdict as the command line prints it (JSON-ready); a refusal is ``ok`` and ``why`` alone."""
        if not self.ok:
            return {"ok": False, "why": self.why, "code": self.code}
        return {
            "ok": True,
            "index": self.index,
            "size": self.size,
            "origin": self.origin,
            "proves": self.proves,
            "proves_zh": [each.zh for each in self.findings],
            "does_not_prove": [each.en for each in self.limits],
            "does_not_prove_zh": [each.zh for each in self.limits],
            "root": self.root,
            "signed_by": self.signed_by,
            "witnesses": [{"name": name, "time": told_time(time)} for name, time in self.witnesses.items()],
            "event": self.event,
        }


def told_time(seconds: int) -> str:
    """Return a time that a witness told as RFC 3339 text; beyond the year 9999 as a bare number of seconds."""
    return iso_us(seconds * SECOND_US) if seconds <= SECONDS_SHOWN_MAX else str(seconds)


def findings(
    head: Checkpoint, *, index: int, witnesses: dict[str, int], opened: bool, given: bool
) -> tuple[list[Text], list[Text]]:
    """Return what a proof that holds has shown, and what it has not: for a reader who knows nothing of Merkle trees.

    Args:
        head: the signed head.
        index: the number of the entry, from 0.
        witnesses: those whose cosignatures verified, with their times.
        opened: the proof carries the content, and it fits the entry.
        given: the reader gave the entry as a file, and it is the one.
    """
    shown = [
        Text(
            f"日志“{head.origin}”的第 {index} 条（从 0 数起）就是这条记录。"
            f"当时日志共有 {head.size} 条，改动其中任何一条都会被发现。",
            f"This entry stands in the log {head.origin} under number {index} (counted from 0), "
            f"among {head.size} entries then; altering any one of them would show.",
        ),
        Text(
            "日志的这一状态由您所信任的密钥签名。",
            "This state of the log was signed by a key that you trust.",
        ),
    ]
    if opened:
        shown.append(
            Text(
                "凭证里写明的内容与当时记入日志的内容逐字相同。",
                "The content in this receipt is, letter for letter, what was entered into the log.",
            )
        )
    if given:
        shown.append(
            Text("您提供的文件正是日志里的这条记录。", "The file that you gave is this very entry of the log.")
        )
    if witnesses:
        told = ", ".join(f"{name} ({told_time(time)})" for name, time in witnesses.items())
        told_zh = "、".join(f"{name}（{told_time(time)}）" for name, time in witnesses.items())
        shown.append(
            Text(
                f"独立见证人也看到了同一个日志并签了名：{told_zh}。",
                f"Independent witnesses saw the same log and signed it: {told}.",
            )
        )
    limits = [
        Text(
            "这份凭证不能说明记录的内容本身是否属实，只能说明它确实记入了日志，此后没有被改动。",
            "It does not show that what was recorded is true; it shows that it was recorded and not altered since.",
        )
    ]
    if not witnesses:
        limits.append(
            Text(
                "没有核对独立见证人的签名，因此不能排除日志对不同的人出示不同的版本。",
                "No independent witness was checked, so it does not show that everybody is shown the same log.",
            )
        )
    if not opened:
        limits.append(
            Text(
                "凭证里没有附上内容，因此不能说明这条记录写了什么。",
                "It carries no content, so it does not show what the entry says.",
            )
        )
    return shown, limits
