"""What a mode of help needs to know 帮办方式必填项 (DOMAIN C03): asked for by the district, sealed, shown masked.

A district says which fields each of its modes needs. Places, needs and names of projects are all somebody's own
business, so every value is sealed, whatever it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bangban.features.cases.problems import ModeFieldsMissing
from bangban.features.cases.values import HelpMode
from bangban.kernel.identifiers import bounded, mask_phone
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

MODE_FIELDS_CONTEXT: Final = "case.mode_fields"
PHONE: Final = "phone"
"""The key of the one field that every applicant has given already."""
LONGEST: Final = 200


@dataclass(frozen=True, kw_only=True)
class ModeField:
    """One thing said for one mode. Personal data: kept out of logs and tracebacks."""

    mode: HelpMode
    key: str
    value: str = field(repr=False)


def mode_field_columns(
    work: Work, modes: Sequence[HelpMode], given: Sequence[ModeField], *, phone: str
) -> dict[str, Any]:
    """The columns of a case that hold what was said for its modes, nothing where nothing was.

    Raises:
        ModeFieldsMissing: Names everything that is missing, at once.
        InvalidInput: Something that no chosen mode asks for, twice the same, or too long.
        WordsUnseen: As ``bounded``.
    """
    asked = {
        (HelpMode(each["mode"]), every["key"]): every["label"]
        for each in work.settings.get("modes", ())
        if each["mode"] in modes
        for every in each.get("required", ())
    }
    said = {
        (each.mode, each.key.strip()): bounded(each.value, fields=("input.modeFields",), longest=LONGEST)
        for each in given
    }
    if len(said) != len(given) or not said.keys() <= asked.keys():
        raise InvalidInput(
            "Say only what the chosen modes ask for, each thing once.",
            "只填写所选方式要求的内容,每项一次。",
            fields=("input.modeFields",),
        )
    said |= {key: phone for key in asked if key[1] == PHONE and not said.get(key)}
    missing = [label for key, label in asked.items() if not said.get(key)]
    if missing:
        raise ModeFieldsMissing(missing)
    kept = [{"mode": mode.value, "key": key, "value": value} for (mode, key), value in said.items() if value]
    if not kept:
        return {"mode_fields": None, "mode_fields_sealed": None}
    masked = [{**each, "value": _masked(each["key"], each["value"])} for each in kept]
    sealed = work.vault.seal(json.dumps(kept, ensure_ascii=False), context=MODE_FIELDS_CONTEXT)
    return {"mode_fields": masked, "mode_fields_sealed": sealed}


def open_mode_fields(work: Work, sealed: bytes | None) -> list[dict[str, str]]:
    """The same in the clear."""
    if sealed is None:
        return []
    found: list[dict[str, str]] = json.loads(work.vault.open(sealed, context=MODE_FIELDS_CONTEXT))
    return found


def _masked(key: str, value: str) -> str:
    return mask_phone(value) if key == PHONE else f"{value[:1]}***"
