"""Resets that somebody asks for: the same answer for everybody, a message to the owner, nothing in the clear."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from tests.integration.features.accounts.tokens import enter, token_for

from bangban.features.accounts.asking_resets import request_password_reset
from bangban.features.accounts.desk import Desk
from bangban.features.accounts.invitations import (
    PASSWORD_ASKED,
)
from bangban.features.accounts.messages import handlers
from bangban.features.accounts.one_time_tokens import OneTimeToken
from bangban.features.accounts.tables import CredentialRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.problems import RateLimited


def asked(town: Any, login: str, *, now: datetime) -> bool:
    done: bool = town.run(request_password_reset(town.desk, district=town.district, login=login, now=now))
    return done


def test_known_and_unknown_logins_are_answered_limited_and_announced_alike(town: Any, now: datetime) -> None:
    known = enter(town, "helper", joined_at=now)
    enter(town, "closed", active=False)
    before = len(town.announced(PASSWORD_ASKED))
    for login in ("helper", "closed", "nobody", "\ud800"):
        assert asked(town, login, now=now) is True
        with pytest.raises(RateLimited) as refused:
            asked(town, login, now=now)
        assert refused.value.seconds == 60
    references = town.announced(PASSWORD_ASKED)[before:]
    assert len(references) == 4
    assert str(known) in references
    assert all(UUID(each) for each in references)  # nobody's reference has the same form as somebody's
    assert town.rows(select(CredentialRow.staff_id)) == []  # a request by itself makes no token


def test_a_message_goes_to_whom_it_may_concern_and_to_nobody_else(
    town: Any, now: datetime, desk: Desk
) -> None:
    known = enter(town, "helper", joined_at=now)
    never_invited = enter(town, "waiting", phone=2)
    invited = enter(town, "invited", phone=3, invited_at=now)
    deliver = handlers(desk.tenancy, town.sent)[PASSWORD_ASKED]
    for number, reference in enumerate((known, never_invited, invited, new_id())):
        town.run(
            deliver(
                Delivery(
                    id=number,
                    kind=PASSWORD_ASKED,
                    reference=str(reference),
                    district=town.district,
                    at=now,
                    tries=1,
                )
            )
        )
    assert [(each.to, each.template.value) for each in town.sent.messages] == [
        (sample_phone(1), "password_reset"),
        (sample_phone(3), "invitation"),
    ]


def test_no_table_holds_a_token_or_a_phone_in_the_clear(town: Any, now: datetime) -> None:
    staff_id = enter(town, "helper")
    token = token_for(town, staff_id, now=now)
    asked(town, "helper", now=now)
    secret = OneTimeToken.parse(token).secret

    async def everything() -> str:
        async with town.write(now) as work:
            found = []
            for name in ("staff", "credential", "attempt", "audit_entry", "stored_answer"):
                rows = await work.db.execute(text(f'SELECT t::text FROM "{town.district.schema}".{name} t'))
                found += [row[0] for row in rows]
        async with town.desk.tenancy.platform() as db:
            found += list(await db.scalars(text("SELECT t::text FROM platform.outbox t")))
        return "\n".join(found)

    kept = town.run(everything())
    assert str(staff_id) in kept
    for secret_text in (secret, token, sample_phone(1)):
        assert secret_text not in kept
    assert secret not in repr(OneTimeToken.parse(token))
