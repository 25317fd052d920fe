"""What publishing a bundle takes."""

from __future__ import annotations

from datetime import date

import strawberry

from bangban.features.bundles.drafts import BundleDraft, FormField, SharedMaterial
from bangban.features.bundles.enums import BundleKind


@strawberry.input(description="A line of the form that all matters share 共用表单项.")
class BundleFieldInput:
    key: str = strawberry.field(description="Key, of small letters, digits and hyphens 键.")
    label: str = strawberry.field(description="Label 标签.")
    label_en: str = strawberry.field(description="Label in English 英文标签.")
    required: bool = strawberry.field(default=True, description="Whether it must be filled in 是否必填.")


@strawberry.input(description="What one of the matters calls a shared paper 事项材料.")
class MaterialOfServiceInput:
    service_code: str = strawberry.field(description="Code of the matter 事项编码.")
    material_code: str = strawberry.field(description="Code of its paper 材料编码.")


@strawberry.input(description="A paper that is given once 共用材料.")
class BundleMaterialInput:
    key: str = strawberry.field(description="Key, of capital letters, digits and hyphens 键.")
    name: str = strawberry.field(description="Name 材料名称.")
    name_en: str | None = strawberry.field(default=None, description="Name in English 英文名称.")
    of: list[MaterialOfServiceInput] = strawberry.field(description="Where it is needed 用于.")


@strawberry.input(description="A bundle, whole, as it shall be 一件事.")
class PublishBundleInput:
    code: str = strawberry.field(description="Code, 4 to 40 digits, capitals or hyphens 编码.")
    name: str = strawberry.field(description="Name 名称.")
    name_en: str | None = strawberry.field(default=None, description="Name in English 英文名称.")
    kind: BundleKind = strawberry.field(default=BundleKind.MATTERS, description="Kind 类型.")
    lead_department: str = strawberry.field(description="Department that leads 牵头部门.")
    services: list[str] = strawberry.field(description="Codes of its matters, in their order 事项编码.")
    optional: list[str] = strawberry.field(
        default_factory=list, description="Codes of those that may be left out 可选事项编码."
    )
    fields: list[BundleFieldInput] = strawberry.field(
        default_factory=list, description="The shared form 共用表单."
    )
    materials: list[BundleMaterialInput] = strawberry.field(
        default_factory=list, description="Papers that several matters share 共用材料."
    )
    answer_working_days: int | None = strawberry.field(
        default=None, description="Working days for an answer; of confirmations only 答复时限(工作日)."
    )
    effective_from: date | None = strawberry.field(
        default=None, description="First day, today or later; as early as may be if left out 生效日期."
    )
    effective_to: date | None = strawberry.field(
        default=None, description="First day on which it holds no longer 失效日期."
    )
    based_on: int | None = strawberry.field(
        default=None, description="Version it was written from; 0 for a new one 基于版本."
    )

    def draft(self, start: date) -> BundleDraft:
        """The draft that begins on a day."""
        return BundleDraft(
            code=self.code,
            name=self.name,
            name_en=self.name_en or None,
            kind=self.kind,
            lead_department=self.lead_department,
            items=tuple(self.services),
            optional=tuple(self.optional),
            fields=tuple(
                FormField(key=each.key, zh=each.label, en=each.label_en, required=each.required)
                for each in self.fields
            ),
            materials=tuple(
                SharedMaterial(
                    key=each.key,
                    name=each.name,
                    name_en=each.name_en or None,
                    of=tuple(sorted((one.service_code, one.material_code) for one in each.of)),
                )
                for each in self.materials
            ),
            answer_working_days=self.answer_working_days,
            effective_from=start,
            effective_to=self.effective_to,
        )
