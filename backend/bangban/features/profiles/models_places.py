"""The shape of ``places.yaml``: where people live and are served, agreements, delegations; and network settings."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from bangban.features.catalog.values import DelegationScope
from bangban.features.places import settings as usual
from bangban.features.places.assessments import VALID_DAYS
from bangban.features.places.values import (
    Amenity,
    AssessmentScheme,
    PartnerKind,
    PointKind,
    Specialty,
    Travel,
    WindowKind,
)
from bangban.features.profiles.days import Day
from bangban.features.profiles.messages import complaint
from bangban.features.profiles.models import (
    EACH_KEY_ONCE,
    AreaRef,
    Indicator,
    Key,
    Name,
    Strict,
    Words,
    each_once,
)
from bangban.features.profiles.models_hall import Minutes, QueueLength
from bangban.features.profiles.values import Provenance
from bangban.kernel.levels import AreaLevel

Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Metres = Annotated[int, Field(ge=1, le=5_000)]
GradeKey = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_]{0,39}$")]
Codes = tuple[Annotated[str, Field(min_length=1, max_length=60)], ...]


def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


class GradeFile(Strict):
    """A grade and the least total that reaches it."""

    key: GradeKey
    name: Name
    least: Annotated[int, Field(ge=0, le=100)]


class AssessmentFile(Strict):
    """By what points are assessed (G05, G06): indicators with weights in percent, and grades of the weighted mean."""

    scheme: AssessmentScheme
    kinds: Annotated[tuple[PointKind, ...], each_once()] = Field(
        (), description="For points of these kinds; left out: of any."
    )
    specialties: Annotated[tuple[Specialty, ...], each_once()] = Field(
        (), description="For points set up for one of these; left out: any."
    )
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1, max_length=50), EACH_KEY_ONCE]
    grades: Annotated[tuple[GradeFile, ...], Field(min_length=1, max_length=20), EACH_KEY_ONCE]
    valid_days: Annotated[int, Field(ge=1, le=3_660, description="For how long an assessment holds.")] = (
        VALID_DAYS
    )
    provenance: Provenance = Provenance.SAMPLE

    @model_validator(mode="after")
    def _every_total_has_its_grade(self) -> Self:
        total = sum(each.weight for each in self.indicators)
        if total != 100:
            raise complaint(
                f"指标权重合计应为 100,实为 {total}。", f"The weights add up to {total}, not 100."
            )
        least = [each.least for each in self.grades]
        if 0 not in least or len(set(least)) != len(least):
            raise complaint(
                "各等级的最低分应互不相同,且须有一个为 0。",
                "Grades begin at different totals, one of them at 0.",
            )
        return self


def _same_once(schemes: tuple[AssessmentFile, ...]) -> tuple[AssessmentFile, ...]:
    seen = [(each.scheme, frozenset(each.kinds), frozenset(each.specialties)) for each in schemes]
    for index, each in enumerate(seen):
        if each in seen[:index]:
            zh, en = "同类服务点的评定方案重复。", "Two schemes are for the same points."
            raise complaint(zh, en, part=index)
    return schemes


class NetworkFile(Strict):
    """How reach and conformance are reckoned (G01, G02), and by what points are assessed (G05, G06).

    Distances are great circles and not roads.
    """

    travel: Travel = Field(usual.TRAVEL, description="How people go, where nobody says.")
    walking_metres_per_minute: Metres = usual.WALKING_METRES
    driving_metres_per_minute: Metres = usual.DRIVING_METRES
    agents_each_grid: Annotated[int, Field(ge=0, le=100)] = usual.AGENTS_EACH_GRID
    terminal_silence_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        usual.SILENCE_MINUTES, description="A terminal that was not heard of for longer is down."
    )
    assessments: Annotated[tuple[AssessmentFile, ...], Field(max_length=20), AfterValidator(_same_once)] = (
        Field((), description="Of several for a point, the first holds.")
    )
    outreach_days: Annotated[int, Field(ge=0, le=365)] = Field(
        usual.OUTREACH_DAYS, description="So many days after an outreach cases count as begun because of it."
    )
    specialty_coverage: dict[Specialty, Annotated[int, Field(ge=0, le=100)]] = Field(
        {}, description="Percent of the villages that shall have a station of each specialty."
    )


class AreaPlaceFile(Strict):
    """Where most people of an area live, in degrees of WGS-84, and how many they are."""

    at: AreaRef
    longitude: Degrees
    latitude: Degrees
    population: Annotated[int, Field(ge=0, le=100_000_000)] | None = None


class AreaPlaceSetFile(Strict):
    """Invented places for every area of ``level`` under another: a square spiral of ``spacing`` metres around a centre.

    ``population`` is spread evenly over them.
    """

    level: AreaLevel
    under: AreaRef
    longitude: Degrees
    latitude: Degrees
    spacing: Annotated[int, Field(ge=50, le=20_000)]
    population: Annotated[int, Field(ge=0, le=100_000_000)] | None = None


class WindowFile(Strict):
    """A window; a SPECIAL one names its items or themes."""

    number: Annotated[str, Field(min_length=1, max_length=10)]
    name: Words
    kind: WindowKind = WindowKind.COMPREHENSIVE
    services: Annotated[Codes, AfterValidator(_in_order)] = ()
    themes: Annotated[tuple[Words, ...], AfterValidator(_in_order)] = ()


class TerminalFile(Strict):
    """A self-service terminal and the items that it can do."""

    key: Key
    name: Words
    services: Codes


class PointCrowdFile(Strict):
    """From when on a queue is a crowd at a point (A05); what is left out is as in the district's section ``hall``."""

    queue_length: Annotated[QueueLength, Field(description="People waiting, more than this.")] | None = None
    wait_minutes: Annotated[Minutes, Field(description="Minutes that somebody waits.")] | None = None


