"""Every message exists in both languages, with the same facts."""

from __future__ import annotations

import datetime as dt
from string import Formatter

import pytest

from bangban.kernel.messenger import render
from bangban.kernel.messenger.shipped import TEXTS, facts_of
from bangban.kernel.messenger.templates import Template


@pytest.mark.parametrize("template", Template)
def test_both_languages_name_the_same_facts(template: Template) -> None:
    text = TEXTS[template]
    for written in (text.zh, text.en):
        assert {name for _, name, _, _ in Formatter().parse(written) if name} == facts_of(template)


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_fact_stands_in_the_text(template: Template, language: str) -> None:
    facts = {name: f"<{name}>" for name in facts_of(template)}
    text = render(template, language, **facts)
    assert all(fact in text for fact in facts.values())
    assert any("\u4e00" <= character <= "\u9fff" for character in text) is (language == "zh-CN")


def test_lists_and_dates_are_written_out() -> None:
    facts = {
        "brand": "帮办",
        "item": "样例事项",
        "number": "S-1",
        "materials": ["甲", "乙"],
        "due_on": dt.date(2026, 6, 12),
    }
    assert "甲、乙" in render(Template.TOLERANCE_DUE, "zh", **facts)
    english = render(Template.TOLERANCE_DUE, "en-GB", **facts)
    assert "甲, 乙" in english
    assert "2026-06-12" in english


def test_a_missing_or_an_unknown_fact_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="brand, code, minutes"):
        render(Template.SIGN_IN_CODE, "zh", code="1")
    with pytest.raises(ValueError, match="needs"):
        render(Template.SIGN_IN_CODE, "zh", brand="b", code="1", minutes=5, name="x")


def test_braces_in_a_fact_stay_what_they_are() -> None:
    assert "{code}" in render(Template.SIGN_IN_CODE, "en", brand="{code}", code="123456", minutes=5)
