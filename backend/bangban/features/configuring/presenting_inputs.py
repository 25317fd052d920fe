"""Inputs of how a district presents itself: words in both languages, modes of help, ratings, its seal."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from bangban.features.profiles.enums import HelpMode, RatingMoment


@strawberry.input(description="The same words in both languages 双语文字.")
class TextInput:
    zh: str = strawberry.field(description="In Chinese 中文.")
    en: str = strawberry.field(description="In English 英文.")


@strawberry.input(description="The one seal of the district's results; what is left out stays 审批专用章.")
class SealSettingsInput:
    name: TextInput | None = strawberry.field(
        default=UNSET, description="What it is called; without a name there is none 印章名称."
    )
    keeper: TextInput | None = strawberry.field(default=UNSET, description="The unit that keeps it 保管单位.")


@strawberry.input(description="Something that a request in a mode of help must say 必填项.")
class RequiredFieldInput:
    key: str = strawberry.field(description="Key in the request 键.")
    label: TextInput = strawberry.field(description="Label 标签.")


@strawberry.input(description="A mode of help and its name here 帮办方式.")
class OfferedModeInput:
    mode: HelpMode = strawberry.field(description="Which mode 方式.")
    name: TextInput = strawberry.field(description="Its name here 名称.")
    required: list[RequiredFieldInput] = strawberry.field(
        default_factory=list, description="What a request in it must say 必填项."
    )


@strawberry.input(description="What a rating looks at beside the grade 评价维度.")
class RatingDimensionInput:
    key: str = strawberry.field(description="Key 键.")
    name: TextInput = strawberry.field(description="Name 名称.")


@strawberry.input(description="One part of the assessment 考核指标.")
class RatingIndicatorInput:
    key: str = strawberry.field(description="Key 键.")
    name: TextInput = strawberry.field(description="Name 名称.")
    weight: int = strawberry.field(description="Weight in percent; together 100 权重.")


@strawberry.input(description="How the district lets itself be rated 评价方案.")
class RatingSchemeInput:
    moments: list[RatingMoment] = strawberry.field(description="When services are judged 评价时点.")
    dimensions: list[RatingDimensionInput] = strawberry.field(
        default_factory=list, description="What ratings look at 评价维度."
    )
    assessment: list[RatingIndicatorInput] = strawberry.field(
        default_factory=list, description="Parts of the assessment 考核指标."
    )


@strawberry.input(description="A grade and what reaches it 等级.")
class AssessmentGradeInput:
    key: str = strawberry.field(description="Key, in capitals 键.")
    name: TextInput = strawberry.field(description="Name 名称.")
    least: int = strawberry.field(description="The least total that reaches it; of one grade 0 最低分.")
