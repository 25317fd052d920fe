"""Keeping portals in the API. A secret is shown in the answer that makes it, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from sqlalchemy import Uuid

from bangban.features.accounts import portals
from bangban.features.accounts.graphql import desk_of
from bangban.features.accounts.portal_origins import carry_origins_over
from bangban.features.people.tables import StaffRow
from bangban.features.staffing.graphql import Portal
from bangban.features.staffing.inputs import (
    CreatePortalInput,
    PortalInput,
    RotatePortalSecretInput,
    UpdatePortalInput,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import answer_of, fetch_in, once, selected_below
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.planner.selection import declared_reads
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.type(description="A portal and its secret, which is shown this once 门户密钥.")
class PortalSecret:
    portal: Portal = strawberry.field(description="The portal 门户账号.")
    secret: str = strawberry.field(description="Password for `signIn`; keep it on the server side 密钥.")


def _this(rows: Any) -> Any:
    return rows.c.id == rows.request.bind("portal_id", Uuid())


async def _portal(info: Info, do: Callable[[Work], Awaitable[StaffRow]]) -> Portal:
    answer = await answer_of(
        info, do, where=_this, tag="portal-by-id", values=lambda row: {"portal_id": row.id}
    )
    await _carry_over(info)
    return cast("Portal", answer)


async def _with_secret(info: Info, do: Callable[[Work, portals.Secret], Awaitable[StaffRow]]) -> PortalSecret:
    """Run ``do`` with a fresh secret; the same one again for the same Idempotency-Key."""
    context = info.context
    # Asked before the hash is worked out; in the transaction it is asked again.
    (await context.grants()).require(Permission.PORTAL_MANAGE)
    secret = await portals.Secret.fresh(desk_of(info).passwords)
    children = next((each.children for each in selected_below(info) if each.name == "portal"), ())
    reads = declared_reads(info._raw_info.schema.type_map["Portal"])  # noqa: SLF001 - Strawberry's Info hides the core one

    async def answer(work: Work, row: StaffRow) -> str:
        await work.db.flush()
        found: Any = {}
        if children:
            facts = (await context.facts()).having({"portal_id": row.id})
            ready = context.services.planner.row(children, reads, _this, facts, tag="portal-by-id")
            found = json.loads(await fetch_in(work, ready))
        return json.dumps({"portal": found, "secret": secret.text}, ensure_ascii=False)

    kept = json.loads(await once(context, lambda work: do(work, secret), answer))
    await _carry_over(info)
    return PortalSecret(portal=kept["portal"], secret=kept["secret"])


async def _carry_over(info: Info) -> None:
    """Also for an answer that is given again: what was cut off between the two is made good."""
    context = info.context
    await carry_origins_over(context.services.tenancy, context.get_district().slug)


@strawberry.type
class PortalMutation:
    @mutation("Open an account for a front end 新建门户账号.", Permission.PORTAL_MANAGE)
    async def create_portal(self, info: Info, input: Annotated[CreatePortalInput, _INPUT]) -> PortalSecret:  # noqa: A002 - the contract's name
        return await _with_secret(
            info,
            lambda work, secret: portals.create_portal(
                work,
                name=input.name,
                origins=input.origins,
                documents_only=input.trusted_documents_only,
                secret=secret,
            ),
        )

    @mutation("Change a portal's name, origins or bounds 修改门户账号.", Permission.PORTAL_MANAGE)
    async def update_portal(self, info: Info, input: Annotated[UpdatePortalInput, _INPUT]) -> Portal:  # noqa: A002 - the contract's name
        portal_id = _id(input.portal_id)
        return await _portal(
            info,
            lambda work: portals.update_portal(
                work,
                portal_id=portal_id,
                name=input.name,
                origins=input.origins,
                documents_only=input.trusted_documents_only,
            ),
        )

    @mutation(
        "Give a portal another secret; the old one stays good for a while, if so stated 更换门户密钥.",
        Permission.PORTAL_MANAGE,
    )
    async def rotate_portal_secret(
        self,
        info: Info,
        input: Annotated[RotatePortalSecretInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PortalSecret:
        portal_id, grace = _id(input.portal_id), timedelta(minutes=input.grace_minutes)
        return await _with_secret(
            info,
            lambda work, secret: portals.rotate_portal_secret(
                work, portal_id=portal_id, grace=grace, secret=secret
            ),
        )

    @mutation("Close a portal's account, at once and everywhere 停用门户账号.", Permission.PORTAL_MANAGE)
    async def disable_portal(self, info: Info, input: Annotated[PortalInput, _INPUT]) -> Portal:  # noqa: A002 - the contract's name
        portal_id = _id(input.portal_id)
        return await _portal(info, lambda work: portals.disable_portal(work, portal_id=portal_id))


def _id(text: strawberry.ID) -> UUID:
    return as_uuid(text, ("input", "portalId"))
