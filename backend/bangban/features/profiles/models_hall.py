"""The section ``hall`` of ``district.yaml``: the numbers by which halls work. Defaults are DOMAIN's matrix."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bangban.features.places.values import LONGEST_WAIT, MOST_WAITING
from bangban.features.profiles.models import Strict, each_once
from bangban.features.profiles.values import CareNeed, OvertimeKind, Proposal, Provenance

Minutes = Annotated[int, Field(ge=1, le=LONGEST_WAIT)]
QueueLength = Annotated[int, Field(ge=1, le=MOST_WAITING)]
Class = Annotated[int, Field(ge=0, le=9)]


class CrowdFile(Strict):
    """From when on a queue is a crowd (A05), at points that say nothing else."""

    queue_length: Annotated[QueueLength, Field(description="People waiting, more than this.")] = 20
    wait_minutes: Annotated[Minutes, Field(description="Minutes that somebody waits.")] = 20


class OvertimeFile(Strict):
    """A kind of overtime that the district offers, and how long before closing it may be opened (A07)."""

    kind: OvertimeKind
    before_minutes: Annotated[
        int, Field(ge=1, le=480, description="Opened so long before closing at the earliest.")
    ] = 30


def _kind(part: OvertimeFile) -> object:
    return part.kind


class BatchFile(Strict):
    """Batch intake (A08)."""

    most: Annotated[int, Field(ge=2, le=100, description="Applications that one batch may have.")] = 50
    working_days: Annotated[int, Field(ge=1, le=20, description="By when the back office begins.")] = 1
    team: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(
        default=None,
        description="Key of the back-office team; left out: whoever may accept cases at the point.",
    )


def _classes() -> dict[CareNeed, int]:
    return dict.fromkeys(CareNeed, 1)


def _proposals() -> dict[CareNeed, tuple[Proposal, ...]]:
    return {
        need: (Proposal.CARING,) if need is CareNeed.HARDSHIP else (Proposal.CARING, Proposal.DOOR)
        for need in CareNeed
    }


class HallFile(Strict):
    """How the district's halls work."""

    crowd: CrowdFile = CrowdFile()
    priorities: dict[CareNeed, Class] = Field(
        default_factory=_classes,
        description="Class of each care need: the highest is called first.",
    )
    proposals: dict[CareNeed, Annotated[tuple[Proposal, ...], each_once()]] = Field(
        default_factory=_proposals,
        description="What is proposed to somebody with a care need, as far as the district offers it (A04).",
    )
    overtime: Annotated[tuple[OvertimeFile, ...], each_once(_kind)] = Field(
        default=(OvertimeFile(kind=OvertimeKind.EVENING),),
        description="The kinds of overtime that are offered.",
    )
    batch: BatchFile = BatchFile()
    service_minutes: Annotated[
        Minutes,
        Field(description="Taken for one person at a window until the day has shown how long it takes."),
    ] = 10
    target_minutes: Annotated[Minutes, Field(description="Time in the hall that is aimed at.")] = 10
    advisory_tickets: bool = Field(
        default=True,
        description="Whether somebody who was told what is missing may have a ticket for advice.",
    )
    notice_working_days: Annotated[
        int,
        Field(ge=1, le=60, description="Days that a visitor has to bring what was told to be missing."),
    ] = 5
    keep_days: Annotated[
        int, Field(ge=1, le=3_650, description="Days after which a visit forgets who came.")
    ] = 90
    provenance: Provenance = Provenance.SAMPLE
