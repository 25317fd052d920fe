"""Settings and levels: what may be decided of them, what is stored, recorded and copied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.features.configuring.conftest import Setup
from tests.integration.features.configuring.deciding import configured, registered, relayed

from bangban.features.accounts.principals import Principals
from bangban.features.configuring.problems import DayWouldJump, LevelInUse, NotSetUp, SettingsFaulty
from bangban.features.configuring.service import configure_district, set_levels
from bangban.features.districts.own_rules import HASH
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.roles import Role
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

COUNTY, TOWN, VILLAGE, GRID, MICRO = AreaLevel


def entries(setup: Setup) -> list[AuditEntryRow]:
    async def get(work: Work) -> list[AuditEntryRow]:
        rows = await work.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq))
        return [row for row in rows if row.action.startswith("district:")]

    found: list[AuditEntryRow] = setup.inside(get)
    return found


def test_what_changes_is_stored_recorded_once_and_copied_by_the_outbox(setup: Setup) -> None:
    changed = configured(setup, name="新名区", circle_minutes=5, contact_phone="0533-1234567")
    assert changed == {"name", "circle_minutes", "contact_phone"}
    assert (registered(setup).name, registered(setup).circle_minutes) == ("测试区", 15)
    relayed(setup)
    row, profile = registered(setup), setup.profile()
    assert (row.name, row.circle_minutes) == (profile.name, profile.circle_minutes) == ("新名区", 5)
    assert profile.settings["contact_phone"] == "0533-1234567"
    assert row.slug == setup.slug
    assert setup.tenancy.registry.get(setup.slug).name == "新名区"
    (entry,) = entries(setup)
    assert entry.details == {"changed": ["circle_minutes", "contact_phone", "name"]}
    assert configured(setup, name="新名区", circle_minutes=5) == frozenset()
    assert len(entries(setup)) == 1


def test_what_is_absent_stays_and_null_clears_what_can_be_cleared(setup: Setup) -> None:
    lead = {"zh": "项目专班", "en": "Task force"}
    configured(setup, project_lead=lead, contact_phone="12345")
    configured(setup, contact_phone=None)
    assert setup.profile().settings["contact_phone"] is None
    assert setup.profile().settings["project_lead"] == lead
    with pytest.raises(SettingsFaulty) as refused:
        configured(setup, name=None, brand=None, circle_minutes=0, allowed_origins=["ftp://x"], modes=[])
    assert set(refused.value.fields) == {
        "input.name",
        "input.brand",
        "input.circleMinutes",
        "input.allowedOrigins.0",
        "input.modes",
    }


def test_phrases_are_kept_in_their_section_beside_what_stands_there(setup: Setup) -> None:
    said = {"transfer_minutes": 60, "next_steps": {"A": ["B"]}, "phrases": [{"phrase": "不知道"}]}

    async def keep(work: Work) -> None:
        (await work.db.scalars(select(ProfileRow))).one().settings = {"assistance": said}

    setup.inside(keep)
    phrases = [{"phrase": "去问别人", "instead": "我来联系"}]
    assert configured(setup, assistance={"phrases": phrases}) == {"assistance"}
    assert setup.profile().settings["assistance"] == said | {"phrases": phrases}
    assert configured(setup, assistance={"phrases": phrases}) == frozenset()
    assert configured(setup, assistance={"phrases": []}) == {"assistance"}
    assert setup.profile().settings["assistance"]["phrases"] == []


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "不",
        "不" * 51,
        ".*",
        "。！？…",
        "\u0301\u0302\u0303",  # marks without a letter
        "\u200b\u200d \u3000",
        "不\u0301，",  # one letter, however much is around it
        "\x00\x01",
    ],
)
def test_a_phrase_that_would_ban_nothing_or_everything_is_refused(setup: Setup, phrase: str) -> None:
    for given in ([{"phrase": phrase}], [{"phrase": "不知道"}, {"phrase": phrase}]):
        with pytest.raises(SettingsFaulty) as refused:
            configured(setup, assistance={"phrases": given})
        assert refused.value.fields == (f"input.assistance.phrases.{len(given) - 1}.phrase",)
    assert "assistance" not in setup.profile().settings


def test_the_same_phrase_twice_or_too_many_are_refused(setup: Setup) -> None:
    many = [{"phrase": f"第{n}种说法"} for n in range(101)]
    twice = [{"phrase": "不知道"}, {"phrase": "不 知-道"}]
    for given, field in ((twice, "input.assistance.phrases.1"), (many, "input.assistance.phrases")):
        with pytest.raises(SettingsFaulty) as refused:
            configured(setup, assistance={"phrases": given})
        assert refused.value.fields == (field,)
    configured(setup, assistance={"phrases": many[:100]})


def test_only_an_administrator_of_the_whole_district_configures(setup: Setup) -> None:
    async def fill(work: Work) -> None:
        await setup.area(work, "town", TOWN, "county")

    setup.inside(fill)
    for role, area in ((Role.ADMIN, "town"), (Role.LEADER, "county"), (Role.AUDITOR, "county")):
        with pytest.raises((Forbidden, AreaOutsideGrant)):
            setup.inside(lambda work: configure_district(work, {"name": "x"}), setup.holder(role, area))
    assert setup.profile().name == "测试区"


@pytest.mark.parametrize(
    ("zone", "from_day", "to_day", "refused_at", "from_when"),
    [
        (
            "America/New_York",
            date(2026, 11, 23),
            None,
            datetime(2026, 11, 23, 2, 5, tzinfo=UTC),
            "11-23 13:00",
        ),
        ("Asia/Urumqi", date(2026, 11, 23), None, datetime(2026, 11, 22, 16, 30, tzinfo=UTC), "11-23 02:00"),
        (
            *("Pacific/Auckland", date(2026, 1, 1), date(2026, 11, 23)),
            *(datetime(2026, 11, 23, 14, 0, tzinfo=UTC), "11-24 00:00"),
        ),
    ],
)
def test_a_time_zone_does_not_take_the_administrators_post_away(
    setup: Setup, zone: str, from_day: date, to_day: date | None, refused_at: datetime, from_when: str
) -> None:
    async def fill(work: Work) -> None:
        await setup.staff(work, "boss", ("admin", "county"), since=from_day, until=to_day)

    setup.inside(fill)
    principals = Principals(setup.tenancy)

    async def change(now: datetime) -> None:
        boss = await principals.get_staff_by_login(setup.district, "boss", now=now)
        await setup.write(lambda work: configure_district(work, {"timezone": zone}), boss, now)

    with pytest.raises(DayWouldJump) as refused:
        setup.run(change(refused_at))
    assert f"from {from_when}" in refused.value.message("en")
    assert f"{from_when} 起" in refused.value.message("zh")
    relayed(setup)
    assert (setup.profile().timezone, registered(setup).timezone) == ("Asia/Shanghai", "Asia/Shanghai")
    if to_day is not None:  # the post has ended by the time at which the zone could be changed
        return
    month, day, hour = (int(from_when[begin : begin + 2]) for begin in (0, 3, 6))
    then = datetime(2026, month, day, hour, tzinfo=setup.district.zone)
    setup.run(change(then))
    relayed(setup)
    assert setup.district.timezone == zone
    setup.run(change(then))  # who changed it may do so again


def test_a_district_without_a_profile_is_still_being_provisioned(
    new_district: Callable[..., District], setup: Setup
) -> None:
    bare = Setup(new_district().slug, setup.tenancy, setup.run, areas=setup.areas)
    with pytest.raises(NotSetUp):
        configured(bare, name="x")


def test_a_changed_district_is_no_longer_as_its_profile_says(new_setup: Callable[..., Setup]) -> None:
    setup = new_setup(**{HASH: "digest"})
    configured(setup, contact_phone="12345")
    assert HASH not in setup.profile().settings


# ---------------------------------------------------------------------- levels


def test_levels_grow_and_are_named_and_go_when_nothing_stands_on_them(setup: Setup) -> None:
    async def levels(*which: AreaLevel, names: dict[AreaLevel, Any] | None = None) -> None:
        await setup.write(lambda work: set_levels(work, levels=which, names=names))

    setup.run(levels(COUNTY, TOWN, VILLAGE, names={VILLAGE: {"zh": "社区", "en": "Community"}}))
    relayed(setup)
    assert registered(setup).levels == setup.profile().levels == [COUNTY, TOWN, VILLAGE]
    assert setup.profile().settings["level_names"] == {"VILLAGE": {"zh": "社区", "en": "Community"}}
    setup.run(levels(COUNTY, TOWN))
    assert setup.profile().settings["level_names"] == {"VILLAGE": {"zh": "社区", "en": "Community"}}
    setup.run(levels(COUNTY, TOWN, names={}))
    assert setup.profile().settings["level_names"] == {}


@pytest.mark.parametrize("levels", [[], [TOWN], [COUNTY, VILLAGE], [COUNTY, COUNTY], [TOWN, COUNTY]])
def test_levels_go_from_the_county_down_without_a_gap(setup: Setup, levels: list[AreaLevel]) -> None:
    with pytest.raises(SettingsFaulty):
        setup.inside(lambda work: set_levels(work, levels=levels))


def test_a_level_stays_while_areas_posts_teams_or_items_stand_on_it(setup: Setup) -> None:
    async def fill(work: Work) -> None:
        await setup.area(work, "town", TOWN, "county")
        await setup.area(work, "village", VILLAGE, "town")
        await setup.area(work, "old village", VILLAGE, "town")
        setup.areas["old village"].retired_on = work.today
        guide = await setup.staff(work, "guide", ("guide", "village"))
        await setup.staff(work, "gone", ("guide", "village"), until=work.today - timedelta(days=1_000))
        await setup.team(work, "team", "village", guide)
        await setup.item(work, "HERE", COUNTY, VILLAGE)
        await setup.item(work, "ENDED", COUNTY, VILLAGE, until=work.today)

    setup.inside(fill)
    with pytest.raises(LevelInUse) as refused:
        setup.inside(lambda work: set_levels(work, levels=[COUNTY, TOWN]))
    said = refused.value.message("en")
    for part in ("1 areas", "1 posts", "1 teams", "1 service items"):
        assert f"VILLAGE: {part}" in said
    assert "GRID" not in said
    assert setup.profile().levels == [COUNTY, TOWN, VILLAGE, GRID]
    setup.inside(lambda work: set_levels(work, levels=[COUNTY, TOWN, VILLAGE]))
