"""Printed guides in the API: what the catalog's keeper can do."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.printed_guides import service
from bangban.features.printed_guides.graphql import PrintedGuide
from bangban.features.printed_guides.inputs import PublishPrintedGuideInput
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.placing import refused_in
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.type
class PrintedGuideMutation:
    @mutation(
        "Publish a guide to print, with the versions of its matters that hold then 发布掌办指南册.",
        Permission.CATALOG_MANAGE,
    )
    async def publish_printed_guide(
        self,
        info: Info,
        input: Annotated[PublishPrintedGuideInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PrintedGuide:
        async def do(work: Work) -> UUID:
            with refused_in(input):
                return await service.publish_printed_guide(
                    work, input.draft, effective_from=input.effective_from, based_on=input.based_on
                )

        return await row_of(info, PrintedGuide, do)
