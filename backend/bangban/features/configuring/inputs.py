"""Inputs of configuring. What is left out stays as it is; null clears what can be cleared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final

import strawberry
from strawberry import UNSET

from bangban.features.areas import graphql as _  # noqa: F401 - it describes the levels, which come after it
from bangban.features.configuring.hall_inputs import HallSettingsInput
from bangban.features.configuring.helping_inputs import (
    ContactsSettingsInput,
    OrdersSettingsInput,
    ProxySettingsInput,
    ReceiptsSettingsInput,
)
from bangban.features.configuring.limit_inputs import SupervisionSettingsInput
from bangban.features.configuring.presenting_inputs import (
    AssessmentGradeInput,
    OfferedModeInput,
    RatingIndicatorInput,
    RatingSchemeInput,
    SealSettingsInput,
    TextInput,
)
from bangban.features.configuring.problems import SettingsFaulty
from bangban.features.configuring.section_inputs import AssistanceSettingsInput, BookingsSettingsInput
from bangban.features.places.assessments import VALID_DAYS
from bangban.features.places.enums import AssessmentScheme, PointKind, Specialty, Travel
from bangban.features.profiles.settings import SettingFault
from bangban.kernel.levels import AreaLevel


@strawberry.input(description="By what service points are assessed 评定方案设置.")
class AssessmentSettingsInput:
    scheme: AssessmentScheme = strawberry.field(description="Which scheme 评定方案.")
    kinds: list[PointKind] = strawberry.field(
        default_factory=list, description="For points of these kinds; none: of any 适用类型."
    )
    specialties: list[Specialty] = strawberry.field(
        default_factory=list, description="For points set up for one of these; none: any 适用专业."
    )
    indicators: list[RatingIndicatorInput] = strawberry.field(
        description="What is looked at; weights together 100 指标."
    )
    grades: list[AssessmentGradeInput] = strawberry.field(description="The grades 等级.")
    valid_days: int = strawberry.field(
        default=VALID_DAYS, description="For how many days an assessment holds 有效天数."
    )


@strawberry.input(description="How many villages shall have a station of a specialty 专业站点覆盖目标.")
class SpecialtyTargetInput:
    specialty: Specialty = strawberry.field(description="Which specialty 专业.")
    percent: int = strawberry.field(description="Percent of the villages 百分比.")


@strawberry.input(
    description="How the network is reckoned and assessed; null is as usual, what is left out stays 服务网络设置."
)
class NetworkSettingsInput:
    travel: Travel | None = strawberry.field(
        default=UNSET, description="How people go, where nobody says 出行方式."
    )
    walking_metres_per_minute: int | None = strawberry.field(
        default=UNSET, description="Metres in a minute on foot 步行速度."
    )
    driving_metres_per_minute: int | None = strawberry.field(
        default=UNSET, description="Metres in a minute by car 驾车速度."
    )
    agents_each_grid: int | None = strawberry.field(
        default=UNSET, description="Helpers that each grid shall have 每网格帮办员数."
    )
    terminal_silence_minutes: int | None = strawberry.field(
        default=UNSET, description="A terminal that was not heard of for longer is down 终端失联分钟数."
    )
    outreach_days: int | None = strawberry.field(
        default=UNSET,
        description="So many days after an outreach cases count as begun because of it 宣讲后统计天数.",
    )
    assessments: list[AssessmentSettingsInput] | None = strawberry.field(
        default=UNSET, description="By what points are assessed, all schemes 评定方案."
    )
    specialty_coverage: list[SpecialtyTargetInput] | None = strawberry.field(
        default=UNSET,
        description="Which share of villages shall have stations, all of them 专业站点覆盖目标.",
    )


@strawberry.input(description="Settings of the district; what is left out stays as it is 地区设置.")
class ConfigureDistrictInput:
    name: str | None = strawberry.field(default=UNSET, description="Name 名称.")
    name_en: str | None = strawberry.field(default=UNSET, description="Name in English 英文名称.")
    brand: str | None = strawberry.field(default=UNSET, description="Brand of its service 服务品牌.")
    brand_en: str | None = strawberry.field(default=UNSET, description="Brand in English 英文品牌.")
    circle_minutes: int | None = strawberry.field(
        default=UNSET, description="Minutes of its service circle, 1 to 120 服务圈分钟数."
    )
    timezone: str | None = strawberry.field(
        default=UNSET, description="Time zone of its legal days, while both have the same day 时区."
    )
    contact_phone: str | None = strawberry.field(
        default=UNSET, description="Whom to call with questions; null for nobody 咨询电话."
    )
    allowed_origins: list[str] | None = strawberry.field(
        default=UNSET, description="Addresses that portals may call from, all of them 门户网址."
    )
    trusted_documents_only: bool | None = strawberry.field(
        default=UNSET, description="Whether strangers may send trusted documents only 仅限可信查询."
    )
    modes: list[OfferedModeInput] | None = strawberry.field(
        default=UNSET, description="Modes of help it offers, all of them 帮办方式."
    )
    rating: RatingSchemeInput | None = strawberry.field(
        default=UNSET, description="How it lets itself be rated 评价方案."
    )
    network: NetworkSettingsInput | None = strawberry.field(
        default=UNSET, description="How its network is reckoned and assessed 服务网络设置."
    )
    project_lead: TextInput | None = strawberry.field(
        default=UNSET, description="Who leads the help for a project; null for nobody 项目帮办负责人."
    )
    hard_case_channel: TextInput | None = strawberry.field(
        default=UNSET, description="Where hard cases go; null for nowhere 疑难事项渠道."
    )
    assistance: AssistanceSettingsInput | None = strawberry.field(
        default=UNSET, description="How long assistance may wait, and banned phrases 帮办设置."
    )
    bookings: BookingsSettingsInput | None = strawberry.field(
        default=UNSET, description="Which points take bookings, and how many 预约设置."
    )
    seal: SealSettingsInput | None = strawberry.field(
        default=UNSET, description="The one seal of its results; null for none 审批专用章."
    )
    hall: HallSettingsInput | None = strawberry.field(
        default=UNSET, description="How its halls work 大厅设置."
    )
    orders: OrdersSettingsInput | None = strawberry.field(
        default=UNSET, description="Orders that its helpers take 帮办单设置."
    )
    contacts: ContactsSettingsInput | None = strawberry.field(
        default=UNSET, description="How often its contact book is looked over 通讯录设置."
    )
    proxy: ProxySettingsInput | None = strawberry.field(
        default=UNSET, description="What may be recorded of online steps for residents 代操作记录设置."
    )
    supervision: SupervisionSettingsInput | None = strawberry.field(
        default=UNSET, description="When people are warned of what is late 督办时限设置."
    )
    receipts: ReceiptsSettingsInput | None = strawberry.field(
        default=UNSET, description="Addresses of its portal that papers print 凭证设置."
    )


@strawberry.input(description="What a level is called here 层级名称.")
class LevelNameInput:
    level: AreaLevel = strawberry.field(description="Which level 层级.")
    name: TextInput = strawberry.field(description="Its name here 名称.")


@strawberry.input(description="Levels of the area tree and their names 层级设置.")
class SetLevelsInput:
    levels: list[AreaLevel] = strawberry.field(
        description="Levels in use, from the county down without a gap 层级."
    )
    names: list[LevelNameInput] | None = strawberry.field(
        default=UNSET, description="Names that differ from the usual ones, all of them 层级名称."
    )


TABLES: Final = {
    ("network", "specialty_coverage"): ("specialty", "percent"),
    ("hall", "priorities"): ("need", "level"),
    ("hall", "proposals"): ("need", "proposed"),
    ("assistance", "next_steps"): ("service_code", "next"),
}
"""Lists here that ``district.yaml`` writes as tables: the key and the value of a line."""


def given_in(value: Any) -> Any:
    """An input as plain data, without what was left out."""
    if hasattr(value, "__strawberry_definition__") and not isinstance(value, Enum):
        members = {name: given_in(each) for name, each in vars(value).items()}
        return {name: each for name, each in members.items() if each is not UNSET}
    return [given_in(each) for each in value] if isinstance(value, list) else value


def changes_in(given: ConfigureDistrictInput) -> dict[str, Any]:
    """The settings to change, as ``district.yaml`` writes them.

    Raises ``SettingsFaulty`` where two lines of a table are for the same.
    """
    changes: dict[str, Any] = given_in(given)
    twice: list[SettingFault] = []
    for (section, member), (key, value) in TABLES.items():
        said = changes.get(section) or {}
        if said.get(member) is not None:
            twice += _repeated((section, member), key, [each[key] for each in said[member]])
            changes[section] = said | {member: {each[key]: each[value] for each in said[member]}}
    if twice:
        raise SettingsFaulty(twice)
    return changes


def names_in(names: list[LevelNameInput] | None) -> Mapping[AreaLevel, Any] | None:
    """Names by level; None where they were left out, and none at all for null.

    Raises ``SettingsFaulty`` where a level is named twice.
    """
    if names is UNSET:
        return None
    if twice := [*_repeated(("names",), "level", [each.level for each in names or ()])]:
        raise SettingsFaulty(twice)
    return {each.level: given_in(each.name) for each in names or ()}


def _repeated(path: tuple[str, ...], member: str, keys: Sequence[str]) -> Iterator[SettingFault]:
    """Every line whose key an earlier line has: a table would keep the last of them and say nothing."""
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield SettingFault((*path, index, member), f"“{key}”重复。", f"{key} stands here twice.")
