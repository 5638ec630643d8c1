from __future__ import annotations

import hashlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.nss import trust
from tests.trust.receipts.making import ORIGIN, hand_made
from tiexin.infra.settings import Settings, load_settings
from tiexin.kernel.clock import FixedClock
from tiexin.kernel.errors import NotFoundError
from tiexin.kernel.text import Text
from tiexin.trust.receipts.authority import OwnAuthority, open_signing
from tiexin.trust.receipts.certificate.breaking import broken
from tiexin.trust.receipts.certificate.fonts import BODY, FONTS, HEAD, RARE, face, runs
from tiexin.trust.receipts.certificate.texts import words
from tiexin.trust.receipts.certificate.values import CertificateInput, money
from tiexin.trust.receipts.facts import NoOpeningError, facts_of
from tiexin.trust.receipts.kinds import load_kinds
from tiexin.trust.receipts.making import make_certificate
from tiexin.trust.receipts.reading import proofs_in

NOW_US = 1_795_510_012_000_000


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(tmp_path_factory.mktemp("home"), environment={})


def made(settings: Settings, proof: bytes, **changes: str) -> bytes:
    signing = open_signing(settings, origin=ORIGIN, environment={})
    return make_certificate(proof, kinds=load_kinds(settings), signing=signing, clock=FixedClock(NOW_US), **changes)  # type: ignore[arg-type]


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout


def test_pdfsig_calls_it_valid_and_trusted_and_notices_one_changed_byte(settings: Settings, tmp_path: Path) -> None:
    raw = made(settings, hand_made())
    whole, changed, root = tmp_path / "whole.pdf", tmp_path / "changed.pdf", tmp_path / "root.pem"
    whole.write_bytes(raw)
    at = raw.index(b"c2sp.org/tlog-proof@v1") + 40
    changed.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    root.write_bytes(OwnAuthority(settings, origin=ORIGIN).root_pem())
    trust(tmp_path / "nss", root)

    def says(file: Path) -> str:
        command = ["pdfsig", "-nssdir", str(tmp_path / "nss"), str(file)]
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout

    assert "Signature Validation: Signature is Valid." in says(whole)
    assert "Certificate Validation: Certificate is Trusted." in says(whole)
    assert "Signature Type: ETSI.CAdES.detached" in says(whole)
    assert "Total document signed" in says(whole)
    assert f"Signer Certificate Common Name: receipts of {ORIGIN}" in says(whole)
    assert "Digest Mismatch" in says(changed)


def test_the_proof_stands_in_it_uncompressed_and_as_an_attachment(settings: Settings, tmp_path: Path) -> None:
    proof = hand_made()
    raw = made(settings, proof)
    (tmp_path / "a.pdf").write_bytes(raw)
    subprocess.run(["pdfdetach", "-saveall", "-o", tmp_path, tmp_path / "a.pdf"], check=True, capture_output=True)

    assert raw.count(proof) == 1
    assert proofs_in(raw) == [proof]
    assert (tmp_path / "receipt-12344.tlog-proof").read_bytes() == proof


def test_it_is_one_page_with_every_font_embedded_and_cut(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(made(settings, hand_made()))
    fonts = subprocess.run(["pdffonts", file], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    info = subprocess.run(["pdfinfo", file], check=True, capture_output=True, text=True).stdout

    assert re.search(r"Pages: +1\n", info)
    assert {line.split()[0][7:] for line in fonts} == {"NotoSansCJKSCTiexinCut", "NotoSerifCJKSCTiexinCut"}
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)
    assert file.stat().st_size < 150_000


def test_it_says_in_both_languages_what_the_proof_holds(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(made(settings, hand_made(), house="贴心银行", address="https://tiexin.example:8443/"))
    text = text_of(file)

    for piece in (
        "存证回执", "Receipt of record", "投诉 Complaint", "贴心银行", "2026-11-24 14:00:00 (UTC+08:00)",
        "2026-11-24 14:00:12 (UTC+08:00)", "电话", "telephone", "C-2026-001234", "0192f1c5-7a31-7c41-9f20-1b2c3d4e5f60",
        "第 12,345 条（签出时共 20,480 条）", "entry 12,345 of 20,480", "witness.mediator.example",
        "https://tiexin.example:8443/verify", "它没有证明什么", "What it does not prove", "bank.example/log",
    ):  # fmt: skip
        assert piece in text, piece
    root = hashlib.sha256(b"root").hexdigest()
    assert root in re.sub(r"\s", "", text)


def test_a_decision_shows_outcome_and_reasons_and_a_payment_its_amount(settings: Settings, tmp_path: Path) -> None:
    reasons = [{"code": "a", "zh": "月供偏高", "en": "The repayment is too high"}, {"code": "b"}, 3]
    data = {"outcome": "declined", "trail": {"reasons": reasons}, "amount_minor": 123_456_789, "currency": "CNY"}
    file = tmp_path / "a.pdf"
    file.write_bytes(made(settings, hand_made(type="decision.taken.v1", data=data)))
    text = text_of(file)

    for piece in (
        "审批决定 Decision",
        "未能同意",
        "declined",
        "月供偏高",
        "The repayment is too high",
        "CNY 1,234,567.89",
    ):
        assert piece in text, piece


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(5, "CNY", "CNY 0.05"), (-123_456, "EUR", "EUR -1,234.56"), (1_234, "JPY", "JPY 1,234")],
)
def test_amounts_as_people_write_them(amount: int, currency: str, text: str) -> None:
    assert money(amount, currency) == text


