"""What is delegated of an item today, as the rules want to know it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Text, and_, any_, or_, select

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.delegations import Agreed, Delegated, ItemLevels, Unit
from bangban.features.catalog.tables import DelegationRow
from bangban.features.catalog.values import DelegationScope, RunningCases
from bangban.features.places.tables import PartnerAgreementRow, ServicePointRow
from bangban.features.places.values import PARTNER_KINDS
from bangban.kernel.access.principals import Assignment
from bangban.kernel.access.roles import Role
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work


def unit_of(held: Assignment, staff_id: UUID | None) -> Unit:
    """The unit for which somebody acts by this assignment, and who."""
    return Unit(
        area_path=held.area_path,
        level=held.level,
        point_id=held.point_id,
        staff_id=staff_id,
        partner=held.role is Role.PARTNER_CLERK,
    )


def levels_of(item: Any) -> ItemLevels:
    """What an item's row says of its levels."""
    return ItemLevels(
        owner=item.level,
        handled_at=item.handled_at,
        pre_checked_at=item.pre_checked_at,
        delegated_only=bool(item.details.get("delegated_only")),
    )


def _standing() -> Written:
    """Delegations of an item that hold today, or that were withdrawn with their cases kept."""
    today, code = Given("today", Date()), Given("code", Text())
    row = DelegationRow
    kept = row.running == RunningCases.KEEP
    return Written(
        select(
            row.id,
            row.staff_id,
            row.scope,
            row.since,
            row.until,
            row.withdrawn_on,
            row.withdrawn_at,
            row.running,
            row.to_point_id,
            AreaRow.path.label("area_path"),
            ServicePointRow.kind.label("point_kind"),
            PartnerAgreementRow.since.label("agreed_since"),
            PartnerAgreementRow.until.label("agreed_until"),
            (code == any_(PartnerAgreementRow.service_codes)).label("names_item"),
        )
        .select_from(row)
        .outerjoin(AreaRow, AreaRow.id == row.to_area_id)
        .outerjoin(ServicePointRow, ServicePointRow.id == row.to_point_id)
        .outerjoin(PartnerAgreementRow, PartnerAgreementRow.id == ServicePointRow.agreement_id)
        .where(
            row.service_code == code,
            row.since <= today,
            or_(
                kept,
                and_(
                    or_(row.until.is_(None), row.until >= today),
                    or_(row.withdrawn_on.is_(None), row.withdrawn_on > today),
                ),
            ),
        )
    )


_STANDING: Final = _standing()


async def standing_delegations(work: Work, code: str) -> list[Delegated]:
    """What ``delegations.scope_of`` has to know of an item today, in one statement."""
    return [_delegated(row) for row in await work.run(_STANDING, code=code, today=work.today)]


def _delegated(row: Any) -> Delegated:
    agreed = None
    if row.agreed_since is not None:
        agreed = Agreed(names_item=row.names_item, since=row.agreed_since, until=row.agreed_until)
    return Delegated(
        id=row.id,
        staff_id=row.staff_id,
        scope=DelegationScope(row.scope),
        since=row.since,
        until=row.until,
        withdrawn_on=row.withdrawn_on,
        withdrawn_at=row.withdrawn_at,
        running=None if row.running is None else RunningCases(row.running),
        area_path=row.area_path,
        point_id=row.to_point_id,
        at_partner=row.point_kind in PARTNER_KINDS,
        agreed=agreed,
    )
