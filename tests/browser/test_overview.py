"""The first page in a real browser, on the real application."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.console import PATIENCE_MS, serving
from tests.support.pages import add_people, opened, violations

pytestmark = pytest.mark.browser

JOURNEY = "mortgage"

CONTACTS = """call_id,called_at,customer,case_no,step
1001,2026-03-02T09:00:10+08:00,C-201,M-1,report lost card
1002,2026-03-02T09:03:00+08:00,C-202,M-2,report lost card
1003,2026-03-04T11:00:00+08:00,C-201,M-1,card delivered
"""
LOANS = """<log xmlns="http://www.xes-standard.org/"><trace><string key="concept:name" value="L-1"/>
<event><string key="concept:name" value="applied"/><date key="time:timestamp" value="2026-03-02T09:00:00Z"/></event>
<event><string key="concept:name" value="decided"/><date key="time:timestamp" value="2026-03-05T09:00:00Z"/></event>
</trace></log>
"""


FORGET_LANGUAGE = """async () => {
    const asked = async path => (await fetch(path)).json();
    const [session, kept] = [await asked('/v1/session'), await asked('/v1/preferences')];
    const answer = await fetch('/v1/preferences', {
        method: 'PUT',
        headers: {'content-type': 'application/json', 'x-csrf-token': session.csrf},
        body: JSON.stringify({...kept, language: null}),
    });
    if (!answer.ok) throw new Error(await answer.text());
}"""
"""Leaves no choice behind for tests that come in the same role."""


def answer(address: str, path: str) -> Any:
    """Ask the HTTP interface what the page should say."""
    with urllib.request.urlopen(f"{address}{path}", timeout=PATIENCE_MS / 1000) as response:  # noqa: S310  (our own server)
        return json.load(response)


def drawn(page: Page) -> None:
    """Wait until the whole first page stands: its figures, and the answer of the journeys that comes after them."""
    expect(page.locator("table.lines tbody tr").first).to_be_visible()
    expect(page.locator("[data-answer]")).to_contain_text(re.compile(r"n = \d"))


def test_the_answer_names_the_worst_bottleneck_with_its_uncertainty(browser: Browser, bank: str) -> None:
    worst = answer(bank, f"/v1/journeys/{JOURNEY}/bottlenecks")[0]
    cases = answer(bank, f"/v1/journeys/{JOURNEY}/summary")["cases"]
    with opened(browser, f"{bank}/?journey={JOURNEY}") as page:
        drawn(page)
        said = page.locator("[data-answer]").inner_text()
    assert (worst["from"], worst["to"]) == ("check_papers", "call_back_missing_papers")
    assert "from “Papers checked” to “Call back about missing papers”" in said
    margin = (worst["share_high"] - worst["share_low"]) / 2
    assert f"{worst['share']:.0%} ± {margin * 100:.0f} points" in said
    assert f"n = {cases:,} cases" in said


def test_no_number_of_cases_is_named_before_it_is_known(browser: Browser, bank: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with opened(browser, f"{bank}/account") as page:
        page.route("**/v1/journeys/*/summary*", hold)
        page.goto(bank)
        expect(page.locator(".journey-answer [role=status]")).to_be_visible()
        expect(page.locator("[data-answer]")).to_have_count(0)
        assert re.search(r"n = 0\b", page.locator("main").inner_text()) is None
        for route in held:
            route.continue_()
        drawn(page)
        expect(page.locator("[data-answer]")).to_contain_text(re.compile(r"n = [1-9]"))


def test_the_first_sentence_counts_the_targets_as_the_interface_judges_them(browser: Browser, bank: str) -> None:
    verdicts = [one["verdict"] for one in answer(bank, "/v1/quality/overview")["targets"].values()]
    judged = [verdict for verdict in verdicts if verdict is not None]
    with opened(browser, bank) as page:
        drawn(page)
        said = page.locator("[data-judged]")
        assert said.get_attribute("data-met") == str(judged.count("met"))
        assert said.get_attribute("data-judged") == str(len(judged))
        shown = page.locator("[data-verdict=missed]").count()
        page.get_by_role("button", name=re.compile("^Show the trend: .*satisf", re.IGNORECASE)).click()
        panel = page.get_by_role("dialog")
        expect(panel.locator("svg.trend .target")).to_have_count(1)
        expect(panel.locator("tbody tr").nth(4)).to_be_visible()  # the table comes after the line
        assert violations(page) == []
    assert 0 < shown <= judged.count("missed")


def test_the_figures_are_those_of_the_interface(browser: Browser, bank: str) -> None:
    figures = answer(bank, "/v1/quality/overview")["figures"]
    with opened(browser, bank) as page:
        drawn(page)
        shown = {
            row.get_attribute("data-figure"): float(row.locator("data").get_attribute("value") or "nan")
            for row in page.locator("table.lines tbody tr[data-figure]").all()
            if row.locator("data").count()
        }
        csat = page.locator("[data-figure='surveys.csat']").inner_text()
    assert {"surveys.csat", "surveys.nps", "calls.asa_seconds", "complaints.timely_share"} <= shown.keys()
    assert shown == {name: figures[name]["value"] for name in shown}
    assert f"{figures['surveys.csat']['value']:.1%}" in csat
    assert f"{figures['surveys.csat']['n']:,}" in csat


def test_the_map_is_drawn_and_its_table_holds_every_path_shown(browser: Browser, bank: str) -> None:
    edges = answer(bank, f"/v1/journeys/{JOURNEY}/map")["edges"]
    with opened(browser, f"{bank}/journeys?journey={JOURNEY}&view=map&steps=1&paths=1") as page:
        expect(page.locator(".map-canvas canvas")).to_be_visible()
        page.wait_for_function(
            "() => { const c = document.querySelector('.map-canvas canvas');"
            " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            " const seen = new Set(); for (let i = 0; i < d.length; i += 4)"
            " seen.add(`${d[i]},${d[i + 1]},${d[i + 2]},${d[i + 3]}`); return seen.size > 20; }",
            polling=250,
        )
        rows = page.locator("#map tbody tr").count()
    assert rows == len(edges)


def test_a_filter_narrows_the_figures_and_stands_in_the_address(browser: Browser, bank: str) -> None:
    by_phone = answer(bank, "/v1/quality/overview?channel=phone")["figures"]["surveys.csat"]
    with opened(browser, bank) as page:
        drawn(page)
        page.locator("#filter-channel").click()
        page.locator(".ant-select-item-option", has_text="Phone").click()
        page.wait_for_url("**channel=phone**")
        expect(page.locator("[data-figure='surveys.csat'] .count")).to_have_text(f"{by_phone['n']:,}")
        page.reload()
        expect(page.locator("[data-figure='surveys.csat'] .count")).to_have_text(f"{by_phone['n']:,}")


def test_contacts_cases_and_definitions_stand_one_click_away(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/?journey={JOURNEY}") as page:
        drawn(page)
        line = page.locator("[data-figure='surveys.csat']")
        line.get_by_role("button", name="Contacts behind").click()
        panel = page.get_by_role("dialog")
        expect(panel.locator(".contacts > li")).to_have_count(50)
        panel.get_by_role("button", name="Show more").click()
        expect(panel.locator(".contacts > li")).to_have_count(100)
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        line.get_by_role("button", name="How is this counted?").click()
        expect(panel).to_contain_text("top two boxes")
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        page.goto(f"{bank}/journeys?journey={JOURNEY}&view=bottlenecks")
        page.locator("#bottlenecks tbody button").first.click()
        panel.locator(".contacts button").first.click()
        expect(panel.locator(".case-events li").first).to_contain_text("Application submitted")


def test_what_is_shown_can_be_taken_away(browser: Browser, bank: str, tmp_path: Path) -> None:
    edges = answer(bank, f"/v1/journeys/{JOURNEY}/map")["edges"]
    with opened(browser, f"{bank}/journeys?journey={JOURNEY}&view=map&steps=1&paths=1") as page:
        expect(page.locator(".map-canvas canvas")).to_be_visible()
        menu = page.locator("#map .export button").first
        menu.click()
        with page.expect_download() as sheet:
            page.locator(".popup-ways").get_by_text("CSV").click()
        menu.click()
        with page.expect_download() as picture:
            page.locator(".popup-ways").get_by_text("PNG").click()
        sheet.value.save_as(tmp_path / "paths.csv")
        picture.value.save_as(tmp_path / "map.png")
    with (tmp_path / "paths.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["from"], row["to"], int(row["count"])) for row in rows] == [
        (edge["from"], edge["to"], edge["count"]) for edge in edges
    ]
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_both_languages_are_whole_and_the_choice_stays(browser: Browser, bank: str) -> None:
    with opened(browser, bank, language="zh-CN", role="analyst") as page:
        drawn(page)
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        expect(page.get_by_role("heading", level=1)).to_have_text("客户得到了怎样的服务？在哪里等待？")
        page.get_by_text("English", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "How are our customers served, and where do they wait?"
        )
        assert "lang=en" in page.url
        page.goto(bank)
        expect(page.get_by_role("heading", level=1)).to_contain_text("How are our customers served")
        page.evaluate(FORGET_LANGUAGE)


@pytest.mark.parametrize("width", [390, 1024, 1200, 1280, 1440])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_runs_over_the_edge(browser: Browser, bank: str, width: int, language: str) -> None:
    with opened(browser, bank, language=language, width=width) as page:
        drawn(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        cut = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.ariaLabel)"
        assert page.locator(".table-scroll").evaluate_all(cut) == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_axe_finds_nothing(browser: Browser, bank: str, width: int, scheme: str) -> None:
    with opened(browser, bank, width=width, scheme=scheme) as page:
        drawn(page)
        assert violations(page) == []


def test_an_empty_record_teaches_how_to_fill_it(browser: Browser, nobody: str) -> None:
    with opened(browser, nobody, width=390) as page:
        expect(page.locator("pre").first).to_contain_text("tiexin import --suggest")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert violations(page) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_commands_of_the_empty_page_run_as_they_stand(
    browser: Browser, nobody: str, tmp_path: Path, language: str
) -> None:
    with opened(browser, nobody, language=language) as page:
        expect(page.locator("pre")).to_have_count(3)
        lines = [line for block in page.locator("pre").all_inner_texts() for line in block.splitlines()]
        expect(page.locator("#content")).to_contain_text("tiexin --home")
    (tmp_path / "contacts.csv").write_text(CONTACTS, "utf-8")
    (tmp_path / "loans.xes.gz").write_bytes(gzip.compress(LOANS.encode()))
    said = [_run(line, tmp_path) for line in lines]
    assert "Wrote contacts.yaml" in said[0]
    assert [json.loads(text)["appended"] for text in said[1:3]] == [3, 2]
    assert json.loads(said[3])["events"] > 0


def _run(line: str, folder: Path) -> str:
    """Run a command the page shows, in a home of its own; the bank is made smaller and not served."""
    name, command, *given = shlex.split(line)
    assert name == "tiexin"
    more = {"demo": ["--customers", "50", "--months", "1", "--no-serve", "--json"], "import": ["--json"]}[command]
    if "--suggest" in given:
        more = []
    started = [sys.executable, "-m", "tiexin.app.cli", "--home", str(folder / command), command, *given, *more]
    done = subprocess.run(started, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def test_keys_find_a_step_and_explain_themselves(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/journeys?journey={JOURNEY}&view=map") as page:
        expect(page.locator(".map-canvas canvas")).to_be_visible()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("Find a step in the journey")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("f")
        expect(page.get_by_role("searchbox", name="Find a step")).to_be_focused()


@pytest.mark.real
def test_real_input_shows_its_known_answers(browser: Browser, shared_data: Path, tmp_path: Path) -> None:
    log = shared_data / "process" / "bpic2012.xes.gz"
    given = ["import", str(log), "--as", "xes", "--journey", "bpic2012", "--json"]
    subprocess.run([sys.executable, "-m", "tiexin.app.cli", "--home", str(tmp_path), *given], check=True)
    add_people(tmp_path)
    with serving(tmp_path) as address, opened(browser, f"{address}/journeys?journey=bpic2012") as page:
        expect(page.locator(".map-canvas canvas")).to_be_visible()
        said = page.locator("[data-answer]").inner_text()
        worst = page.locator("#map tbody tr").first.inner_text()
        summary = page.locator(".journey-head").inner_text()
        page.goto(f"{address}/journeys?journey=bpic2012&view=variants")
        ways = [row.inner_text() for row in (page.locator("#variants tbody tr").nth(at) for at in range(2))]
        page.goto(f"{address}/journeys?journey=bpic2012&view=bottlenecks")
        bottleneck = page.locator("#bottlenecks tbody tr").first.inner_text()
    assert "Half of all waiting in bpic2012" in said
    assert "between one “W_Nabellen offertes” and the next" in said
    assert "n = 13,087 cases" in said
    assert worst.split("\t") == ["W_Nabellen offertes ↻", "56,530 days", "36,084"]
    assert "13,087 cases, 262,200 recorded steps, 4,366 different ways" in summary
    assert "half are done within 19.4 hours, the slowest 5% take more than 31.3 days; 3.4 handovers" in summary
    assert [way.split("\t")[2] for way in ways] == ["3,429", "1,872"]
    assert [cell.strip() for cell in bottleneck.split("\t")][-4:] == ["56,530", "5 min", "7.7 days", "4,300"]