def test_certificates_are_made_in_several_threads_at_once(settings: Settings, tmp_path: Path) -> None:
    names = [f"第{number}家银行銀行" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda name: made(settings, hand_made(), house=name), names))
    for name, raw in zip(names, found, strict=True):
        (tmp_path / "a.pdf").write_bytes(raw)
        assert name in text_of(tmp_path / "a.pdf")


def test_long_texts_go_on_a_second_page_and_nothing_stands_over_another(settings: Settings, tmp_path: Path) -> None:
    reasons = [{"code": "a", "zh": "理" * 1_000, "en": "word " * 200}] * 5
    proof = hand_made(
        id="i" * 300,
        case="c" * 300,
        type="decision.taken.v1",
        origin="log." + "x" * 60 + ".example",
        witnesses=tuple(f"witness-{number}.of-a-long-name.example.org" for number in range(9)),
        data={"outcome": "granted_in_part", "trail": {"reasons": reasons}},
    )
    file = tmp_path / "a.pdf"
    file.write_bytes(made(settings, proof, house="很长的名称" * 30, address="https://" + "sub." * 20 + "example"))
    boxes = subprocess.run(["pdftotext", "-bbox", file, "-"], check=True, capture_output=True, text=True).stdout
    pages = boxes.split("<page ")[1:]

    assert len(pages) == 2
    assert re.search("1 ?/ ?2", text_of(file))
    assert "等 9" in text_of(file)
    for page in pages:
        found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">', page)
        placed = [tuple(map(float, one)) for one in found]
        assert all(left > 50 and right < 545 for left, _, right, _ in placed)
        body = [bottom for _, top, _, bottom in placed if top < 760]
        assert max(body) <= 842 - 76


def test_without_witnesses_it_says_so(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(made(settings, hand_made(witnesses=())))

    assert "尚无机构外的见证方签名" in text_of(file)


def test_without_an_address_there_is_no_code(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(made(settings, hand_made()))
    text = text_of(file)

    assert "扫码核对" not in text
    assert "打开本机构网站上的核对页面" in text


def test_the_code_leads_to_the_page_with_the_entry_in_the_fragment() -> None:
    facts = facts_of(hand_made())
    given = CertificateInput(facts=facts, kind=Text("投诉", "Complaint"), made_us=NOW_US, address="https://b.example")

    assert (
        given.link
        == "https://b.example/verify#origin=bank.example%2Flog&index=12344&entry=C66algfKGxxsTAJ13-6tD27-pRu6A-HJiZbyb5GLmoI"
    )


@pytest.mark.parametrize("event_type", ["survey.answered.v1", "aml.alert_raised.v1", "whistleblowing.received.v1"])
def test_no_certificate_for_other_and_protected_kinds(settings: Settings, event_type: str) -> None:
    with pytest.raises(NotFoundError, match="There is no receipt here that you may see"):
        made(settings, hand_made(type=event_type))


def test_a_proof_without_its_event_makes_no_certificate(settings: Settings) -> None:
    lines = hand_made().split(b"\n")
    without = b"\n".join([lines[0], *lines[2:]])

    with pytest.raises(NoOpeningError):
        made(settings, without)


def test_the_fonts_hold_every_character_of_the_words() -> None:
    texts = [*words().headings.values()]
    source = (FONTS.parent / "certificate.yaml").read_text("utf-8").replace("\n", "")

    assert {sign for text in texts for sign in text.zh + text.en if ord(sign) not in face(HEAD)} == set()
    assert {sign for sign in source if ord(sign) not in face(BODY)} == set()


def test_characters_that_are_seldom_needed_come_from_the_second_font(settings: Settings, tmp_path: Path) -> None:
    assert runs("银行 bank", BODY) == [(BODY, "银行 bank")]
    assert runs("銀行𠀀", BODY) == [(RARE, "銀"), (BODY, "行〓")]
    file = tmp_path / "a.pdf"
    file.write_bytes(made(settings, hand_made(), house="喆堃昇銀行邨氹囍"))

    assert "喆堃昇銀行邨氹囍" in text_of(file)


def test_lines_break_between_chinese_characters_and_at_spaces() -> None:
    measure = len

    assert broken("一二三四五六", 4, measure) == ["一二三四", "五六"]
    assert broken("一二三四，五六", 4, measure) == ["一二三", "四，五六"]
    assert broken("一二三（四五六", 4, measure) == ["一二三", "（四五六"]
    assert broken("one two three", 7, measure) == ["one two", "three"]
    assert broken("看 abcdef 一", 6, measure) == ["看", "abcdef", "一"]
    assert broken("abcdefghij", 4, measure) == ["abcd", "efgh", "ij"]
    assert broken("https://bank.example/verify", 22, measure) == ["https://bank.example/", "verify"]
    assert broken("", 4, measure) == [""]
