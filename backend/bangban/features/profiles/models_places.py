"""The shape of ``places.yaml``: where people live and are served, agreements, delegations; and network settings."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from bangban.features.catalog.values import DelegationScope
from bangban.features.places import settings as usual
from bangban.features.places.values import Amenity, PartnerKind, PointKind, Specialty, Travel, WindowKind
from bangban.features.profiles.models import AreaRef, Key, Strict, Words
from bangban.features.profiles.values import Provenance
from bangban.kernel.levels import AreaLevel

Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Metres = Annotated[int, Field(ge=1, le=5_000)]
Codes = tuple[Annotated[str, Field(min_length=1, max_length=60)], ...]


def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


class NetworkFile(Strict):
    """How reach and conformance are reckoned (G01, G02). Distances are great circles and not roads."""

    travel: Travel = Field(usual.TRAVEL, description="How people go, where nobody says.")
    walking_metres_per_minute: Metres = usual.WALKING_METRES
    driving_metres_per_minute: Metres = usual.DRIVING_METRES
    agents_each_grid: Annotated[int, Field(ge=0, le=100)] = usual.AGENTS_EACH_GRID
    terminal_silence_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        usual.SILENCE_MINUTES, description="A terminal that was not heard of for longer is down."
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
    since: date | None = Field(None, alias="from", description="First day, where there is one.")
    until: date | None = Field(None, alias="to", description="Last day, where there is one.")
    windows: tuple[WindowFile, ...] = ()
    terminals: tuple[TerminalFile, ...] = ()
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
    since: date = Field(alias="from")
    until: date = Field(alias="to")
    provenance: Provenance = Provenance.SAMPLE


class DelegationFile(Strict):
    """Items for areas with all below them, or for service points. The owner is the county if left out."""

    services: Annotated[Codes, Field(min_length=1)]
    owner: AreaRef | None = None
    areas: tuple[AreaRef, ...] = ()
    points: tuple[Key, ...] = ()
    scope: DelegationScope
    since: date = Field(alias="from")
    until: date | None = Field(None, alias="to")
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
