"""Reads a district's folder: every file, every fault, then the whole profile at once."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bangban.features.profiles.area_sets import expand_area_sets
from bangban.features.profiles.areas import AreaTree, read_areas
from bangban.features.profiles.bundles import Bundles, build_offers
from bangban.features.profiles.catalog import Services, build_items
from bangban.features.profiles.closures import read_closures
from bangban.features.profiles.delegations import check_representatives
from bangban.features.profiles.documents import Document, read_yaml
from bangban.features.profiles.faults import FaultList, ProfileFault, ProfileFaulty
from bangban.features.profiles.messages import report
from bangban.features.profiles.models_bundles import BundlesFile
from bangban.features.profiles.models_district import DistrictFile, TemplateFile
from bangban.features.profiles.models_people import PeopleFile
from bangban.features.profiles.models_places import PlacesFile
from bangban.features.profiles.models_sections import sections_of
from bangban.features.profiles.models_services import ServicesFile
from bangban.features.profiles.people import People, build_people
from bangban.features.profiles.places import build_places
from bangban.features.profiles.policy import read_policy
from bangban.features.profiles.profile import Places, Profile, Template
from bangban.features.profiles.section_references import check_sections
from bangban.kernel.levels import AreaLevel

TEMPLATE = "template"

Shape = TypeVar("Shape", bound=BaseModel)


def read_profile(folder: Path, *, template: Path | None = None) -> Profile:
    """The expanded profile of ``folder``; ``template`` defaults to the folder ``template`` beside it.

    Raises ``ProfileFaulty`` with every fault. A profile that is only warned about is read.
    """
    faults = FaultList()
    profile = _read(folder, template or folder.parent / TEMPLATE, faults)
    if profile is None or faults.has_errors:
        raise ProfileFaulty(faults.sorted())
    return profile


def check_profile(folder: Path, *, template: Path | None = None) -> list[ProfileFault]:
    """Every fault and warning of the profile by file and line; without errors it can be read."""
    faults = FaultList()
    _read(folder, template or folder.parent / TEMPLATE, faults)
    return faults.sorted()


def read_template(folder: Path) -> Template:
    """The template: defaults and the common catalog. Raises ``ProfileFaulty`` with every fault."""
    faults = FaultList()
    defaults = _shaped(folder / "district.yaml", TemplateFile, faults)
    services = _shaped(folder / "services.yaml", ServicesFile, faults)
    if defaults is None or services is None:
        raise ProfileFaulty(faults.sorted())
    file = defaults[0]
    items = build_items(template=Services(*services), own=None, levels=tuple(AreaLevel), faults=faults)
    offers = build_offers(
        template=None, own=_bundles(folder, faults), items=[item.draft for item in items], faults=faults
    )
    if faults.has_errors:
        raise ProfileFaulty(faults.sorted())
    return Template(
        levels=file.levels,
        circle_minutes=file.circle_minutes,
        timezone=file.timezone,
        contact_phone=file.contact_phone,
        allowed_origins=file.allowed_origins,
        modes=file.modes,
        rating=file.rating,
        items=items,
        sections=sections_of(file),
        offers=offers,
    )


def _read(folder: Path, template: Path, faults: FaultList) -> Profile | None:
    defaults = _shaped(template / "district.yaml", TemplateFile, faults)
    common = _shaped(template / "services.yaml", ServicesFile, faults)
    head = _shaped(folder / "district.yaml", DistrictFile, faults)
    services = _shaped(folder / "services.yaml", ServicesFile, faults)
    staffing = _shaped(folder / "people.yaml", PeopleFile, faults)
    placing = _placing(folder / "places.yaml", faults)
    policy = read_policy(folder / "policy.csv", faults)
    closures = read_closures(folder / "calendar.csv", faults)
    if defaults is None or head is None:
        return None
    standard, file, document = defaults[0], *head
    levels = file.levels or standard.levels
    _check_head(file, folder=folder, levels=levels, document=document, faults=faults)
    tree = _tree(
        file, folder=folder, levels=(*levels, *file.address_levels), document=document, faults=faults
    )
    items = build_items(
        template=Services(*common) if common else None,
        own=Services(*services) if services else None,
        levels=levels,
        faults=faults,
    )
    places = Places()
    if placing is not None:
        places = build_places(
            placing[0],
            tree=tree,
            items=[item.draft for item in items],
            document=placing[1],
            faults=faults,
        )
    people = People((), ())
    if staffing is not None:
        people = build_people(
            staffing[0],
            slug=file.slug,
            tree=tree,
            levels=levels,
            points={point.key: point.area for point in places.points},
            document=staffing[1],
            faults=faults,
        )
    if placing is not None:
        check_representatives(placing[0], people=people.staff, tree=tree, document=placing[1], faults=faults)
    check_sections(
        file,
        items={item.draft.code for item in items},
        teams={team.key: team.until for team in people.teams},
        levels=levels,
        document=document,
        faults=faults,
    )
    return Profile(
        folder=folder,
        slug=file.slug,
        name=file.name,
        brand=file.brand,
        division_code=file.division_code,
        case_prefix=file.case_prefix,
        levels=levels,
        address_levels=file.address_levels,
        circle_minutes=file.circle_minutes or standard.circle_minutes,
        timezone=file.timezone or standard.timezone,
        contact_phone=file.contact_phone
        if "contact_phone" in file.model_fields_set
        else standard.contact_phone,
        allowed_origins=standard.allowed_origins if file.allowed_origins is None else file.allowed_origins,
        modes=file.modes or standard.modes,
        rating=file.rating or standard.rating,
        project_lead=file.project_lead,
        hard_case_channel=file.hard_case_channel,
        figures=file.figures,
        areas=tuple(tree.areas.values()),
        items=items,
        teams=people.teams,
        staff=people.staff,
        policy=policy,
        warnings=tuple(faults.sorted()),
        trusted_documents_only=file.trusted_documents_only,
        level_names={level: file.level_names[level] for level in AreaLevel if level in file.level_names},
        closures=closures,
        offers=build_offers(
            template=_bundles(template, faults),
            own=_bundles(folder, faults),
            items=[item.draft for item in items],
            faults=faults,
        ),
        sections=sections_of(file, standard=standard),
        places=places,
    )


def _placing(path: Path, faults: FaultList) -> tuple[PlacesFile, Document] | None:
    """The file; a district without it has no service points yet."""
    return _shaped(path, PlacesFile, faults) if path.exists() else None


def _bundles(folder: Path, faults: FaultList) -> Bundles | None:
    """The folder's bundles and guidance; a folder without the file has none."""
    path = folder / "bundles.yaml"
    found = _shaped(path, BundlesFile, faults) if path.exists() else None
    return None if found is None else Bundles(*found)


