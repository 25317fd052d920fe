"""A district's own texts in place of shipped ones. Pure.

Placeholders are plain names in braces, such as ``{number}``, and are filled in by name alone: no format language
is ever run over a text that somebody typed, so nothing in it can reach into an object or fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias

from bangban.kernel.messenger.shipped import facts_of, shipped_text, written
from bangban.kernel.messenger.templates import Template

SETTING: Final = "wording"
"""Key in a district's settings: texts by template, then by language, ``zh`` or ``en``."""

OwnTexts: TypeAlias = Mapping[str, Mapping[str, str]]

LONGEST: Final = 500
PLATFORMS_OWN: Final = frozenset({Template.ONBOARDING_CODE, Template.OPERATOR_INVITATION})
"""What the platform says in its own name; no district changes it."""

_NAME: Final = re.compile(r"\{([a-z_]+)\}")
_FORM: Final = re.compile(r"(?:[^{}]|\{[a-z_]+\})*")


class TextFault(StrEnum):
    """What is wrong with a text."""

    LENGTH = "LENGTH"  # empty, or longer than LONGEST
    FORM = "FORM"  # braces that are no plain placeholder, or characters that cannot be seen
    UNKNOWN = "UNKNOWN"  # a placeholder that the template has not
    MISSING = "MISSING"  # one that it has, and the text leaves out


def key_of(language: str) -> str:
    """The key of a language's text: Chinese for ``zh…``, English for any other."""
    return "zh" if language.lower().startswith("zh") else "en"


def find_fault(template: Template, text: str) -> tuple[TextFault, tuple[str, ...]] | None:
    """What is wrong with a text, and the placeholders that are concerned; None where it may be used."""
    if not 0 < len(text.strip()) <= LONGEST:
        return TextFault.LENGTH, ()
    if not text.isprintable() or not _FORM.fullmatch(text):
        return TextFault.FORM, ()
    found, needed = frozenset(_NAME.findall(text)), facts_of(template)
    if unknown := found - needed:
        return TextFault.UNKNOWN, tuple(sorted(unknown))
    if missing := needed - found:
        return TextFault.MISSING, tuple(sorted(missing))
    return None


def text_for(template: Template, language: str, own: OwnTexts | None) -> str:
    """The district's text of a template, else the shipped one. One with a fault is passed over: a template that
    came to have another fact must not keep people from being told."""
    text: Any = ((own or {}).get(template.value) or {}).get(key_of(language))
    usable = isinstance(text, str) and template not in PLATFORMS_OWN and find_fault(template, text) is None
    return text if usable else shipped_text(template, language)


def render(template: Template, language: str, *, own: OwnTexts | None = None, **facts: object) -> str:
    """The text of ``template`` with its facts, in Chinese (``zh…``) or English (any other language).

    Lists are written as one enumeration, dates as ISO 8601.

    Raises:
        ValueError: A fact is missing, or one is given that the template does not know.
    """
    needed = facts_of(template)
    if facts.keys() != needed:
        raise ValueError(f"The message {template} needs {', '.join(sorted(needed))}.")
    text = text_for(template, language, own)
    return _NAME.sub(lambda found: written(facts[found[1]], language), text)
