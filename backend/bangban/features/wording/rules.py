"""What a district may write. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from bangban.features.people.keeping import LANGUAGES
from bangban.features.wording.problems import (
    PlaceholderMissing,
    PlaceholderUnknown,
    TemplateUnknown,
    TextForm,
    TextLength,
)
from bangban.kernel.messenger.own_texts import LONGEST, PLATFORMS_OWN, TextFault, find_fault, key_of
from bangban.kernel.messenger.shipped import facts_of, shipped_text
from bangban.kernel.messenger.templates import Template

_FIELDS: Final = ("input.text",)
_SAMPLES: Final[Mapping[str, object]] = {
    "number": "ZP20260608-000123",
    "item": "居住证办理",
    "due_on": "2026-06-30",
    "materials": ["身份证", "租赁合同"],
    "supplying": "请于 2026-06-30 前补交；方式：可由家人代交；地点：样本大厅",
    "reason": "等待现场勘验",
    "code": "123456",
    "token": "sample-token",
    "login": "sample",
    "sender": "样本员",
    "minutes": 5,
    "hours": 72,
    "count": 3,
}
"""Facts to try a text with; a fact that is not among them shows its own name."""


def get_template(name: str) -> Template:
    """The template that a district may word. Raises ``TemplateUnknown``."""
    try:
        template = Template(name)
    except ValueError:
        raise TemplateUnknown from None
    if template in PLATFORMS_OWN:
        raise TemplateUnknown
    return template


def check_text(template: Template, text: str) -> str:
    """The text without blanks around it.

    Raises ``TextLength``, ``TextForm``, ``PlaceholderUnknown``, ``PlaceholderMissing``.
    """
    words = text.strip()
    fault = find_fault(template, words)
    if fault is None:
        return words
    kind, names = fault
    if kind is TextFault.LENGTH:
        raise TextLength(most=LONGEST, fields=_FIELDS)
    if kind is TextFault.FORM:
        raise TextForm(fields=_FIELDS)
    shown = [f"{{{name}}}" for name in names]
    if kind is TextFault.MISSING:
        raise PlaceholderMissing(names=shown, fields=_FIELDS)
    known = [f"{{{name}}}" for name in sorted(facts_of(template))]
    raise PlaceholderUnknown(names=shown, known=known, fields=_FIELDS)


def with_text(own: Mapping[str, Any], template: Template, language: str, text: str | None) -> dict[str, Any]:
    """The district's texts with this one, or without it where ``text`` is None."""
    after = {name: dict(texts) for name, texts in own.items()}
    of_template = after.setdefault(template.value, {})
    of_template.pop(key_of(language), None)
    if text is not None:
        of_template[key_of(language)] = text
    return {name: texts for name, texts in after.items() if texts}


def samples_for(template: Template, brand: str) -> dict[str, object]:
    """A fact for each of the template's placeholders, to try a text with."""
    known = {**_SAMPLES, "brand": brand}
    return {name: known.get(name, f"〈{name}〉") for name in facts_of(template)}


@cache
def shipped_wordings() -> str:
    """Every text that a district may replace, as JSON for the statement that lists them."""
    return json.dumps(
        [
            {
                "template": template.value,
                "language": language,
                "key": key_of(language),
                "shipped": shipped_text(template, language),
                "placeholders": sorted(facts_of(template)),
                "place": place,
            }
            for place, (template, language) in enumerate(
                (template, language)
                for template in Template
                if template not in PLATFORMS_OWN
                for language in LANGUAGES
            )
        ],
        ensure_ascii=False,
    )
