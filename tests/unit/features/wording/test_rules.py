"""What a district may write, and what it is told of what it may not."""

from __future__ import annotations

import json

import pytest

from bangban.features.wording.problems import (
    PlaceholderMissing,
    PlaceholderUnknown,
    TemplateUnknown,
    TextForm,
    TextLength,
)
from bangban.features.wording.rules import (
    check_text,
    get_template,
    samples_for,
    shipped_wordings,
    with_text,
)
from bangban.kernel.messenger import Template
from bangban.kernel.messenger.own_texts import PLATFORMS_OWN
from bangban.kernel.messenger.shipped import facts_of
from bangban.kernel.problems import Problem

COMPLETED = Template.CASE_COMPLETED


@pytest.mark.parametrize("name", ["nothing", "", "CASE_COMPLETED", *sorted(PLATFORMS_OWN)])
def test_only_a_districts_messages_are_worded(name: str) -> None:
    with pytest.raises(TemplateUnknown):
        get_template(name)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (" ", TextLength),
        ("{brand}{item}{number}" + "好" * 500, TextLength),
        ("{0.__class__}", TextForm),
        ("{brand}{item}{number}{code}", PlaceholderUnknown),
        ("{brand}{item}", PlaceholderMissing),
    ],
)
def test_each_fault_is_said_as_what_it_is(text: str, refusal: type[Problem]) -> None:
    with pytest.raises(refusal) as caught:
        check_text(COMPLETED, text)
    for language in ("zh-CN", "en"):
        assert "{names}" not in caught.value.message(language)
    assert caught.value.fields == ("input.text",)


def test_a_refusal_names_the_placeholders() -> None:
    with pytest.raises(PlaceholderMissing, match="number"):
        check_text(COMPLETED, "{brand}{item}")
    with pytest.raises(PlaceholderUnknown, match=r"\{code\}"):
        check_text(COMPLETED, "{brand}{item}{number}{code}")


def test_texts_come_and_go_one_by_one() -> None:
    own = with_text({}, COMPLETED, "zh-CN", "甲")
    own = with_text(own, COMPLETED, "en", "a")
    assert own == {"case_completed": {"zh": "甲", "en": "a"}}
    own = with_text(own, COMPLETED, "zh-CN", None)
    assert own == {"case_completed": {"en": "a"}}
    assert with_text(own, COMPLETED, "en", None) == {}


@pytest.mark.parametrize("template", sorted(set(Template) - PLATFORMS_OWN))
def test_every_message_can_be_tried(template: Template) -> None:
    assert samples_for(template, "帮办").keys() == facts_of(template)


def test_all_that_may_be_worded_is_listed_in_each_language() -> None:
    listed = {(each["template"], each["language"]) for each in json.loads(shipped_wordings())}
    assert listed == {
        (each.value, language) for each in set(Template) - PLATFORMS_OWN for language in ("zh-CN", "en")
    }
