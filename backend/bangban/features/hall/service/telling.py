"""一次性告知 at the desk: what a visitor is told of missing papers, and that they signed for it (DOMAIN A06, B03)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from bangban.features.cases.service.casework import notice_deadline
from bangban.features.cases.service.notices import Telling, supplying_of
from bangban.features.cases.service.wording import check_words
from bangban.features.cases.values import NoticeChannel
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.rules.papers import Checked, require_unsigned
from bangban.features.hall.service.loading import Point, lock_visit, require_shift, staff_of
from bangban.features.hall.settings import hall_settings
from bangban.features.hall.tables import VisitRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work


async def tell(work: Work, visit: VisitRow, checked: Checked, telling: Telling) -> None:
    """The one notice of a visit, kept as it is given: later looks at the papers do not change it.

    The papers' notes went through ``check_said``, so a phrase that is refused here is counted as well.
    Raises as ``supplying_of``.
    """
    code, details = (
        await work.db.execute(
            select(ServiceItemRow.code, ServiceItemRow.details).where(
                ServiceItemRow.id == visit.service_item_id
            )
        )
    ).one()
    supplying = await supplying_of(work, telling, service_code=code, usual=NoticeChannel.COUNTER)
    visit.told, visit.told_at = list(checked.lacking), work.now
    visit.told_papers = [each for each in checked.as_json if each["code"] in checked.lacking]
    visit.told_by = staff_of(work)
    visit.told_channel = supplying.channel
    visit.told_how = supplying.how
    visit.told_where_id = supplying.where_id
    usual = hall_settings(work.settings).notice_working_days
    visit.told_until = notice_deadline(work, details, usual=usual)


def check_said(work: Work, visit: VisitRow, point: Point, *, field: str, said: Iterable[str | None]) -> None:
    """Refuse banned phrases in what a visitor hears, and count that (DOMAIN B05). Raises ``PhraseBanned``."""
    for text in said:
        check_words(work, f"visit:{visit.id}", point.area_id, **{field: text})


async def load_told(work: Work, visit_id: UUID) -> UUID:
    """The area of a visit's point, for the guide who told the visitor, or one who is on shift there now.

    Raises NotFound, NotOnShift.
    """
    visit, point = await lock_visit(work, visit_id, Permission.HALL_GREET)
    if visit.told_by != staff_of(work):
        await require_shift(work, point.id)
    return point.area_id


async def sign_for_visit(work: Work, *, visit_id: UUID) -> UUID:
    """签收告知: the visitor signed for what they were told, and the guide saw it.

    Raises:
        NotFound.
        NothingToAcknowledge, AcknowledgedAlready: Of two at once, one is told so.
    """
    visit, point = await lock_visit(work, visit_id, Permission.HALL_GREET)
    require_unsigned(told=visit.told, signed_at=visit.told_signed_at)
    visit.told_signed_at, visit.told_signed_to = work.now, staff_of(work)
    work.record(
        action=Permission.HALL_GREET,
        object=f"visit:{visit.id}",
        area_id=point.area_id,
        details={"acknowledged": True},
    )
    return visit.id
