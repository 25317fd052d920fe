"""What the mutations of joining do: one transaction each on the platform's side, once for each Idempotency-Key."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.districts.applying import apply_in, count_application
from bangban.features.districts.contact import phone_subject
from bangban.features.districts.problems import OnboardingCodeRefused
from bangban.features.districts.rules import Application, Terms, check_application
from bangban.features.districts.verifying import own_row, resend_in, verify_in
from bangban.kernel.graphql.context import Context
from bangban.kernel.messenger.channel import hand_over
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.tenancy.answers import Answers, platform_answers

_DONE = "done"  # what is stored of an answer that is read anew each time


class OnboardingServices(Protocol):
    """What joining needs of the process."""

    @property
    def templates(self) -> frozenset[str]: ...

    @property
    def terms(self) -> Terms: ...


async def applied(context: Context, application: Application) -> tuple[UUID, str]:
    """Take an application: its id and ticket."""
    tenancy, key = context.services.tenancy, context.idempotency_key
    services = cast("OnboardingServices", context.services)
    wished = check_application(application, templates=services.templates)
    # Kept with the contact's phone, so that strangers' keys never meet.
    owner = f"applicant:{phone_subject(tenancy.ring, wished.contact_phone)[:16].hex()}"
    if key is not None:  # a retry is no further try, so it is answered before tries are counted
        async with tenancy.platform() as db:
            stored = await _answers(db, context, owner).peek(key, context.body_hash)
        if stored is not None:
            return _unpacked(stored)
    await count_application(tenancy, wished, terms=services.terms, address=context.address, now=context.now)
    async with tenancy.platform() as db:
        answers = _answers(db, context, owner)
        stored = await answers.find(key, context.body_hash) if key is not None else None
        if stored is not None:
            return _unpacked(stored)
        row, ticket, message = await apply_in(
            db,
            tenancy,
            wished,
            terms=services.terms,
            now=context.now,
            language=context.language,
            request_id=context.request_id,
        )
        if key is not None:
            await answers.keep(key, json.dumps({"id": str(row.id), "ticket": ticket}))
    await hand_over(context.services.messenger, message)
    return row.id, ticket


async def verified(context: Context, given_id: str, code: str) -> UUID:
    """Verify the contact of the application that the caller's ticket belongs to; its id."""
    onboarding_id, key = as_uuid(given_id, ("input.id",)), context.idempotency_key
    services = cast("OnboardingServices", context.services)
    async with context.services.tenancy.platform() as db:
        row = await own_row(db, onboarding_id, context.ticket)
        answers = _answers(db, context, f"onboarding:{row.id}")
        # The row's lock lets one in at a time. A key is claimed with a right code alone: a wrong one is not kept.
        if key is not None and await answers.peek(key, context.body_hash) is not None:
            return onboarding_id
        right = await verify_in(
            db,
            context.services.tenancy,
            row,
            code,
            terms=services.terms,
            now=context.now,
            request_id=context.request_id,
        )
        if right and key is not None:
            await answers.find(key, context.body_hash)
            await answers.keep(key, _DONE)
    if not right:
        raise OnboardingCodeRefused
    return onboarding_id


async def resent(context: Context, given_id: str) -> UUID:
    """Send another code for the application that the caller's ticket belongs to; its id."""
    onboarding_id, key = as_uuid(given_id, ("input.id",)), context.idempotency_key
    services = cast("OnboardingServices", context.services)
    async with context.services.tenancy.platform() as db:
        row = await own_row(db, onboarding_id, context.ticket)
        answers = _answers(db, context, f"onboarding:{row.id}")
        if key is not None and await answers.find(key, context.body_hash) is not None:
            return onboarding_id
        message = await resend_in(db, context.services.tenancy, row, terms=services.terms, now=context.now)
        if key is not None:
            await answers.keep(key, _DONE)
    await hand_over(context.services.messenger, message)
    return onboarding_id


async def decided(context: Context, given_id: str, decide: Callable[..., Awaitable[Any]]) -> UUID:
    """Let the operator who asks decide about an application; its id."""
    onboarding_id, key = as_uuid(given_id, ("input.id",)), context.idempotency_key
    actor = f"operator:{context.principal.id}"
    async with context.services.tenancy.platform() as db:
        answers = _answers(db, context, actor)
        if key is not None and await answers.find(key, context.body_hash) is not None:
            return onboarding_id
        await decide(
            db,
            context.services.tenancy,
            onboarding_id,
            actor=actor,
            now=context.now,
            request_id=context.request_id,
        )
        if key is not None:
            await answers.keep(key, _DONE)
    return onboarding_id


def _answers(db: AsyncSession, context: Context, owner: str) -> Answers:
    return platform_answers(db, context.services.tenancy.ring, owner, at=context.now)


def _unpacked(answer: str) -> tuple[UUID, str]:
    kept = json.loads(answer)
    return UUID(kept["id"]), kept["ticket"]
