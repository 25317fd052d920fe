"""Who comes: known by a phone or an identity number, sealed, or by nothing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select

from bangban.features.catalog.values import Audience
from bangban.features.hall.service.announcing import DAY_ENDED, day_reference
from bangban.features.hall.tables import VISITOR_CONTEXT, VISITOR_PURPOSE, VisitRow
from bangban.kernel.identifiers import find_phone, mask_identity, mask_phone, require_identity
from bangban.kernel.tenancy.work import Work


class Visitor(NamedTuple):
    """A phone or an identity number as it is kept; nothing of somebody who gave none."""

    sealed: bytes | None = None
    hashed: bytes | None = None
    masked: str | None = None


def visitor_of(work: Work, text: str | None, kind: Audience, *, field: str = "input.visitor") -> Visitor:
    """What is kept of a visitor. Raises InvalidIdentityNumber for what is neither a phone nor such a number."""
    text = (text or "").strip()
    if not text:
        return Visitor()
    phone = find_phone(text)
    if phone is not None:
        plain, masked = phone, mask_phone(phone)
    else:
        plain = require_identity(kind.value, text, today=work.today, fields=(field,)).value
        masked = mask_identity(plain)
    return Visitor(
        sealed=work.vault.seal(plain, context=VISITOR_CONTEXT),
        hashed=work.vault.lookup_hash(plain, purpose=VISITOR_PURPOSE),
        masked=masked,
    )


async def see_to_days_end(work: Work, point_id: UUID) -> None:
    """With the first visit of a day to a point, set the timer that ends the day there. Before the visit is added."""
    today = (VisitRow.point_id == point_id, VisitRow.day == work.today)
    if not await work.db.scalar(select(exists().where(*today))):
        midnight = datetime.combine(work.today + timedelta(days=1), time.min, tzinfo=work.district.zone)
        work.announce(DAY_ENDED, day_reference(point_id, work.today), due=midnight)
