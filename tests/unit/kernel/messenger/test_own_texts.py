"""A district's own texts: filled in by name alone, whatever somebody typed; a faulty one is never sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.messenger import Template, render
from bangban.kernel.messenger.own_texts import LONGEST, TextFault, find_fault, text_for
from bangban.kernel.messenger.shipped import facts_of, shipped_text

GOOD = "{brand}:{item} {number} {due_on}"
TEMPLATE = Template.CASE_ACCEPTED
FACTS: dict[str, object] = {"brand": "帮办", "item": "样例", "number": "S-1", "due_on": "2026-06-12"}


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_is_shipped_could_be_a_districts_own(template: Template, language: str) -> None:
    assert find_fault(template, shipped_text(template, language)) is None


@pytest.mark.parametrize(
    "trick",
    [
        "{0.__class__}",
        "{brand.__class__}",
        "{brand[0]}",
        "{brand!r}",
        "{number:>1000000000}",
        "{}",
        "{0}",
        "{{brand}}",
        "{brand",
        "brand}",
        "{ brand }",
        "{BRAND}",
        "{{",
        "line\nbreak",
        "bell\a",
        "\u202e reversed",
    ],
)
def test_what_is_no_plain_placeholder_is_refused(trick: str) -> None:
    fault = find_fault(TEMPLATE, GOOD + trick)
    assert fault is not None
    assert fault[0] is TextFault.FORM


def test_placeholders_are_those_of_the_template() -> None:
    assert find_fault(TEMPLATE, GOOD + "{code}") == (TextFault.UNKNOWN, ("code",))
    assert find_fault(TEMPLATE, "{brand} {item}") == (TextFault.MISSING, ("due_on", "number"))
    assert find_fault(TEMPLATE, GOOD) is None


@pytest.mark.parametrize("text", ["", "   ", GOOD + "x" * LONGEST])
def test_a_text_has_a_length(text: str) -> None:
    assert find_fault(TEMPLATE, text) == (TextFault.LENGTH, ())


def test_own_words_are_used_in_their_language_alone() -> None:
    own = {"case_accepted": {"en": GOOD}}
    assert render(TEMPLATE, "en", own=own, **FACTS) == "帮办:样例 S-1 2026-06-12"
    assert render(TEMPLATE, "zh-CN", own=own, **FACTS) == render(TEMPLATE, "zh-CN", **FACTS)


def test_a_text_with_a_fault_is_passed_over_and_people_are_told_all_the_same() -> None:
    for broken in ("{brand.__class__}", "", "{brand}", 7, None):
        own = {"case_accepted": {"zh": broken}}
        assert render(TEMPLATE, "zh", own=own, **FACTS) == render(TEMPLATE, "zh", **FACTS)  # type: ignore[arg-type]  # what might be stored


def test_the_platforms_own_messages_are_not_a_districts_to_word() -> None:
    own = {"onboarding_code": {"zh": "{slug}{code}{minutes}"}}
    assert text_for(Template.ONBOARDING_CODE, "zh", own) == shipped_text(Template.ONBOARDING_CODE, "zh")


@given(template=st.sampled_from(Template), text=st.text(max_size=80))
def test_whatever_is_typed_is_refused_or_tells_every_fact(template: Template, text: str) -> None:
    own = {template.value: {"zh": text}}
    facts: dict[str, object] = {name: f"<{name}>" for name in facts_of(template)}
    told = render(template, "zh", own=own, **facts)
    assert all(f"<{name}>" in told for name in facts)


@given(value=st.text(max_size=40))
def test_a_fact_is_never_read_as_a_text(value: str) -> None:
    own = {"case_accepted": {"zh": GOOD}}
    told = render(TEMPLATE, "zh", own=own, **{**FACTS, "item": value})
    assert told == f"帮办:{value} S-1 2026-06-12"
