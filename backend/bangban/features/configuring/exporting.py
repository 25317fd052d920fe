"""A district's profile back from what is stored: the folder that onboards it elsewhere, and again gives these bytes.

What a profile has no place for is left out and named: credentials, contact details, history, casework. Everything
is read while nobody changes areas, catalog or people, so the files belong together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select

from bangban.features.areas.latch import take_latch
from bangban.features.areas.service import LATCH as AREAS
from bangban.features.areas.tables import AreaRow
from bangban.features.bundles.service import BUNDLES
from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.service.definitions import standing_drafts
from bangban.features.catalog.service.delegating import LATCH as DELEGATIONS
from bangban.features.catalog.service.publishing import LATCH as CATALOG
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.versions import standing
from bangban.features.configuring.exported_bundles import bundles_document, offers_of
from bangban.features.configuring.exported_district import district_of
from bangban.features.configuring.exported_items import kept_item, services_document
from bangban.features.configuring.exported_people import PeopleRows, people_document
from bangban.features.configuring.exported_places import PlaceRows, places_document
from bangban.features.configuring.service import hold_profile
from bangban.features.guidance.service import GUIDANCE
from bangban.features.people.service import LATCH as PEOPLE
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.places.service import LATCH as PLACES
from bangban.features.places.tables import (
    PartnerAgreementRow,
    ServicePointRow,
    ServiceWindowRow,
    TerminalRow,
)
from bangban.features.printed_guides.service import PRINTED_GUIDES
from bangban.features.profiles.areas import COLUMNS as AREA_COLUMNS
from bangban.features.profiles.closures import COLUMNS as CLOSURE_COLUMNS
from bangban.features.profiles.folder import csv_text, yaml_text
from bangban.features.profiles.profile import Template
from bangban.kernel.tenancy.tables import ClosureRow, PolicyLineRow, ProfileRow
from bangban.kernel.tenancy.work import Work

Said = tuple[str, str]

ALWAYS_LEFT_OUT: Final[tuple[Said, ...]] = (
    ("密码、会话和门户账号", "passwords, sessions and portal accounts"),
    ("人员的联系方式", "contact details of people"),
    ("群众、办件和审计记录", "residents, cases and the audit trail"),
    ("队伍品牌的英文名称、人员的语言", "English names of teams' brands, people's languages"),
    ("本安装的域名", "host names, which belong to the installation"),
)


@dataclass
class Exported:
    """The files by name, and what was left out of them, said in Chinese and in English."""

    files: dict[str, str]
    left_out: list[Said] = field(default_factory=lambda: list(ALWAYS_LEFT_OUT))

    def leave_out(self, count: int, zh: str, en: str) -> None:
        """Say that so many of something are not in the files."""
        if count:
            self.left_out.append((f"{count} {zh}", f"{count} {en}"))


async def export_profile(work: Work, template: Template) -> Exported:
    """The district as a profile against ``template``, whose items it may only have changed. Raises ``NotSetUp``."""
    for latch in (AREAS, CATALOG, PLACES, DELEGATIONS, PEOPLE):
        await take_latch(work, latch)
    profile = await hold_profile(work)
    exported = Exported({})
    areas = await _areas(work, profile, exported)
    exported.files["district.yaml"] = yaml_text(district_of(work, profile), schema="profile.schema.json")
    services, items = await _services(work, profile, template, exported)
    exported.files["services.yaml"] = yaml_text(services, schema="services.schema.json")
    codes = frozenset(item.code for item in items)
    places, points = await _places(work, areas, codes, exported)
    if places:
        exported.files["places.yaml"] = yaml_text(places, schema="places.schema.json")
    await _bundles(work, template, items, exported)
    exported.files["people.yaml"] = yaml_text(
        await _people(work, profile, areas, points, exported), schema="people.schema.json"
    )
    await _policy(work, exported)
    await _closures(work, exported)
    work.record(action="district:export-profile", object=f"district:{work.district.slug}")
    return exported


async def _areas(work: Work, profile: ProfileRow, exported: Exported) -> dict[UUID, AreaRow]:
    """The areas in use on the district's levels, by id; parents first, siblings in their order."""
    levels = {*profile.levels, *(profile.settings.get("address_levels") or ())}
    rows = list(await work.db.scalars(select(AreaRow)))
    by_id = {row.id: row for row in rows}
    kept = [row for row in rows if row.retired_on is None and row.level in levels]
    retired = sum(row.retired_on is not None for row in rows)
    exported.leave_out(retired, "个已撤销的区域", "areas that are no longer in use")
    exported.leave_out(len(rows) - len(kept) - retired, "个不在所用层级的区域", "areas on levels not in use")

    def place(row: AreaRow) -> list[tuple[int, str]]:
        above = [] if row.parent_id is None else place(by_id[row.parent_id])
        return [*above, (row.position, row.key)]

    kept.sort(key=lambda row: (row.level.depth, place(row)))
    exported.files["areas.csv"] = csv_text(
        AREA_COLUMNS,
        [
            (
                "" if row.key == row.code else row.key,
                row.code or "",
                "" if row.parent_id is None else by_id[row.parent_id].key,
                row.name,
                row.full_name,
                row.level.value,
                row.kind.value,
                row.provenance,
            )
            for row in kept
        ],
    )
    return {row.id: row for row in kept}


