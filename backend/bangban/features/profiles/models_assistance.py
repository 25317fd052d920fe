"""What a district decides about assistance: how long things may wait, which phrases are banned, what follows what."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from bangban.features.profiles.messages import complaint
from bangban.features.profiles.models import Strict, Words, each_once
from bangban.features.profiles.plain_letters import plain_letters

SHORTEST_PHRASE, LONGEST_PHRASE = 2, 50
Wait = Annotated[int, Field(ge=5, le=2_880)]
_HOUR = r"(?:[01]\d|2[0-3]):[0-5]\d"
ItemCode = Annotated[str, Field(min_length=1, max_length=60)]


def _end_after_they_begin(hours: str) -> str:
    begins, ends = hours.split("-")
    if begins >= ends:
        raise complaint(
            f"办公时间“{hours}”的结束应晚于开始。", f"The office hours {hours} end before they begin."
        )
    return hours


OfficeHours = Annotated[str, Field(pattern=rf"^{_HOUR}-{_HOUR}$"), AfterValidator(_end_after_they_begin)]


def _has_letters(phrase: str) -> str:
    if len(plain_letters(phrase)) < SHORTEST_PHRASE:
        raise complaint(
            f"禁用语“{phrase}”去掉标点和符号后至少要有两个字。",
            f"The phrase {phrase!r} needs two letters beside blanks, marks and signs.",
        )
    return phrase


class PhraseFile(Strict):
    """A phrase that staff do not say 禁用语 (B05). It is no pattern: its letters are looked for as they stand."""

    phrase: Annotated[
        str, Field(min_length=SHORTEST_PHRASE, max_length=LONGEST_PHRASE), AfterValidator(_has_letters)
    ]
    instead: Words | None = Field(None, description="The standard wording 规范用语.")


def _each_once(phrases: tuple[PhraseFile, ...]) -> tuple[PhraseFile, ...]:
    found: set[str] = set()
    for index, each in enumerate(phrases):
        letters = plain_letters(each.phrase)
        if letters in found:
            zh, en = f"禁用语“{each.phrase}”重复。", f"The phrase {each.phrase!r} stands here twice."
            raise complaint(zh, en, part=index)
        found.add(letters)
    return phrases


Phrases = Annotated[tuple[PhraseFile, ...], Field(max_length=100), AfterValidator(_each_once)]


class AssistanceFile(Strict):
    """Minutes are minutes by the clock, days are working days."""

    handover_minutes: Wait | None = Field(
        None, description="How long a hand-over may wait to be taken (C04); left out: 120."
    )
    transfer_minutes: Wait | None = Field(
        None, description="How long a transfer inside may wait to be accepted (B02); left out: 120."
    )
    reply_minutes_in_hours: Wait | None = Field(
        None, description="How soon what is asked online in office hours is answered (A12); left out: 30."
    )
    reply_minutes_off_hours: Wait | None = Field(
        None, description="How soon what is asked online at any other time is answered (A12); left out: 30."
    )
    review_minutes: Wait | None = Field(
        None, description="Office time until an application is reviewed (C02); left out: 240."
    )
    office_hours: OfficeHours | None = Field(
        None, description="Office hours of working days, as 09:00-17:00, which is meant where left out."
    )
    next_step_days: Annotated[int, Field(ge=0, le=30)] | None = Field(
        None,
        description="Working days before the due day on which the next matters are told (C14); left out: 1.",
    )
    check_in_working_days: Annotated[int, Field(ge=1, le=60)] | None = Field(
        None,
        description="Working days between two check-ins of a case helped by TRACKING (C03); left out: 5.",
    )
    check_in_message_hours: Annotated[int, Field(ge=1, le=168)] | None = Field(
        None,
        description="Hours after a message about a check-in in which there is no other one (C03); left out: 4.",
    )
    open_questions: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        None,
        description="Unanswered questions with which no resident asks another online (A12); left out: 20.",
    )
    phrases: Phrases = Field(
        (), description="Phrases that are refused in what staff write to applicants (B05)."
    )
    next_steps: dict[
        ItemCode, Annotated[tuple[ItemCode, ...], Field(min_length=1, max_length=10), each_once()]
    ] = Field({}, description="Item code → the items that usually follow (C14).")
