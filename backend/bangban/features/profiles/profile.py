"""A district profile, fully expanded: what onboarding stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

from bangban.features.areas.values import AreaKind
from bangban.features.bundles.drafts import BundleDraft
from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.values import DelegationScope
from bangban.features.guidance.questions import GuidanceDraft
from bangban.features.places.drafts import AgreementDraft, PointDraft
from bangban.features.printed_guides.rules import GuideDraft
from bangban.features.profiles.faults import ProfileFault
from bangban.features.profiles.models import FigureFile, ModeFile, RatingFile, Text
from bangban.features.profiles.profile_people import ProfileStaff, ProfileTeam
from bangban.features.profiles.values import Origin, Provenance
from bangban.kernel.access.lines import PolicyLine
from bangban.kernel.levels import AreaLevel

D = TypeVar("D", BundleDraft, GuidanceDraft, GuideDraft)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileArea:
    """An area; ``key`` is unique in the profile and never changes, ``parent`` is another area's key."""

    key: str
    code: str | None
    parent: str | None
    name: str
    full_name: str
    level: AreaLevel
    kind: AreaKind
    provenance: Provenance


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileItem:
    """A catalog item that has passed the catalog's rules, and how it came here.

    ``standard`` is the template's own text of it, at the district's levels; None for own items.
    """

    draft: ItemDraft
    origin: Origin
    provenance: Provenance
    standard: ItemDraft | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer(Generic[D]):
    """A bundle, guidance or guide that has passed its rules, and where it comes from."""

    draft: D
    provenance: Provenance


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """All that a profile builds on its items."""

    bundles: tuple[Offer[BundleDraft], ...] = ()
    guidance: tuple[Offer[GuidanceDraft], ...] = ()
    guides: tuple[Offer[GuideDraft], ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all of them."""
        return frozenset(draft.code for draft in self._drafts)

    @property
    def dates(self) -> tuple[date, ...]:
        """The first days of all of them."""
        return tuple(draft.effective_from for draft in self._drafts)

    @property
    def _drafts(self) -> tuple[BundleDraft | GuidanceDraft | GuideDraft, ...]:
        return (
            *(each.draft for each in self.bundles),
            *(each.draft for each in self.guidance),
            *(each.draft for each in self.guides),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileClosure:
    """A local exception to the published calendar: a day closed, or worked."""

    day: date
    working: bool
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaPlace:
    """Where most people of the area with key ``area`` live, in degrees of WGS-84, and how many they are."""

    area: str
    longitude: float
    latitude: float
    population: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileDelegation:
    """An item that ``owner`` gives to an area or to a service point, or to a person there; all by key."""

    service: str
    owner: str
    area: str | None
    point: str | None
    scope: DelegationScope
    since: date
    until: date | None
    basis: str
    provenance: Provenance
    staff: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where people live and are served, and who takes on what."""

    areas: tuple[AreaPlace, ...] = ()
    points: tuple[PointDraft, ...] = ()
    agreements: tuple[AgreementDraft, ...] = ()
    delegations: tuple[ProfileDelegation, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Everything that a district's folder says, defaults filled in, parents before children."""

    folder: Path
    slug: str
    name: Text
    brand: Text
    division_code: str | None
    case_prefix: str
    levels: tuple[AreaLevel, ...]
    address_levels: tuple[AreaLevel, ...]
    circle_minutes: int
    timezone: str
    contact_phone: str | None
    allowed_origins: tuple[str, ...]
    modes: tuple[ModeFile, ...]
    rating: RatingFile
    project_lead: Text | None
    hard_case_channel: Text | None
    figures: tuple[FigureFile, ...]
    areas: tuple[ProfileArea, ...]
    items: tuple[ProfileItem, ...]
    teams: tuple[ProfileTeam, ...]
    staff: tuple[ProfileStaff, ...]
    policy: tuple[PolicyLine, ...]
    warnings: tuple[ProfileFault, ...]
    trusted_documents_only: bool | None = None
    level_names: dict[AreaLevel, Text] = field(default_factory=dict)
    closures: tuple[ProfileClosure, ...] = ()
    offers: Offers = field(default_factory=Offers)
    sections: dict[str, Any] = field(default_factory=dict)  # plain JSON, by key
    places: Places = Places()

    def figure(self, key: str) -> Decimal | None:
        """The stated or sample value under ``key``, if the profile has one."""
        return next((figure.value for figure in self.figures if figure.key == key), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """What every district starts from: defaults and the common catalog."""

    levels: tuple[AreaLevel, ...]
    circle_minutes: int
    timezone: str
    contact_phone: str | None
    allowed_origins: tuple[str, ...]
    modes: tuple[ModeFile, ...]
    rating: RatingFile
    items: tuple[ProfileItem, ...]
    sections: dict[str, Any]  # plain JSON, by key
    offers: Offers = field(default_factory=Offers)
