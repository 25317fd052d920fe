"""Service points, their windows and terminals, and partners' agreements as an import or an input states them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bangban.features.places.values import Amenity, PartnerKind, PointKind, Specialty, WindowKind


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowDraft:
    """A window. Without codes and themes it is comprehensive."""

    number: str
    name: str
    kind: WindowKind = WindowKind.COMPREHENSIVE
    service_codes: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TerminalDraft:
    """A self-service terminal; ``key`` is unique in the district."""

    key: str
    name: str
    service_codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CrowdDraft:
    """From when on a queue is a crowd at a point (DOMAIN A05); None: as the district has it."""

    queue_length: int | None = None
    wait_minutes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PointDraft:
    """A service point as an import states it; ``area`` is an area's key, ``hours`` as ``read_hours`` reads them.

    ``windows``, ``terminals`` and ``crowd`` are None where nothing is said of them.
    """

    key: str
    area: str
    kind: PointKind
    name: str
    longitude: float
    latitude: float
    hours: str
    address: str | None = None
    amenities: tuple[Amenity, ...] = ()
    specialties: tuple[Specialty, ...] = ()
    since: date | None = None
    until: date | None = None
    windows: tuple[WindowDraft, ...] | None = None
    terminals: tuple[TerminalDraft, ...] | None = None
    crowd: CrowdDraft | None = None
    provenance: str = "own"

    @property
    def named_codes(self) -> set[str]:
        """The items that its windows and terminals name."""
        windows = {code for each in self.windows or () for code in each.service_codes}
        return windows | {code for each in self.terminals or () for code in each.service_codes}

    @property
    def named_themes(self) -> set[str]:
        """The themes that its windows name."""
        return {theme for window in self.windows or () for theme in window.themes}


@dataclass(frozen=True, kw_only=True, slots=True)
class AgreementDraft:
    """A partner's agreement; ``points`` are keys of points."""

    key: str
    partner_kind: PartnerKind
    partner: str
    service_codes: tuple[str, ...]
    points: tuple[str, ...]
    since: date
    until: date
    provenance: str = "own"
