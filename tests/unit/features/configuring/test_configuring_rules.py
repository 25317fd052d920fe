"""What may be changed of a district, judged without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bangban.features.configuring.hall_inputs import HallSettingsInput, PriorityInput
from bangban.features.configuring.inputs import (
    ConfigureDistrictInput,
    LevelNameInput,
    OfferedModeInput,
    TextInput,
    changes_in,
    given_in,
    names_in,
)
from bangban.features.configuring.problems import DayWouldJump, LevelInUse, SettingsFaulty
from bangban.features.configuring.rules import (
    LevelUse,
    check_gone,
    check_levels,
    check_same_day,
    check_settings,
)
from bangban.features.configuring.section_inputs import AssistanceSettingsInput, NextStepsInput
from bangban.features.configuring.wording import WORDINGS
from bangban.features.profiles.values import CareNeed, HelpMode
from bangban.kernel.levels import AreaLevel

COUNTY, TOWN, VILLAGE, GRID, MICRO = AreaLevel


def test_an_input_gives_what_was_given_and_nothing_of_what_was_left_out() -> None:
    given = ConfigureDistrictInput(
        contact_phone=None,
        modes=[OfferedModeInput(mode=HelpMode.ONLINE, name=TextInput(zh="线上帮", en="Online"))],
    )
    assert given_in(given) == {
        "contact_phone": None,
        "modes": [{"mode": HelpMode.ONLINE, "name": {"zh": "线上帮", "en": "Online"}, "required": []}],
    }
    assert names_in([]) == {}
    assert names_in(None) == {}


def test_a_line_for_something_that_has_one_is_refused_and_every_such_line_is_named() -> None:
    """Written as tables, whose last line would hold and the first be lost."""
    aged, disabled = (PriorityInput(need=each, level=3) for each in (CareNeed.ELDERLY, CareNeed.DISABLED))
    step = NextStepsInput(service_code="A", next=[])
    given = ConfigureDistrictInput(
        hall=HallSettingsInput(priorities=[aged, disabled, aged, aged]),
        assistance=AssistanceSettingsInput(next_steps=[step, step]),
    )
    with pytest.raises(SettingsFaulty) as refused:
        changes_in(given)
    assert refused.value.fields == (
        "input.hall.priorities.2.need",
        "input.hall.priorities.3.need",
        "input.assistance.nextSteps.1.serviceCode",
    )
    assert ("ELDERLY" in refused.value.message("zh")) is ("ELDERLY" in refused.value.message("en")) is True
    hall = HallSettingsInput(priorities=[aged, disabled])
    assert changes_in(ConfigureDistrictInput(hall=hall))["hall"]["priorities"] == {
        CareNeed.ELDERLY: 3,
        CareNeed.DISABLED: 3,
    }
    name = LevelNameInput(level=TOWN, name=TextInput(zh="街道", en="Subdistrict"))
    with pytest.raises(SettingsFaulty) as refused:
        names_in([name, name])
    assert refused.value.fields == ("input.names.1.level",)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "input.name"),
        ({"name": "长" * 101}, "input.name"),
        ({"circle_minutes": 0}, "input.circleMinutes"),
        ({"circle_minutes": None}, "input.circleMinutes"),
        ({"timezone": "Nowhere"}, "input.timezone"),
        ({"contact_phone": "call me"}, "input.contactPhone"),
        ({"allowed_origins": ["https://a.example/path"]}, "input.allowedOrigins.0"),
        ({"allowed_origins": ["*"]}, "input.allowedOrigins.0"),
        ({"modes": []}, "input.modes"),
        ({"rating": {"moments": []}}, "input.rating.moments"),
        ({"slug": "other"}, "input.slug"),
    ],
)
def test_what_a_profile_may_not_say_a_district_may_not_set(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(SettingsFaulty) as refused:
        check_settings(changes)
    assert refused.value.fields == (field,)
    assert refused.value.message("zh") != refused.value.message("en")


ZONES = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/New_York",
    "Pacific/Auckland",
)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("before", ZONES)
def test_a_time_zone_changes_only_while_it_is_the_same_day_in_both(before: str, zone: str) -> None:
    ours, theirs = ZoneInfo(before), ZoneInfo(zone)
    begins = datetime(2026, 3, 7, 0, 7, tzinfo=UTC)  # clocks change in New York and Auckland within the month
    for hours in range(30 * 24):
        now = begins + timedelta(hours=hours)
        same = now.astimezone(ours).date() == now.astimezone(theirs).date()
        if same:
            check_same_day(zone, now=now, before=before)
            continue
        with pytest.raises(DayWouldJump) as refused:
            check_same_day(zone, now=now, before=before)
        then = refused.value.at
        assert then is not None
        assert now < then <= now + timedelta(hours=24)
        check_same_day(zone, now=then, before=before)
        with pytest.raises(DayWouldJump):
            check_same_day(zone, now=then - timedelta(minutes=1), before=before)


def test_zones_that_never_have_the_same_day_take_one_between_them() -> None:
    with pytest.raises(DayWouldJump, match="never have the same day"):
        check_same_day("Etc/GMT+12", now=datetime(2026, 3, 7, 9, 7, tzinfo=UTC), before="Pacific/Kiritimati")


def test_weights_of_an_assessment_add_up() -> None:
    indicator = {"key": "all", "name": {"zh": "全部", "en": "All"}}
    rating = {"moments": ["AFTER"], "assessment": [{**indicator, "weight": 60}]}
    with pytest.raises(SettingsFaulty):
        check_settings({"rating": rating})
    rating["assessment"] = [{**indicator, "weight": 100}]
    assert check_settings({"rating": rating})["rating"]["assessment"][0]["weight"] == 100


def test_names_are_of_levels_and_in_both_languages() -> None:
    found = check_levels([COUNTY, TOWN], {TOWN: {"zh": " 街道 ", "en": "Street"}})
    assert found == {"levels": ["COUNTY", "TOWN"], "names": {"TOWN": {"zh": "街道", "en": "Street"}}}
    assert "names" not in check_levels([COUNTY], None)
    with pytest.raises(SettingsFaulty):
        check_levels([COUNTY], {TOWN: {"zh": "街道"}})


def test_only_what_stands_on_a_level_that_goes_keeps_it() -> None:
    uses = [LevelUse(level=TOWN, areas=3), LevelUse(level=GRID, items=1, posts=2)]
    check_gone(uses, frozenset({VILLAGE, MICRO}))
    with pytest.raises(LevelInUse) as refused:
        check_gone(uses, frozenset({GRID}))
    assert "GRID: 2 posts" in refused.value.message("en")
    assert "TOWN" not in refused.value.message("en")


def test_every_check_has_its_sentences_in_both_languages() -> None:
    for code, wording in WORDINGS.items():
        for zh, en in (
            (wording.passed_zh, wording.passed_en),
            (wording.failed_zh, wording.failed_en),
        ):
            assert any("一" <= letter <= "鿿" for letter in zh), code
            assert en.isascii() or "’" in en, code
            assert ("{n}" in zh) is ("{n}" in en), code
