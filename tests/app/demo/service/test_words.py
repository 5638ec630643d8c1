"""The sentences of generated conversations: enough of them, each its own, every slot known."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tiexin.app.demo.profile import PROFILES, load_profile
from tiexin.app.demo.service.conduct import ALIKE_ANYWHERE, ALIKE_IN_LOANS, ALIKE_IN_SALES
from tiexin.app.demo.service.plan import DISCOURTESY, MIS_SELLING
from tiexin.app.demo.service.talk import SAME_WORDS
from tiexin.app.demo.service.words import LANGUAGES, SLOTS, Template, load_words, templates

LEAST = {"zh": 2_000, "en": 1_000}
SHORT = {"zh": 12, "en": 22}
"""Short answers (好的, {date}…) may fit several questions; whole sentences stand once."""
SLOT = re.compile(r"\{([a-z]+)\}")
DATA = Path("src/tiexin/app/demo/data/dialogue")


def shape(text: str) -> str:
    """Return a sentence without its slots, figures, punctuation and case, so that mere permutations fall together."""
    return re.sub(r"[\W\d_]+", "", SLOT.sub("", text).lower())


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_thousands_of_different_sentences(language: str) -> None:
    assert len({template.text for template in templates(language)}) >= LEAST[language]
    assert len({shape(template.text) for template in templates(language)}) >= LEAST[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice(language: str) -> None:
    found = Counter(template.text for template in templates(language))
    twice = [text for text, count in found.items() if count > 1 and len(SLOT.sub("", text)) > SHORT[language]]
    assert twice == []
    ids = Counter(template.id for template in templates(language))
    assert [name for name, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_is_filled_and_nothing_else_stands_in_braces(language: str) -> None:
    slots = [f"<{name}>" for name in SLOTS]
    for template in templates(language):
        said = template.fill(slots)
        assert said == SLOT.sub(lambda slot: f"<{slot[1]}>", template.text)
        assert not set("{}|") & set(said), template.id
        assert said == said.strip(), template.id


def test_chinese_is_chinese_and_english_is_english() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert all(chinese.search(t.text) or SLOT.search(t.text) or t.text in {"？？？", "……"} for t in templates("zh"))
    assert not any(chinese.search(template.text) for template in templates("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_and_every_kind_of_conduct_has_words(language: str) -> None:
    words = load_words(language)
    for profile in PROFILES:
        assert {SAME_WORDS.get(topic, topic) for topic in load_profile(profile).topics} <= words.subjects.keys()
    assert words.misconduct.keys() == {*MIS_SELLING, *DISCOURTESY}
    assert words.look_alikes.keys() == {*ALIKE_ANYWHERE, *ALIKE_IN_SALES, *ALIKE_IN_LOANS}
    for subject in words.subjects.values():
        assert set(subject.asks) == {"calm", "impatient", "elderly", "angry", "chat"}
    for scenes in words.misconduct.values():
        assert all(len(scene.turns) >= 2 for scene in scenes)


def test_both_languages_have_the_same_parts() -> None:
    zh, en = load_words("zh"), load_words("en")
    assert (zh.lines.keys(), zh.exchanges.keys()) == (en.lines.keys(), en.exchanges.keys())


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_fit_what_was_asked(language: str) -> None:
    subject = load_words(language).subjects["fees"]
    [ask] = [a for a in subject.asks["calm"] if ("短信提醒" if language == "zh" else "message service") in a.text]
    fitting = subject.fitting[ask.id]
    word = "短信" if language == "zh" else "message"
    assert word in fitting.solved[0].text
    assert word in fitting.explains[0].says.text.lower()


def test_files_stay_readable() -> None:
    files = [path for language in LANGUAGES for path in (DATA / language).glob("*.yaml")]
    assert len(files) >= 10
    assert max(len(path.read_text("utf-8").splitlines()) for path in files) < 400


def test_a_template_without_slots_is_its_own_text() -> None:
    assert Template("x", "Hello.", ()).fill([]) == "Hello."
