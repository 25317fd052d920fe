"""What a district's own people may change, through the services that change it, at random."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from bangban.features.areas.service import add_area, rename_area, retire_area
from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import AreaKind
from bangban.features.bundles.drafts import BundleDraft, FormField, SharedMaterial
from bangban.features.bundles.service import items_in_force, publish_bundles
from bangban.features.catalog.drafts import FeeDraft
from bangban.features.catalog.mobile import MobileApp, MobileDraft
from bangban.features.catalog.service.publishing import publish_items, withdraw_items
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.values import Audience, Channel
from bangban.features.configuring.exported_items import kept_item
from bangban.features.configuring.service import configure_district, set_levels
from bangban.features.guidance.questions import Answer, GuidanceDraft, Node, Words
from bangban.features.guidance.service import publish_guidance
from bangban.features.people.drafts import AssignmentDraft, MembershipDraft, StaffDraft
from bangban.features.people.imports import import_people
from bangban.features.people.rules import TeamKind
from bangban.features.people.tables import StaffRow, TeamRow
from bangban.features.people.team_problems import MembershipOverlaps
from bangban.features.personal_data.retention import set_retention
from bangban.features.places.tables import ServicePointRow
from bangban.features.staffing.memberships import Membership, set_member
from bangban.features.staffing.teams import set_team
from bangban.features.wording.service import set_wording
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import ClosureRow, PolicyLineRow
from bangban.kernel.tenancy.work import Work

COUNTY, TOWN, VILLAGE, GRID, MICRO = AreaLevel
FEE = Decimal("10.50")
PALM = MobileDraft(
    app=MobileApp.APP,
    name="样例: #应用",
    link="sample-app://matter/1",
    steps=("打开: 应用", "yes"),
    steps_en=("Open: it", "no"),
    validated_on=dt.date(2026, 6, 1),
)


async def configured(work: Work, random: Random) -> None:
    name = f"区{random.randint(0, 99)}: #1 “样本”"
    changes: dict[str, Any] = random.choice(
        [
            {"name": name, "name_en": "no", "brand": "帮 办"},
            {"circle_minutes": random.randint(1, 120), "contact_phone": random.choice([None, "0533-1"])},
            {"allowed_origins": ["https://b.example", "https://a.example:8443"]},
            {"trusted_documents_only": random.random() < 0.5},
            {
                "network": {
                    "travel": random.choice([None, "DRIVING"]),
                    "specialty_coverage": {"ENTERPRISE": 5},
                }
            },
            {"network": None},
            {"project_lead": None, "hard_case_channel": {"zh": "民情书记", "en": "Secretary: yes"}},
            {
                "modes": [
                    {
                        "mode": "CUSTOM",
                        "name": {"zh": "定制帮", "en": "Custom"},
                        "required": [{"key": "project", "label": {"zh": "项目", "en": "Project"}}],
                    }
                ]
            },
            {
                "rating": {
                    "moments": ["BEFORE", "AFTER"],
                    "assessment": [{"key": "all", "name": {"zh": "全部", "en": "All"}, "weight": 100}],
                }
            },
        ]
    )
    await configure_district(work, changes)


async def kept_longer(work: Work, random: Random) -> None:
    await set_retention(work, case_days=random.randint(180, 4000), account_days=random.choice([None, 500]))


async def worded(work: Work, random: Random) -> None:
    text = random.choice(["{brand}:{item}({number})已办结。", None])
    for language in ("zh-CN", "en"):
        await set_wording(work, template="case_completed", language=language, text=text)


async def named_levels(work: Work, random: Random) -> None:
    names = {random.choice(list(AreaLevel)): {"zh": "社区", "en": "Community"}}
    await set_levels(work, levels=list(AreaLevel), names=names)


async def _area(work: Work, random: Random, level: AreaLevel) -> AreaRow:
    rows = await work.db.scalars(
        select(AreaRow).where(AreaRow.level == level, AreaRow.retired_on.is_(None)).order_by(AreaRow.key)
    )
    return random.choice(list(rows))


async def grown(work: Work, random: Random) -> None:
    town = await _area(work, random, TOWN)
    name = random.choice(["新村", "带,逗号", '带"引号', "123", "yes"])
    kind = random.choice([AreaKind.VILLAGE, AreaKind.COMMUNITY])
    await add_area(work, parent_id=town.id, name=name, level=VILLAGE, kind=kind)


async def renamed(work: Work, random: Random) -> None:
    await rename_area(work, area_id=(await _area(work, random, GRID)).id, name=f"改名{random.randint(0, 9)}")


async def retired(work: Work, random: Random) -> None:
    await retire_area(work, area_id=(await _area(work, random, MICRO)).id)


async def republished(work: Work, random: Random) -> None:
    rows = list(
        await work.db.scalars(
            select(ServiceItemRow).where(ServiceItemRow.effective_to.is_(None)).order_by(ServiceItemRow.code)
        )
    )
    row = random.choice(rows)
    materials = await work.db.scalars(select(ServiceMaterialRow).where(ServiceMaterialRow.item_id == row.id))
    kept = kept_item(row, materials, list(AreaLevel))
    assert kept is not None
    fee = FeeDraft(amount=random.choice([1, 2]) * FEE, basis="收费依据")
    change: dict[str, Any] = random.choice(
        [
            {"name": f"改动事项{random.randint(0, 99)}"},
            {"fee": fee},
            {"conditions": "条件: 见说明 #2", "theme": "null"},
            {"handled_at": (COUNTY, TOWN), "pre_checked_at": (COUNTY,)},
            {"mobile": PALM, "channels": tuple(dict.fromkeys((*kept.draft.channels, Channel.MOBILE)))},
        ]
    )
    await publish_items(work, [replace(kept.draft, **change)], changed_from=work.today)


async def withdrawn(work: Work, random: Random) -> None:
    codes = sorted(await work.db.scalars(select(ServiceItemRow.code)))
    await withdraw_items(work, [random.choice(codes)], on=work.today)


async def hired(work: Work, random: Random) -> None:
    key = f"New.{random.randint(0, 999)}_x"
    lasting = select(TeamRow.key).where(TeamRow.until.is_(None))
    teams = list(await work.db.scalars(lasting.order_by(TeamRow.key)))
    area = await _area(work, random, random.choice([TOWN, VILLAGE, GRID]))
    day = work.today - dt.timedelta(days=random.randint(0, 99))
    ends = random.choice(
        [None, work.today, work.today + dt.timedelta(days=9), work.today - dt.timedelta(days=1)]
    )
    ends = None if ends is not None and ends < day else ends
    await import_people(
        work,
        staff=[
            StaffDraft(
                key=key,
                name="样本: 人",
                login=random.choice([None, key, f"login{random.randint(0, 10**9)}"]),
                source=random.choice([None, "VOLUNTEER", "OFFICE"]),
                full_time=random.random() < 0.5,
                active=random.random() < 0.9,
            )
        ],
        assignments=[AssignmentDraft(staff=key, role="helper", area=area.key, since=day, until=ends)],
        memberships=[
            MembershipDraft(
                team=random.choice(teams),
                staff=key,
                since=day,
                until=ends,
                lead=True,
                full_time=random.random() < 0.5,
            )
        ]
        if teams
        else [],
    )


async def teamed(work: Work, random: Random) -> None:
    area = await _area(work, random, random.choice([COUNTY, TOWN]))
    soon = work.today + dt.timedelta(days=9)
    changes: dict[str, Any] = {
        "name_en": random.choice([None, "Team: #1"]),
        "brand": random.choice([None, "帮 办"]),
        "department": random.choice([None, "某局: “一科”"]),
    }
    team_id = await set_team(
        work,
        key=f"own-{random.randint(0, 1)}",
        name=f"队 {random.randint(0, 9)}",
        kind=random.choice(list(TeamKind)),
        area_id=area.id,
        changes={**changes, "until": random.choice([None, soon])},
    )
    people = select(StaffRow).where(StaffRow.active, StaffRow.portal_origins.is_(None)).order_by(StaffRow.key)
    person = random.choice(list(await work.db.scalars(people)))
    since = work.today + dt.timedelta(days=random.randint(0, 5))
    wished = Membership(since=since, until=random.choice([None, since, soon]), lead=random.random() < 0.5)
    with suppress(MembershipOverlaps):
        await set_member(work, team_id=team_id, staff_id=person.id, wished=wished)


async def gone(work: Work, random: Random) -> None:
    rows = list(
        await work.db.scalars(select(StaffRow).where(StaffRow.key.like("helper%")).order_by(StaffRow.key))
    )
    if rows:
        random.choice(rows).active = False


async def ruled(work: Work, random: Random) -> None:
    line = random.choice(
        [("guide", "TOWN", "case", "accept", "deny"), ("helper", "GRID", "case", "accept", "deny")]
    )
    known = set(await work.db.scalars(select(PolicyLineRow.role)))
    if line[0] not in known:
        named = dict(zip(("role", "level", "object", "action", "effect"), line, strict=True))
        work.db.add(PolicyLineRow(id=new_id(), **named))


async def crowded(work: Work, random: Random) -> None:
    points = (await work.db.scalars(select(ServicePointRow).order_by(ServicePointRow.key))).all()
    point = random.choice(points)
    point.queue_length = random.choice([None, 1, random.randint(2, 1000)])
    point.wait_minutes = random.choice([None, 480, random.randint(1, 479)])


async def closed(work: Work, random: Random) -> None:
    day = dt.date(2026, 11, 1) + dt.timedelta(days=random.randint(0, 400))
    if await work.db.get(ClosureRow, day) is None:
        work.db.add(ClosureRow(day=day, working=random.random() < 0.5, reason="本地, “节日”"))


async def bundled(work: Work, random: Random) -> None:
    items = await items_in_force(work.db, work.today)
    persons = sorted(code for code, item in items.items() if Audience.PERSON in item.audience)
    first, second = random.sample(persons, 2)
    words = Words(zh="问 #1: “好”", en="no")
    number = random.randint(1, 3)
    shared = SharedMaterial(
        key="PAPER",
        name="材料: 一",
        of=tuple(
            sorted((code, min(items[code].materials)) for code in (first, second) if items[code].materials)
        ),
    )
    draft = BundleDraft(
        code=f"OWN-BUNDLE-{number}",
        name=f"一件事 {random.randint(0, 9)}",
        lead_department="某局",
        items=(first, second),
        optional=(second,) if random.random() < 0.5 else (),
        fields=(FormField(key="address", zh="住址", en="yes", required=random.random() < 0.5),),
        materials=(shared,) if shared.of else (),
        effective_from=work.today,
    )
    await publish_bundles(work, [(draft, "own")], changed_from=work.today)
    guide = GuidanceDraft(
        code=random.choice(["OWN-GUIDE", "TPL-WHICH-MATTER"]),
        name="引导",
        start="q",
        nodes=(
            Node(
                key="q",
                question=words,
                answers=(
                    Answer(key="a", label=words, item=first),
                    Answer(key="b", label=words, bundle=draft.code),
                    Answer(key="c", label=words, advice=words),
                ),
            ),
        ),
        effective_from=work.today,
    )
    await publish_guidance(work, [(guide, "own")], changed_from=work.today)


EDITS = (
    *(configured, configured, kept_longer, named_levels, grown, renamed, retired, republished, republished),
    *(crowded, crowded, withdrawn, hired, hired, gone, ruled, closed, worded, bundled, bundled),
    *(teamed, teamed, teamed),
)
