"""上门签收: who signed at the door, sealed and masked, with a picture of the signature if there is one (DOMAIN C10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from bangban.features.cases.service.applicant import checked_name
from bangban.features.orders.problems import SignaturePictureUnfit
from bangban.features.orders.rules.facts import Signature
from bangban.features.orders.service.loading import Loaded
from bangban.features.orders.tables import SIGNATURE_CONTEXT
from bangban.features.uploads.service import stored_of
from bangban.features.uploads.values import FileKind
from bangban.kernel.identifiers import mask_name

_PICTURES: Final = frozenset({FileKind.PNG, FileKind.JPEG})


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Who signed, as typed, and which file of the case is the picture of it."""

    by: str = field(repr=False)
    file_id: UUID | None = None


async def signature_of(loaded: Loaded, signed: Signed | None) -> Signature | None:
    """The same as it is kept.

    Raises:
        InvalidInput: No name, or too long a one.
        SignaturePictureUnfit: The file is none of this order's case, was not kept, or is no picture.
    """
    if signed is None:
        return None
    work, row = loaded.work, loaded.row
    name = checked_name(signed.by, fields=("input.signature.signedBy",))
    if signed.file_id is not None:
        kept = [] if row.case_id is None else await stored_of(work, row.case_id)
        if not any(each.id == signed.file_id and each.kind in _PICTURES for each in kept):
            raise SignaturePictureUnfit
    return Signature(
        sealed=work.vault.seal(name, context=SIGNATURE_CONTEXT),
        masked=mask_name(name),
        at=work.now,
        file_id=signed.file_id,
    )
