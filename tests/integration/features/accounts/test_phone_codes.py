"""Residents sign in by phone code: rate-limited, hashed, expiring, used once, silent about who is known."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bangban.features.accounts import service
from bangban.features.accounts.problems import SignInCodeRefused
from bangban.features.accounts.tables import ResidentRow, SessionRow, SignInCodeRow
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.identifiers.problems import InvalidPhone
from bangban.kernel.identifiers.samples import sample_phone
from bangban.kernel.messenger.templates import Template
from bangban.kernel.problems import RateLimited

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def phone() -> str:
    # The plan gives 154 to nobody, and the check of a phone's form accepts it.
    return sample_phone(1)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def count(town: Any, table: Any) -> int:
    found: int = town.rows(select(func.count()).select_from(table))[0][0]
    return found


def test_a_resident_signs_in_and_the_account_is_made_once(town: Any, now: datetime) -> None:
    assert town.ask_for_code(phone(), now=now) is True
    first = town.use_code(phone(), town.sent.code, now=now)
    town.ask_for_code(f"+86 {phone()[:3]} {phone()[3:7]} {phone()[7:]}", now=now + MINUTE)
    second = town.use_code(phone(), town.sent.code, now=now + MINUTE)
    assert first.principal.kind is PrincipalKind.RESIDENT
    assert first.principal.id == second.principal.id
    assert first.principal.session_id != second.principal.session_id
    assert town.bearer(first, now=now) == first.principal
    ((masked, sealed),) = town.rows(select(ResidentRow.phone_masked, ResidentRow.phone_sealed))
    assert masked == "154****0001"
    assert phone().encode() not in sealed
    vault = town.desk.tenancy.vault(town.district)
    assert vault.open(sealed, context="resident.phone") == phone()


def test_the_message_goes_to_the_phone_with_the_districts_brand(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)
    (message,) = town.sent.messages
    assert (message.to, message.district, message.template) == (
        phone(),
        town.district.slug,
        Template.SIGN_IN_CODE,
    )
    assert message.at == now
    assert town.district.brand in message.text
    assert "5 分钟" in message.text


def test_nothing_tells_a_known_phone_from_an_unknown_one(town: Any, now: datetime) -> None:
    known, unknown = sample_phone(1), sample_phone(2)
    town.ask_for_code(known, now=now - 10 * MINUTE)
    town.use_code(known, town.sent.code, now=now - 10 * MINUTE)
    assert town.ask_for_code(known, now=now) == town.ask_for_code(unknown, now=now)
    seconds = []
    for each in (known, unknown):
        with pytest.raises(SignInCodeRefused):
            town.use_code(each, "nothing", now=now)
        with pytest.raises(RateLimited) as refused:
            town.ask_for_code(each, now=now + SECOND)
        seconds.append(refused.value.seconds)
    assert seconds == [59, 59]


@pytest.mark.parametrize("text", ["", "12345", "not a phone", "1" * 11, "0543"])
def test_only_the_form_of_a_phone_is_ever_found_wrong(town: Any, text: str, now: datetime) -> None:
    with pytest.raises(InvalidPhone) as asked:
        town.ask_for_code(text, now=now)
    with pytest.raises(InvalidPhone):
        town.use_code(text, "123456", now=now)
    assert asked.value.fields == ("input.phone",)
    assert town.sent.messages == []


def test_one_code_a_minute_and_five_an_hour(town: Any, now: datetime) -> None:
    for each in range(5):
        town.ask_for_code(phone(), now=now + each * MINUTE)
        with pytest.raises(RateLimited):
            town.ask_for_code(phone(), now=now + each * MINUTE + 59 * SECOND)
    with pytest.raises(RateLimited) as refused:
        town.ask_for_code(phone(), now=now + 5 * MINUTE)
    assert refused.value.seconds == 55 * 60
    assert len(town.sent.messages) == 5
    town.ask_for_code(phone(), now=now + 60 * MINUTE)
    assert town.ask_for_code(sample_phone(2), now=now)


def test_asked_for_many_times_at_once_one_code_is_sent(town: Any, now: datetime) -> None:
    async def storm() -> list[Any]:
        return await asyncio.gather(
            *(
                service.request_sign_in_code(town.desk, district=town.district, phone=phone(), now=now)
                for _ in range(6)
            ),
            return_exceptions=True,
        )

    answers = town.run(storm())
    assert answers.count(True) == 1
    assert sum(isinstance(each, RateLimited) for each in answers) == 5
    assert len(town.sent.messages) == 1


def test_a_code_ends_after_five_minutes(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)
    with pytest.raises(SignInCodeRefused):
        town.use_code(phone(), town.sent.code, now=now + 5 * MINUTE)
    assert town.use_code(phone(), town.sent.code, now=now + 5 * MINUTE - SECOND)


def test_a_code_is_used_once(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)
    town.use_code(phone(), town.sent.code, now=now)
    with pytest.raises(SignInCodeRefused):
        town.use_code(phone(), town.sent.code, now=now)
    assert count(town, SessionRow) == 1


def test_of_many_who_use_a_code_at_once_exactly_one_wins(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)

    async def storm() -> list[Any]:
        return await asyncio.gather(
            *(
                service.sign_in_with_code(
                    town.desk, district=town.district, phone=phone(), code=town.sent.code, now=now
                )
                for _ in range(6)
            ),
            return_exceptions=True,
        )

    answers = town.run(storm())
    assert sum(isinstance(each, SignInCodeRefused) for each in answers) == 5
    assert count(town, SessionRow) == 1
    assert count(town, ResidentRow) == 1


def test_five_wrong_tries_kill_the_code(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)
    right = town.sent.code
    for _ in range(5):
        with pytest.raises(SignInCodeRefused):
            town.use_code(phone(), wrong(right), now=now)
    with pytest.raises(SignInCodeRefused):
        town.use_code(phone(), right, now=now)
    assert count(town, SessionRow) == 0


def test_four_wrong_tries_do_not_and_are_kept_though_refused(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)
    right = town.sent.code
    for typed in (wrong(right), "", "十二三四五六", f"{right}0"):
        with pytest.raises(SignInCodeRefused):
            town.use_code(phone(), typed, now=now)
    assert town.rows(select(SignInCodeRow.tries)) == [(4,)]
    # Typed with a blank and in full width, it is the same code.
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in right)
    assert town.use_code(phone(), f"{full_width[:3]} {full_width[3:]}", now=now)


def test_wrong_tries_at_the_same_moment_are_all_counted(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)
    right = town.sent.code

    async def storm() -> list[Any]:
        return await asyncio.gather(
            *(
                service.sign_in_with_code(
                    town.desk, district=town.district, phone=phone(), code=wrong(right), now=now
                )
                for _ in range(12)
            ),
            return_exceptions=True,
        )

    assert {type(each) for each in town.run(storm())} == {SignInCodeRefused}
    assert town.rows(select(SignInCodeRow.tries)) == [(5,)]


def test_a_new_code_replaces_the_old_one(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)
    old = town.sent.code
    town.ask_for_code(phone(), now=now + MINUTE)
    new = town.sent.code
    if old != new:
        with pytest.raises(SignInCodeRefused):
            town.use_code(phone(), old, now=now + MINUTE)
    assert town.use_code(phone(), new, now=now + MINUTE)
    assert count(town, SignInCodeRow) == 1


def test_a_code_counts_for_its_own_phone_and_its_own_district(
    town: Any, new_district: Any, now: datetime
) -> None:
    town.ask_for_code(phone(), now=now)
    with pytest.raises(SignInCodeRefused):
        town.use_code(sample_phone(2), town.sent.code, now=now)
    elsewhere = new_district()
    with pytest.raises(SignInCodeRefused):
        town.run(
            service.sign_in_with_code(
                town.desk, district=elsewhere, phone=phone(), code=town.sent.code, now=now
            )
        )
    assert town.use_code(phone(), town.sent.code, now=now)


def test_neither_code_nor_phone_stands_in_the_rows_or_the_trail(town: Any, now: datetime) -> None:
    town.ask_for_code(phone(), now=now)
    right = town.sent.code
    with pytest.raises(SignInCodeRefused):
        town.use_code(phone(), wrong(right), now=now)
    signed = town.use_code(phone(), right, now=now)
    kept = repr(town.rows(select(SignInCodeRow.phone_hash, SignInCodeRow.code_hash))) + repr(town.trail())
    assert phone() not in kept
    assert right not in kept
    refused, entered = town.trail()
    assert refused[1:] == ("session:sign-in", refused[2], "code")
    assert refused[2].startswith("phone:")
    assert entered == (
        f"resident:{signed.principal.id}",
        "session:sign-in",
        f"session:{signed.principal.session_id}",
        None,
    )
