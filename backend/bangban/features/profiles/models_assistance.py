"""What a district decides about assistance: how long things may wait, which phrases are banned, what follows what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bangban.features.profiles.models import Strict, Words

Wait = Annotated[int, Field(ge=5, le=2_880)]
ItemCode = Annotated[str, Field(min_length=1, max_length=60)]


class PhraseFile(Strict):
    """A phrase that staff do not say 禁用语 (B05)."""

    phrase: Annotated[str, Field(min_length=2, max_length=50)]
    instead: Words | None = Field(None, description="The standard wording 规范用语.")


class AssistanceFile(Strict):
    """Minutes are minutes by the clock, days are working days."""

    handover_minutes: Wait | None = Field(
        None, description="How long a hand-over may wait to be taken (C04); left out: 120."
    )
    transfer_minutes: Wait | None = Field(
        None, description="How long a transfer inside may wait to be accepted (B02); left out: 120."
    )
    next_step_days: Annotated[int, Field(ge=0, le=30)] | None = Field(
        None,
        description="Working days before the due day on which the next matters are told (C14); left out: 1.",
    )
    phrases: Annotated[tuple[PhraseFile, ...], Field(max_length=100)] = Field(
        (), description="Phrases that are refused in what staff write to applicants (B05)."
    )
    next_steps: dict[ItemCode, Annotated[tuple[ItemCode, ...], Field(min_length=1, max_length=10)]] = Field(
        {}, description="Item code → the items that usually follow (C14)."
    )
