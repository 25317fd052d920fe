"""A district's texts in the API: what can be done."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import strawberry

from bangban.features.wording.service import Worded, set_wording
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="How a message is worded 消息用语.")
class SetWordingInput:
    template: str = strawberry.field(description="Which message, such as case_accepted 消息模板.")
    language: str = strawberry.field(description="zh-CN or en 语言.")
    text: str | None = strawberry.field(
        default=None, description="The text, with each placeholder in braces; null: as it is shipped 内容."
    )
    apply: bool = strawberry.field(default=False, description="False shows what people would read 是否执行.")


@strawberry.type(description="A text as it is now, or would be 消息用语变化.")
class WordingChange:
    applied: bool = strawberry.field(description="Whether it was done 是否已执行.")
    template: str = strawberry.field(description="Which message 消息模板.")
    language: str = strawberry.field(description="zh-CN or en 语言.")
    own: str | None = strawberry.field(description="The district's own text, or null 本地用语.")
    shipped: str = strawberry.field(description="The text that comes with the platform 内置用语.")
    preview: str = strawberry.field(description="What people would read, with sample facts 预览.")


@strawberry.type
class WordingMutation:
    @mutation("Word a message in the district's own way, or try it 设置消息用语.", Permission.WORDING_MANAGE)
    async def set_wording(
        self,
        info: Info,
        input: Annotated[SetWordingInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> WordingChange:
        async def as_json(_: Work, done: Worded) -> str:
            return json.dumps(asdict(done), ensure_ascii=False)

        found = await once(
            info.context,
            lambda work: set_wording(
                work,
                template=input.template,
                language=input.language,
                text=input.text,
                apply=input.apply,
            ),
            as_json,
        )
        # This process words by the new text at once; the others are told.
        info.context.services.tenancy.forget(info.context.get_district().slug)
        return WordingChange(**json.loads(found))
