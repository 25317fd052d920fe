"""What publishing a guide takes."""

from __future__ import annotations

from datetime import date

import strawberry

from bangban.features.catalog.values import ServiceKind
from bangban.features.printed_guides.rules import GuideDraft


@strawberry.input(description="A guide to print, whole, as it shall be 掌办指南册.")
class PublishPrintedGuideInput:
    code: str = strawberry.field(description="Code, 4 to 40 digits, capitals or hyphens 编码.")
    name: str = strawberry.field(description="Title 名称.")
    name_en: str | None = strawberry.field(default=None, description="Title in English 英文名称.")
    codes: list[str] = strawberry.field(
        default_factory=list, description="Codes of its matters, in their order 事项编码."
    )
    kinds: list[ServiceKind] = strawberry.field(
        default_factory=list,
        description="Instead: every matter of these kinds that can be done on a phone; none: of all 事项类型.",
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

    def draft(self, start: date) -> GuideDraft:
        """The draft that begins on a day."""
        return GuideDraft(
            code=self.code,
            name=self.name.strip(),
            name_en=(self.name_en or "").strip() or None,
            codes=tuple(code.strip() for code in self.codes),
            kinds=tuple(dict.fromkeys(self.kinds)),
            effective_from=start,
            effective_to=self.effective_to,
        )