async def _services(
    work: Work, profile: ProfileRow, template: Template, exported: Exported
) -> tuple[dict[str, Any], list[ItemDraft]]:
    """``services.yaml``, and the items that are offered by it."""
    item = ServiceItemRow
    lasting = select(item).where(or_(item.effective_to.is_(None), item.effective_to > work.today))
    rows = list(await work.db.scalars(lasting.order_by(item.code, item.version)))
    offered = standing(rows, work.today)
    materials: dict[UUID, list[ServiceMaterialRow]] = defaultdict(list)
    for material in await work.db.scalars(select(ServiceMaterialRow)):
        materials[material.item_id].append(material)
    kept = [
        replace(found, draft=replace(found.draft, effective_to=until))
        for row, until in offered
        if (found := kept_item(row, materials[row.id], profile.levels))
    ]
    versions = await work.db.scalar(select(func.count()).select_from(item)) or 0
    exported.leave_out(
        versions - len(rows), "个事项旧版本或已停办事项", "former versions of items and withdrawn ones"
    )
    exported.leave_out(
        len(rows) - len(offered),
        "个以后才生效的事项新版本(导入后须另行发布)",
        "later versions of items, to be published again",
    )
    exported.leave_out(
        len(offered) - len(kept), "个不在所用层级办理的事项", "items handled at no level in use"
    )
    return services_document(kept, template.items, profile.levels), [each.draft for each in kept]


async def _places(
    work: Work, areas: Mapping[UUID, AreaRow], codes: frozenset[str], exported: Exported
) -> tuple[dict[str, Any], dict[UUID, str]]:
    """``places.yaml``, and the keys of the points in it by their ids."""
    rows = PlaceRows(
        areas=areas,
        codes=codes,
        points=await _all(work, ServicePointRow),
        windows=await _all(work, ServiceWindowRow),
        terminals=await _all(work, TerminalRow),
        agreements=await _all(work, PartnerAgreementRow),
        delegations=await _all(work, DelegationRow),
        staff={row.id: row.key for row in await _all(work, StaffRow) if row.active},
    )
    document, left = places_document(rows, today=work.today)
    exported.leave_out(left.points, "个已停用的服务点", "service points that are no longer in use")
    exported.leave_out(left.windows, "个已关闭的窗口", "windows that are closed")
    exported.leave_out(left.agreements, "份已到期或无网点的协议", "agreements that are over or have no point")
    exported.leave_out(left.delegations, "条已结束的下放", "delegations that have ended")
    kept = {each["key"] for each in document.get("points", ())}
    return document, {each.id: each.key for each in rows.points if each.key in kept}


async def _bundles(work: Work, template: Template, items: Sequence[ItemDraft], exported: Exported) -> None:
    bundles, later_bundles = await standing_drafts(work, BUNDLES)
    guidance, later_guidance = await standing_drafts(work, GUIDANCE)
    guides, later_guides = await standing_drafts(work, PRINTED_GUIDES)
    stored = offers_of(bundles, guidance, guides)
    exported.leave_out(
        later_bundles + later_guidance + later_guides,
        "个以后才生效的一件事、情形引导或掌办指南册新版本(导入后须另行发布)",
        "later versions of bundles, guidance and guides to print, to be published again",
    )
    document, left = bundles_document(stored, template.offers, items)
    if document is not None:
        exported.files["bundles.yaml"] = yaml_text(document, schema="bundles.schema.json")
    exported.leave_out(
        left,
        "个缺少所含事项的一件事、情形引导或掌办指南册",
        "bundles, guidance and guides to print whose matters are not offered",
    )


async def _people(
    work: Work,
    profile: ProfileRow,
    areas: Mapping[UUID, AreaRow],
    points: Mapping[UUID, str],
    exported: Exported,
) -> dict[str, Any]:
    posts = {area_id: row.key for area_id, row in areas.items() if row.level in profile.levels}
    root = next(row.key for row in areas.values() if row.parent_id is None)
    rows = PeopleRows(
        staff=await _all(work, StaffRow),
        assignments=await _all(work, AssignmentRow),
        teams=await _all(work, TeamRow),
        members=await _all(work, TeamMemberRow),
    )
    document, left = people_document(rows, posts=posts, points=points, root=root, today=work.today)
    exported.leave_out(left.staff, "名已离岗人员", "people who are no longer in service")
    exported.leave_out(left.teams, "支已结束的队伍", "teams that have ended")
    exported.leave_out(left.periods, "段已结束的任职或队伍经历", "posts and memberships that have ended")
    exported.leave_out(left.unplaced, "个设在停用区域的任职或队伍", "posts and teams at areas not in use")
    return document


async def _all(work: Work, table: Any) -> Sequence[Any]:
    return (await work.db.scalars(select(table))).all()


async def _policy(work: Work, exported: Exported) -> None:
    rows = await work.db.scalars(select(PolicyLineRow))
    lines = sorted(f"p, {row.role}, {row.level}, {row.object}, {row.action}, {row.effect}" for row in rows)
    if lines:
        exported.files["policy.csv"] = "\n".join(lines) + "\n"


async def _closures(work: Work, exported: Exported) -> None:
    rows = list(await work.db.scalars(select(ClosureRow).order_by(ClosureRow.day)))
    if rows:
        exported.files["calendar.csv"] = csv_text(
            CLOSURE_COLUMNS,
            [(row.day.isoformat(), "true" if row.working else "false", row.reason) for row in rows],
        )