def _shaped(path: Path, shape: type[Shape], faults: FaultList) -> tuple[Shape, Document] | None:
    document = read_yaml(path, faults)
    if document is None:
        return None
    try:
        return shape.model_validate(document.data), document
    except ValidationError as error:
        report(error, document, faults)
        return None


def _check_head(
    file: DistrictFile, *, folder: Path, levels: tuple[AreaLevel, ...], document: Document, faults: FaultList
) -> None:
    if file.slug != folder.resolve().name:
        faults.error(
            document.path,
            document.line(("slug",)),
            f"slug 应与文件夹名“{folder.resolve().name}”一致。",
            f"The slug must be the folder's name, {folder.resolve().name!r}.",
        )
    used = (*levels, *file.address_levels)
    if used != tuple(AreaLevel)[: len(used)]:
        faults.error(
            document.path,
            document.line(("address_levels",)),
            "address_levels 应紧接 levels 之后逐级列出。",
            "address_levels follow directly on levels, without gap or repetition.",
        )
    for name, keys in (
        ("modes", [mode.mode for mode in file.modes or ()]),
        ("figures", [figure.key for figure in file.figures]),
    ):
        for index, key in enumerate(keys):
            if key in keys[:index]:
                faults.error(
                    document.path,
                    document.line((name, index)),
                    f"“{key}”重复。",
                    f"{key!r} stands here twice.",
                )


def _tree(
    file: DistrictFile, *, folder: Path, levels: tuple[AreaLevel, ...], document: Document, faults: FaultList
) -> AreaTree:
    tree = read_areas(folder / "areas.csv", levels=levels, division_code=file.division_code, faults=faults)
    sets = [(made, document.line(("area_sets", index))) for index, made in enumerate(file.area_sets)]
    expand_area_sets(tree, sets, levels=levels, path=document.path, faults=faults)
    tree.areas = dict(sorted(tree.areas.items(), key=lambda pair: pair[1].level.depth))
    return tree
