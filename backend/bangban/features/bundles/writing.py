"""Bundles in the API: what the catalog's keeper can do."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.bundles.graphql import Bundle
from bangban.features.bundles.inputs import PublishBundleInput
from bangban.features.bundles.service import publish_bundle
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.placing import refused_in
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.type
class BundleMutation:
    @mutation("Publish a bundle, or another version of it 发布一件事.", Permission.CATALOG_MANAGE)
    async def publish_bundle(self, info: Info, input: Annotated[PublishBundleInput, _INPUT]) -> Bundle:  # noqa: A002 - the contract's name
        async def do(work: Work) -> UUID:
            with refused_in(input, names={"items": "services"}):
                return await publish_bundle(
                    work, input.draft, effective_from=input.effective_from, based_on=input.based_on
                )

        return await row_of(info, Bundle, do)
