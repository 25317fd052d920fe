"""The shape of ``people.yaml``: teams, named staff, and sets of staff made from a rule."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from bangban.features.people.rules import HOLDABLE_ROLES, TeamKind
from bangban.features.people.values import StaffSource
from bangban.features.profiles.days import Day
from bangban.features.profiles.messages import complaint
from bangban.features.profiles.models import AreaRef, Key, Name, Strict, Text, Words
from bangban.features.profiles.values import Employment, Provenance
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel


def _places_of_names(text: Text) -> Text:
    if "{area}" not in text.zh or "{area}" not in text.en:
        raise complaint("名称中应有 {area}。", "The name must contain {area}.")
    return text


_HOLDABLE = sorted(HOLDABLE_ROLES)


def _holdable(role: object) -> object:
    if not isinstance(role, str) or role not in HOLDABLE_ROLES:
        listed = f"{', '.join(_HOLDABLE[:-1])} or {_HOLDABLE[-1]}"
        raise complaint(
            f"角色“{role}”不能任命,应为以下之一:{'、'.join(_HOLDABLE)}。",
            f"Nobody can be given the role {role}. It must be one of: {listed}.",
        )
    return role


HeldRole = Annotated[
    Role,
    BeforeValidator(_holdable),
    WithJsonSchema({"type": "string", "enum": sorted(HOLDABLE_ROLES)}),
]


# Wider than other keys: people who are taken in one by one are often known by their login or staff number.
StaffKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,59}$")]


class TeamFile(Strict):
    """A team under its brand name, seated at an area."""

    key: Key
    name: Name
    brand: Name | None = None
    kind: TeamKind
    department: Words | None = Field(
        None,
        description="The department it belongs to, as items call it: their cases and orders come to it first.",
    )
    at: AreaRef
    until: Day | None = Field(None, alias="to", description="The last day; memberships end by it.")
    provenance: Provenance = Provenance.SAMPLE


class TeamSetFile(Strict):
    """One team for each area of ``level`` under ``under``; ``{area}`` in the name is the area's."""

    key: Key
    name: Annotated[Name, AfterValidator(_places_of_names)]
    brand: Name | None = None
    kind: TeamKind
    level: AreaLevel
    under: AreaRef
    provenance: Provenance = Provenance.SAMPLE


class AssignmentFile(Strict):
    """A role held at an area; ``to`` is the last day."""

    role: HeldRole
    at: AreaRef
    since: Day | None = Field(None, alias="from", description="Left out: the person's own date.")
    until: Day | None = Field(None, alias="to")
    point: Key | None = Field(None, description="The service point where the person works.")


class MembershipFile(Strict):
    """Somebody's time in a team, where it is not the person's own; ``to`` is the last day."""

    team: Key
    since: Day | None = Field(None, alias="from", description="Left out: the person's own date.")
    until: Day | None = Field(None, alias="to")
    lead: bool = False
    employment: Employment | None = Field(None, description="Left out: the person's own.")


class StaffFile(Strict):
    """One person. Without a name, one is invented."""

    key: StaffKey
    name: Words | None = None
    since: Day | None = Field(None, alias="from", description="Left out: the file's date.")
    until: Day | None = Field(None, alias="to")
    employment: Employment = Employment.FULL_TIME
    source: StaffSource = StaffSource.OFFICE
    teams: tuple[Key, ...] = Field((), description="Teams for as long as the person is there.")
    memberships: tuple[MembershipFile, ...] = Field((), description="Teams with dates of their own.")
    assignments: tuple[AssignmentFile, ...]
    login: bool | Words = Field(True, description="Whether there is an account; its login, if not the key.")
    provenance: Provenance = Provenance.SAMPLE


class StaffSetFile(Strict):
    """People made from a rule, with invented names.

    They are placed ``at`` one area, at every area of ``level`` ``under`` another, or in ``teams`` (keys of
    teams or team sets), least filled first. ``total`` is the headcount to reach, people named above
    included; ``each`` adds that many to every place.
    """

    key: Key
    role: HeldRole
    at: AreaRef | None = None
    level: AreaLevel | None = None
    under: AreaRef | None = None
    teams: tuple[Key, ...] = ()
    total: Annotated[int, Field(ge=1, le=50_000)] | None = None
    each: Annotated[int, Field(ge=1, le=500)] | None = None
    team: Key | None = Field(None, description="Team that people placed by area belong to.")
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    employment: Employment = Employment.FULL_TIME
    sources: Annotated[tuple[StaffSource, ...], Field(min_length=1)] = (StaffSource.OFFICE,)
    login: bool = False
    name_source: Literal["sample"] = "sample"
    provenance: Provenance = Provenance.SAMPLE

    @model_validator(mode="after")
    def _one_place_one_count(self) -> Self:
        places = (self.at is not None, self.level is not None, bool(self.teams))
        if sum(places) != 1 or (self.level is None) != (self.under is None):
            raise complaint(
                "应恰好写一种位置:at,或 level 与 under,或 teams。",
                "Give exactly one place: at, or level with under, or teams.",
            )
        if (self.total is None) == (self.each is None):
            raise complaint("total 与 each 应恰好写一个。", "Give exactly one of total and each.")
        return self


class PeopleFile(Strict):
    """``people.yaml``. Residents are never in a profile."""

    since: Day = Field(alias="from", description="Holds for everybody who gives no date of their own.")
    teams: tuple[TeamFile, ...] = ()
    team_sets: tuple[TeamSetFile, ...] = ()
    staff: tuple[StaffFile, ...] = ()
    staff_sets: tuple[StaffSetFile, ...] = ()
