"""The shared form of an application 共用表单: sealed and shown masked, in the clear with permission, reason and record.

A form asks for addresses, rooms and names of others, so every value of it is somebody's own business (DESIGN 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bangban.features.cases.problems import DataErased
from bangban.features.cases.service.reveal import count_reveal, reason_to_reveal
from bangban.features.joint.service.loading import load_application
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

FORM_CONTEXT: Final = "bundle.form"


def form_values(work: Work, filled: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The columns of an application that hold its form, nothing where nothing was filled in."""
    if not filled:
        return {"application_form": None, "application_form_sealed": None}
    return {
        "application_form": [{**each, "value": f"{each['value'][:1]}***"} for each in filled],
        "application_form_sealed": work.vault.seal(
            json.dumps(list(filled), ensure_ascii=False), context=FORM_CONTEXT
        ),
    }


async def reveal_form(work: Work, *, number: str, reason: str) -> list[dict[str, str]]:
    """The form of an application in the clear: key and value of each line. The reason goes into the audit trail.

    Raises:
        NotFound, Forbidden: The caller may not see the application, or not reveal it.
        InvalidInput: The reason is shorter than five characters, or longer than words may be.
        DataErased: The retention period of its cases is over.
        RateLimited: As of applicants, together with whom they are counted.
    """
    why = reason_to_reveal(reason)
    application = await load_application(work, number=number, permission=Permission.CASE_REVEAL)
    row = application.row
    if row.form_sealed is None:
        raise DataErased
    await count_reveal(work)
    work.record(
        action=Permission.CASE_REVEAL,
        object=f"bundle-application:{row.number}",
        area_id=row.area_id,
        details={"reason": why},
    )
    return open_form(work, row.form_sealed)


def open_form(work: Work, form_sealed: bytes | None) -> list[dict[str, str]]:
    """Key and value of each line of a sealed form; nothing of none."""
    if form_sealed is None:
        return []
    found: list[dict[str, str]] = json.loads(work.vault.open(form_sealed, context=FORM_CONTEXT))
    return found
