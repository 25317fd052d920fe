"""The contact book in the API (DOMAIN C12): what of a team everybody may know."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import Date, Integer, and_, false, func, literal, select
from sqlalchemy import cast as sql_cast

from bangban.features.areas.graphql import Area, in_subtree
from bangban.features.cards.contacts import SETTING, USUAL_DAYS
from bangban.features.people.graphql import among_staff
from bangban.features.people.tables import TeamRow
from bangban.features.people.team_ends import not_over
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows
from bangban.kernel.tenancy.tables import ProfileRow


def stale_contact(rows: Rows) -> Any:
    """Nobody looked it over for longer than the district allows, or its last day is past."""
    today: Any = rows.request.bind("today", Date())
    profile = ProfileRow.__table__.alias("contact_profile")
    said = select(sql_cast(profile.c.settings[SETTING]["contact_days"].astext, Integer())).scalar_subquery()
    days = func.coalesce(said, literal(USUAL_DAYS, Integer()))
    late = (rows.c.contact_checked_on + days < today) | (rows.c.contact_until < today)
    return func.coalesce(late, false())


@reads(TeamRow)
@strawberry.type(description="How to reach a team: an office's numbers, never a person's 通讯录条目.")
class Contact:
    id: strawberry.ID = column("Identifier of the team 队伍标识.")
    team: str = column("The team 队伍.", lambda r: r.c.name)
    team_en: str | None = column("Its name in English 队伍英文名称.", lambda r: r.c.name_en)
    brand: str | None = column("Its brand name 品牌.")
    department: str | None = column("Department it belongs to 所属部门.")
    area: Area | None = one("Area it serves 服务区域.", lambda r: r.c.id == r.parent.area_id)
    role: str | None = column(
        "The role that answers; null once it was taken out 岗位.", lambda r: r.c.contact_role
    )
    phone: str | None = column("The office's phone 办公电话.", lambda r: r.c.office_line)
    wechat: str | None = column("What its WeChat code holds 微信二维码内容.")
    until: date | None = column("Last day of the entry 有效期至.", lambda r: r.c.contact_until)
    checked_on: date | None = column(
        "When its lead last saw that it is true 最近核对日期.", lambda r: r.c.contact_checked_on
    )
    stale: bool = column("Whether it is to be looked over 是否待核对.", stale_contact)


def _contacts(
    root: Rows,
    area_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="In this area's subtree 区域(含下级).")
    ] = None,
    stale: Annotated[
        bool | None, strawberry.argument(description="To be looked over, or not 是否待核对.")
    ] = None,
) -> Listing:
    today: Any = root.request.bind("today", Date())
    where: list[Predicate] = [root.c.contact_checked_on.is_not(None), not_over(root.c, today)]
    if not among_staff(root):  # what has run out is of use to those who renew it alone
        where.append(root.c.contact_until >= today)
    if area_id is not None:
        where.append(and_(root.c.area_id.is_not(None), in_subtree(root.c.area_id, area_id)))
    if stale is not None:
        where.append(stale_contact(root) == cast("Any", stale))
    return Listing(Order("contact", (root.c.key, root.c.id)), tuple(where))


@strawberry.type
class ContactQuery:
    contact_book: Connection[Contact] = paged(
        "How to reach the teams 电子通讯录.", _contacts, requires=Permission.CONTACT_READ
    )
