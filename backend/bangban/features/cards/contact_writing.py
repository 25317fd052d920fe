"""The contact book in the API: what can be done (DOMAIN C12)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from bangban.features.cards.contact_graphql import Contact
from bangban.features.cards.contacts import Entry, publish_contact
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(
    description="A team's entry of the contact book, said anew or for the first time 发布通讯录."
)
class PublishContactInput:
    team_id: strawberry.ID = strawberry.field(description="The team 队伍.")
    role: str | None = strawberry.field(
        default=None, description="The role that answers; left out, the entry is taken out of the book 岗位."
    )
    phone: str | None = strawberry.field(
        default=None, description="The office's phone, nobody's mobile 办公电话."
    )
    wechat: str | None = strawberry.field(
        default=None, description="What its WeChat code holds 微信二维码内容."
    )
    until: date | None = strawberry.field(
        default=None,
        description="Last day; the district's days of refreshing from today if left out 有效期至.",
    )


@strawberry.type
class ContactMutation:
    @mutation(
        "Publish how a team is reached, or see that it is still true 发布通讯录.", Permission.CONTACT_MANAGE
    )
    async def publish_contact(
        self,
        info: Info,
        input: Annotated[PublishContactInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Contact:
        team_id = as_uuid(input.team_id, ("input", "teamId"))
        entry = Entry(role=input.role, phone=input.phone, wechat=input.wechat, until=input.until)
        return await row_of(info, Contact, lambda work: publish_contact(work, team_id=team_id, entry=entry))
