"""Files that mean harm: nothing of them is stored or run, and the server answers everybody else meanwhile."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.imports.conftest import Sender, events_in, following
from tests.support.http import LocalClient, bearer, client_of, make_token
from tests.support.jobs import MAPPING
from tiexin.imports.contracts import UploadTypeError
from tiexin.imports.rules import format_of_head, safe_name
from tiexin.infra.settings import Settings

HEAD = "at,case,customer,topic,words\n"
ROW = "2026-03-01T09:00:00Z,C-1,K-1,card,{words}\n"
MIB = 1024 * 1024


def kept(settings: Settings) -> list[str]:
    folder = settings.home / "uploads"
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def outcome(client: LocalClient, mine: dict[str, str], upload: str, **changes: Any) -> dict[str, Any]:
    body = {"upload": upload, "kind": "mapping", "mapping": MAPPING, **changes}
    answer = client.post("/v1/imports", json=body, headers=mine)
    assert answer.status_code == 202, answer.text
    return following(client, mine, answer.json()["id"])[-1]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\visits.csv", "visits.csv"),
        ("/etc/cron.d/visits.csv", "visits.csv"),
        ("..", "upload"),
        ("visits\r\nSet-Cookie: a=b.csv", "visitsSet-Cookie: a=b.csv"),
        ("\u202evsc.exe", "vsc.exe"),
        ("a\x00b.csv", "ab.csv"),
        ("三月 来电.csv", "三月 来电.csv"),
    ],
)
def test_a_name_is_never_a_path(given: str, shown: str) -> None:
    assert safe_name(given) == shown


@pytest.mark.parametrize("name", ["../../evil.csv", "/tmp/evil.csv", "..%2f..%2fevil.csv", "C:\\evil.csv"])  # noqa: S108
def test_an_upload_lies_under_a_name_of_our_own(send: Sender, settings: Settings, name: str) -> None:
    upload = send((HEAD + ROW).encode(), name).json()
    assert kept(settings) == [f"{upload['id']}.csv"]
    assert "/" not in upload["name"]
    outside = list(settings.home.parent.rglob("*evil*"))
    assert outside == []


@pytest.mark.parametrize("upload", ["..%2f..%2fkeys", "....", "%2e%2e"])
def test_an_id_is_never_a_path(client: LocalClient, mine: dict[str, str], upload: str) -> None:
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/suggest")):
        answer = client.request(method, f"/v1/uploads/{upload}{rest}", headers=mine)
        assert answer.status_code in {404, 405, 422}


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.csv", HEAD)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        zipped(),
        b"%PDF-1.7 text",
        b"\x7fELF\x02\x01",
        b"MZ\x90\x00",
        b"\x89PNG\r\n\x1a\n",
        b"SQLite format 3\x00",
        b"at,case\x00\x01\x02\n",
        gzip.compress(zipped()),
        gzip.compress(gzip.compress(HEAD.encode())),
        gzip.compress(b"PAR1" + b"\0" * 20),
        b"\x1f\x8b not gzip at all",
    ],
    ids=["empty", "blank", "zip", "pdf", "elf", "exe", "png", "db", "nul", "zip.gz", "gz.gz", "parquet.gz", "bad.gz"],
)
def test_what_cannot_be_imported_is_refused_at_the_door(send: Sender, settings: Settings, content: bytes) -> None:
    answer = send(content, "visits.csv")
    assert (answer.status_code, answer.json()["code"]) == (415, "upload_type")
    assert kept(settings) == []


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"a,b\n1,2\n", "csv"),
        ("\ufeff时间,单号\n".encode(), "csv"),
        ("时间,单号\n".encode("gb18030"), "csv"),
        ("时间\t单号\n".encode("utf-16"), "csv"),
        (b'{"a": 1}\n', "jsonl"),
        (b"<?xml version='1.0'?><log/>", "xes"),
        (b"PAR1....", "parquet"),
        (gzip.compress(b"<log/>"), "xes.gz"),
    ],
    ids=["csv", "utf-8-sig", "gb18030", "utf-16", "jsonl", "xes", "parquet", "xes.gz"],
)
def test_the_content_tells_what_a_file_is(head: bytes, form: str) -> None:
    assert format_of_head(head) == form


def test_a_gzip_that_unpacks_to_megabytes_is_looked_at_only_in_part() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(b"\0" * (200 * MIB)) + packer.flush()
    with pytest.raises(UploadTypeError):
        format_of_head(bomb[: 64 * 1024])


def test_limits_of_size_are_said_and_nothing_is_kept(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", upload_bytes_max=100_000, upload_total_bytes_max=150_000)
    with client_of(settings) as client:
        mine = bearer(make_token(settings, "imports:run"))
        body = (HEAD + ROW * 2_000).encode()
        assert 75_000 < len(body) < 100_000
        path = "/v1/uploads?name=a.csv"
        announced = client.post(path, content=body * 2, headers=mine)
        assert (announced.status_code, announced.json()["limit_bytes"]) == (413, 100_000)

        async def pieces() -> Any:
            for _ in range(40):
                yield body

        streamed = client.post(path, content=pieces(), headers=mine)
        assert (streamed.status_code, streamed.json()["code"]) == (413, "upload_too_large")
        assert kept(settings) == []
        assert client.post(path, content=body, headers=mine).status_code == 201
        full = client.post(path, content=body, headers=mine)
        assert (full.status_code, full.json()["limit_bytes"]) == (413, 150_000)
        assert len(kept(settings)) == 1
        elsewhere = client.post("/v1/imports", content=b"x" * 17 * MIB, headers=mine)
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (413, "body_too_large")


def test_a_gzip_bomb_stops_at_the_ratio(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings
) -> None:
    packer = zlib.compressobj(wbits=31, level=9)
    bomb = packer.compress((HEAD + ROW.format(words="x")).encode())
    for _ in range(120):
        bomb += packer.compress(b"\n" * MIB)
    bomb += packer.flush()
    assert len(bomb) < MIB
    upload = send(bomb).json()["id"]
    seen = client.post(f"/v1/uploads/{upload}/suggest", headers=mine)
    assert (seen.status_code, seen.json()["code"]) == (413, "import_limit")
    told = outcome(client, mine, upload)
    assert (told["state"], told["error"]["code"]) == ("failed", "import_limit")
    assert events_in(settings) == []


def parquet_bomb(path: Path) -> bytes:
    """One row group whose few kilobytes stand for 12 GB of text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), pa.array(["x" * 4 * MIB]))
    case = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), pa.array(["C-1"]))
    table = pa.table({"at": pa.array(["2026-03-01T09:00:00Z"] * 3_000), "case": case, "topic": words})
    pq.write_table(table, path, compression="zstd", store_schema=False)
    return path.read_bytes()


