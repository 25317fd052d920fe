"""Guidance in the API: what the catalog's keeper can do."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.guidance.graphql import GuidanceTopic
from bangban.features.guidance.inputs import PublishGuidanceInput
from bangban.features.guidance.service import publish_one_guidance
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.placing import refused_in
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.type
class GuidanceMutation:
    @mutation(
        "Publish questions that lead to a matter; every fault is told at once 发布情形引导.",
        Permission.CATALOG_MANAGE,
    )
    async def publish_guidance(
        self,
        info: Info,
        input: Annotated[PublishGuidanceInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> GuidanceTopic:
        async def do(work: Work) -> UUID:
            with refused_in(input):
                return await publish_one_guidance(
                    work, input.draft, effective_from=input.effective_from, based_on=input.based_on
                )

        return await row_of(info, GuidanceTopic, do)