class PointFile(Strict):
    """A service point; hours as in ``Mo-Fr 09:00-12:00,13:30-17:00; Sa 09:00-12:00``, or ``24/7``."""

    key: Key
    kind: PointKind
    at: AreaRef
    name: Words
    address: Words | None = None
    longitude: Degrees
    latitude: Degrees
    hours: Words
    amenities: tuple[Amenity, ...] = ()
    specialties: tuple[Specialty, ...] = ()
    since: Day | None = Field(None, alias="from", description="First day, where there is one.")
    until: Day | None = Field(None, alias="to", description="Last day, where there is one.")
    windows: tuple[WindowFile, ...] = ()
    terminals: tuple[TerminalFile, ...] = ()
    crowd: PointCrowdFile = PointCrowdFile()
    provenance: Provenance = Provenance.SAMPLE


class PointSetFile(Strict):
    """A point in each area of ``level`` under another, where the area itself is placed; ``{area}`` is its name."""

    key: Key
    kind: PointKind
    level: AreaLevel
    under: AreaRef
    first: Annotated[int, Field(ge=1, le=20_000)] | None = Field(
        None, description="Only so many of the areas, in their order."
    )
    name: Annotated[str, Field(min_length=1, max_length=100)]
    hours: Words
    amenities: tuple[Amenity, ...] = ()
    specialties: tuple[Specialty, ...] = ()
    provenance: Provenance = Provenance.SAMPLE


class AgreementFile(Strict):
    """What a partner's points may take in, and from which to which day."""

    key: Key
    kind: PartnerKind
    partner: Words
    services: Annotated[Codes, Field(min_length=1)]
    points: Annotated[tuple[Key, ...], Field(min_length=1)]
    since: Day = Field(alias="from")
    until: Day = Field(alias="to")
    provenance: Provenance = Provenance.SAMPLE


class DelegationFile(Strict):
    """Items for areas with all below them, or for service points. The owner is the county if left out.

    With ``staff`` they are for these people alone, by key, while they work there 首席代表 (DOMAIN A11).
    """

    services: Annotated[Codes, Field(min_length=1)]
    owner: AreaRef | None = None
    areas: tuple[AreaRef, ...] = ()
    points: tuple[Key, ...] = ()
    staff: tuple[Key, ...] = ()
    scope: DelegationScope
    since: Day = Field(alias="from")
    until: Day | None = Field(None, alias="to")
    basis: Words
    provenance: Provenance = Provenance.SAMPLE


class PlacesFile(Strict):
    """``places.yaml``; a district may be without it."""

    areas: tuple[AreaPlaceFile, ...] = ()
    area_sets: tuple[AreaPlaceSetFile, ...] = ()
    points: tuple[PointFile, ...] = ()
    point_sets: tuple[PointSetFile, ...] = ()
    agreements: tuple[AgreementFile, ...] = ()
    delegations: tuple[DelegationFile, ...] = ()