def test_a_parquet_bomb_reaches_its_own_process_alone(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings, tmp_path: Path
) -> None:
    content = parquet_bomb(tmp_path / "bomb.parquet")
    assert len(content) < MIB
    upload = send(content, "bomb.parquet").json()["id"]
    mapping = {"mapping": 1, "event": {"type": {"constant": "a.b.v1"}, "time": "at"}, "data": {"topic": "topic"}}
    seen = client.post(f"/v1/uploads/{upload}/suggest", headers=mine)
    assert seen.status_code in {400, 413, 422}, seen.text
    told = outcome(client, mine, upload, mapping=mapping)
    assert told["state"] == "failed", told
    assert told["error"]["code"] in {"import_malformed", "job_out_of_memory", "import_limit"}
    assert client.get("/v1/health").status_code == 200
    assert client.get("/v1/uploads", headers=mine).status_code == 200


def test_a_parquet_file_that_lies_about_itself_is_an_error_and_no_more(
    client: LocalClient, mine: dict[str, str], send: Sender, tmp_path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"at": ["2026-03-01T09:00:00Z"] * 500, "n": list(range(500))}), path)
    good = path.read_bytes()
    for lie in (
        good[:4] + b"\xff" * 64 + good[68:],
        good[:-8] + b"\xff\xff\xff\x7fPAR1",
        good[: len(good) // 2] + b"PAR1",
    ):
        upload = send(lie, "a.parquet").json()["id"]
        seen = client.post(f"/v1/uploads/{upload}/suggest", headers=mine)
        assert seen.status_code in {200, 400, 413, 422, 503}, seen.text
        assert str(tmp_path) not in seen.text
    assert client.get("/v1/health").status_code == 200


BOMB_XES = """<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
<log><trace><string key="concept:name" value="&c;"/>
<event><string key="concept:name" value="&c;"/></event></trace></log>
"""
OUTSIDE_XES = """<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<log><trace><string key="concept:name" value="c"/><event><string key="concept:name" value="&x;"/></event></trace></log>
"""


@pytest.mark.parametrize("content", [BOMB_XES, OUTSIDE_XES], ids=["entities", "outside"])
def test_entities_of_xml_are_refused(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings, content: str
) -> None:
    upload = send(content.encode(), "log.xes").json()["id"]
    body = {"kind": "xes"}
    preview = client.post(f"/v1/uploads/{upload}/preview", json=body, headers=mine)
    assert (preview.status_code, preview.json()["code"]) == (400, "import_malformed")
    assert "root:" not in preview.text
    told = outcome(client, mine, upload, kind="xes", mapping=None)
    assert (told["state"], told["error"]["code"]) == ("failed", "import_malformed")
    assert "log.xes" in told["error"]["detail"]
    assert str(settings.home) not in str(told)
    assert events_in(settings) == []


def test_rows_that_are_too_much_are_set_aside_one_by_one(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings
) -> None:
    deep = '{"at": "2026-03-01T09:00:00Z", "case": "C-1", "topic": ' + "[" * 100_000 + "]" * 100_000 + "}"
    nested = '{"at": "2026-03-01T09:01:00Z", "case": "C-2", "topic": ' + '{"a":' * 80 + "1" + "}" * 80 + "}"
    fine = '{"at": "2026-03-01T09:02:00Z", "case": "C-3", "topic": "card"}'
    upload = send(f"{fine}\n{deep}\n{nested}\n".encode(), "rows.jsonl").json()["id"]
    mapping = {"mapping": 1, "event": {"type": {"constant": "a.b.v1"}, "time": "at", "case": "case"}}
    mapping["data"] = {"topic": {"column": "topic", "as": "json"}}
    seen = client.post(f"/v1/uploads/{upload}/suggest", headers=mine)
    assert seen.status_code == 200, seen.text
    told = outcome(client, mine, upload, mapping=mapping)
    counts = {name: told["result"][name] for name in ("read", "appended", "rejected")}
    assert counts == {"read": 3, "appended": 1, "rejected": 2}
    assert [event["case"] for event in events_in(settings)] == ["C-3"]


def test_a_cell_without_an_end_is_a_limit_and_not_a_memory(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings
) -> None:
    upload = send((HEAD + ROW.format(words="x" * 20 * MIB)).encode()).json()["id"]
    told = outcome(client, mine, upload)
    assert (told["state"], told["error"]["code"]) == ("failed", "import_limit")
    assert events_in(settings) == []


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_the_encodings_of_chinese_offices_are_read(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings, encoding: str
) -> None:
    upload = send((HEAD + ROW.format(words="排队太久")).encode(encoding)).json()["id"]
    assert outcome(client, mine, upload)["result"]["appended"] == 1
    assert events_in(settings)[0]["data"]["personal"] == {"words": "排队太久"}


def test_a_script_in_any_field_comes_back_as_text(client: LocalClient, mine: dict[str, str], send: Sender) -> None:
    script = "<script>alert(1)</script>"
    upload = send((HEAD + f"{script},C-1,K-1,{script},{script}\n").encode(), f"{script}.csv").json()
    assert upload["name"] == "script>.csv"
    seen = client.post(f"/v1/uploads/{upload['id']}/suggest", headers=mine)
    assert seen.headers["content-type"] == "application/json"
    assert (seen.headers["x-content-type-options"], seen.json()["columns"][0]["examples"]) == ("nosniff", [script])
    told = outcome(client, mine, upload["id"])
    rejects = client.get(f"/v1/imports/{told['id']}/rejects", headers=mine)
    assert (rejects.headers["content-type"], rejects.json()["rows"][0]["value"]) == ("application/json", script)
    assert "default-src 'none'" in rejects.headers["content-security-policy"]


def test_events_of_the_house_cannot_be_imported(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings
) -> None:
    upload = send((HEAD + ROW.format(words="x")).encode()).json()["id"]
    mapping = {**MAPPING, "event": {**MAPPING["event"], "type": {"constant": "access.signed_in.v1"}}}
    told = outcome(client, mine, upload, mapping=mapping)
    assert (told["result"]["appended"], told["result"]["rejected"]) == (0, 1)
    assert events_in(settings) == []
