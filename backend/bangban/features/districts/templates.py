"""A district without a profile of its own: what its application and the template say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from bangban.features.areas.values import AreaKind
from bangban.features.catalog.templates import TemplateCatalog, fitted
from bangban.features.districts.contact import Contact
from bangban.features.districts.tables import OnboardingRow
from bangban.features.people.values import StaffSource
from bangban.features.profiles.bundles import fitting
from bangban.features.profiles.models import Text
from bangban.features.profiles.profile import Profile, ProfileArea, ProfileItem
from bangban.features.profiles.profile_people import ProfileAssignment, ProfileStaff
from bangban.features.profiles.reader import read_template
from bangban.features.profiles.values import Employment, Provenance
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import NotFound

ROOT: Final = "county"
_PREFIX_LENGTH: Final = 6
# 3.12: the third pair of a zone's code is 71 to 79, in the statistical list only.
_ZONE_CODE: Final = re.compile(r"[0-9]{4}7[1-9]")


def templates_in(tenants: Path) -> dict[str, Path]:
    """The templates an applicant may choose, by the name the contract gives them."""
    folder = tenants / "template"
    return {"county": folder} if folder.is_dir() else {}


def catalog_of(name: str, folder: Path) -> TemplateCatalog:
    """A template's catalog, read from its folder. Raises ``ProfileFaulty``."""
    items = read_template(folder).items
    return TemplateCatalog(name, [(item.draft, item.provenance.value) for item in items])


def profile_of_application(row: OnboardingRow, contact: Contact, *, templates: dict[str, Path]) -> Profile:
    """The county alone, the template's catalog as far as the district's levels go, and its administrator.

    Raises ``NotFound`` where the template is gone, ``ProfileFaulty`` where it is faulty.
    """
    folder = templates.get(row.template)
    if folder is None:
        raise NotFound("template", "模板")
    template = read_template(folder)
    levels = tuple(row.levels)
    items = tuple(kept for item in template.items if (kept := _at_levels(item, levels)))
    since = row.applied_at.date()
    return Profile(
        folder=folder,
        slug=row.slug,
        name=Text(zh=row.name, en=row.name),
        brand=Text(zh=row.brand, en=row.brand),
        division_code=row.division_code,
        case_prefix=number_prefix(row.slug),
        levels=levels,
        address_levels=(),
        circle_minutes=template.circle_minutes,
        timezone=template.timezone,
        contact_phone=template.contact_phone,
        allowed_origins=template.allowed_origins,
        modes=template.modes,
        rating=template.rating,
        project_lead=None,
        hard_case_channel=None,
        figures=(),
        areas=(
            ProfileArea(
                key=ROOT,
                code=row.division_code,
                parent=None,
                name=row.name,
                full_name=row.name,
                level=AreaLevel.COUNTY,
                kind=_kind_of_root(row.division_code),
                provenance=Provenance.STATED,
            ),
        ),
        items=items,
        offers=fitting(template.offers, [item.draft for item in items]),
        teams=(),
        staff=(
            ProfileStaff(
                key=row.admin_login,
                name=contact.name,
                since=since,
                until=None,
                employment=Employment.FULL_TIME,
                source=StaffSource.OFFICE,
                teams=(),
                assignments=(ProfileAssignment(role=Role.ADMIN, area=ROOT, since=since, until=None),),
                login=True,
                provenance=Provenance.STATED,
            ),
        ),
        policy=(),
        warnings=(),
        sections=template.sections,
    )


def number_prefix(slug: str) -> str:
    """What case numbers of the district begin with: up to six letters of the slug. Unique in it is enough."""
    letters = re.sub(r"[^a-z]", "", slug).upper()
    return letters[:_PREFIX_LENGTH].ljust(2, "X")


def _kind_of_root(code: str | None) -> AreaKind:
    return AreaKind.ZONE if code is None or _ZONE_CODE.fullmatch(code) else AreaKind.COUNTY


def _at_levels(item: ProfileItem, levels: tuple[AreaLevel, ...]) -> ProfileItem | None:
    """The item as far as the district's levels go; None where none of them handles it."""
    draft = fitted(item.draft, levels)
    return None if draft is None else replace(item, draft=draft, standard=draft)
