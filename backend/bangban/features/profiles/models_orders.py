"""The section ``orders`` of ``district.yaml``: which kinds of orders, within which time, along which levels."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from bangban.features.profiles.messages import complaint
from bangban.features.profiles.models import Name, Strict, Words, each_once
from bangban.features.profiles.values import OrderKind, Provenance, SignatureRule
from bangban.kernel.levels import AreaLevel

ServiceCode = Annotated[str, Field(min_length=1, max_length=60)]


class OrderKindFile(Strict):
    """A kind of order that the district offers, under the name that it gives it."""

    kind: OrderKind
    name: Name | None = None
    claim_minutes: Annotated[int, Field(ge=1, le=10_080)] | None = Field(
        None, description="Until an order that nobody took falls to the next level."
    )
    falls_to: tuple[AreaLevel, ...] | None = Field(
        None, description="The levels that are asked, the deepest first; left out: all of them."
    )

    @model_validator(mode="after")
    def _deepest_first(self) -> Self:
        depths = [level.depth for level in self.falls_to or ()]
        if depths != sorted(set(depths), reverse=True) or self.falls_to == ():
            raise complaint(
                "派单层级应由深到浅列出,不得重复。",
                "Levels that are asked are listed the deepest first, each once.",
            )
        return self


def _kind(part: OrderKindFile) -> object:
    return part.kind


class OrdersFile(Strict):
    """What the district decides about orders 帮办单 and service cards (C05, C07, C08, C10, C13, C17, K01)."""

    kinds: Annotated[tuple[OrderKindFile, ...], Field(min_length=1), each_once(_kind)] | None = Field(
        None, description="The kinds on offer; left out: all of them, with the usual limits."
    )
    load_limit: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        None, description="Orders in hand with which nobody takes another."
    )
    open_limit: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        None, description="Open orders with which no resident places another; left out: 20."
    )
    required_training: Annotated[tuple[ServiceCode, ...], each_once()] = Field(
        (), description="Codes of the items that only the trained may help with."
    )
    training_for_cases: bool | None = Field(
        None, description="Whether these items take a training of staff for their cases, too; left out: no."
    )
    volunteer_training: bool | None = Field(
        None, description="Whether volunteers attend a training before they take orders."
    )
    reach_km: Annotated[int, Field(ge=1, le=200)] | None = Field(
        None, description="How far a location may lie from the nearest area that has one, in kilometres."
    )
    signature: SignatureRule | None = Field(
        None, description="When a task at the door ends with a signature; left out: when papers change hands."
    )
    card_address: Annotated[Words, Field(pattern=r"^https?://")] | None = Field(
        None, description="What a service card's code is put behind in its QR code."
    )
    provenance: Provenance = Provenance.SAMPLE
