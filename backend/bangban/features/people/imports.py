"""Taking over people from a list: staff, teams, who holds what, who belongs where. Idempotent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.latch import take_latch
from bangban.features.areas.tables import AreaRow
from bangban.features.people.account_quota import count_accounts
from bangban.features.people.drafts import (
    AssignmentDraft,
    MembershipDraft,
    StaffDraft,
    TeamDraft,
    check_drafts,
    resolve,
)
from bangban.features.people.periods import Counts, put_assignments, put_memberships
from bangban.features.people.problems import PeopleFault, PeopleFaulty
from bangban.features.people.service import LATCH
from bangban.features.people.tables import StaffRow, TeamRow
from bangban.features.people.team_ends import end_memberships
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.quotas import check_staff_accounts
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleImport:
    """What an import of people did."""

    staff: Counts
    teams: Counts
    assignments: Counts
    memberships: Counts

    @property
    def changed_anything(self) -> bool:
        return any(
            each.created or each.changed
            for each in (self.staff, self.teams, self.assignments, self.memberships)
        )


@dataclass(frozen=True, slots=True)
class _Post:
    id: UUID
    name: str
    level: AreaLevel


async def import_people(
    work: Work,
    *,
    staff: Sequence[StaffDraft],
    assignments: Sequence[AssignmentDraft] = (),
    teams: Sequence[TeamDraft] = (),
    memberships: Sequence[MembershipDraft] = (),
) -> PeopleImport:
    """Make the district's people what the list says, row by row as the keys name them.

    References go to keys of the list or of what is stored. Nobody is removed and nothing is ended because
    the list does not name it: that is counted as unnamed. Raises ``PeopleFaulty`` with every fault,
    ``StaffQuotaFull``, and ``AreaOutsideGrant`` to whoever manages only a part of the district.
    """
    if not work.grants.require(Permission.STAFF_MANAGE).whole:
        raise AreaOutsideGrant(permission=Permission.STAFF_MANAGE)
    check_drafts(staff, assignments, teams, memberships)
    await take_latch(work, LATCH)
    posts = await _posts(work.db)
    _check_posts(work, posts, assignments, teams)
    accounts = await count_accounts(work)
    staff_ids, staff_counts = await _upsert(work.db, StaffRow, [asdict(draft) for draft in staff])
    if (wanted := await count_accounts(work)) > accounts:
        check_staff_accounts(work.district.quotas, wanted)
    team_rows = [
        {**asdict(draft), "area_id": posts[draft.area].id if draft.area else None} for draft in teams
    ]
    for row in team_rows:
        del row["area"]
    team_ids, team_counts = await _upsert(work.db, TeamRow, team_rows)
    faults = (
        *resolve(((each.staff, each.staff) for each in assignments), staff_ids, zh="人员", en="person"),
        *resolve(((each.team, each.staff) for each in memberships), staff_ids, zh="人员", en="person"),
        *resolve(((each.staff, each.team) for each in memberships), team_ids, zh="队伍", en="team"),
    )
    if faults:
        raise PeopleFaulty(faults)
    ending = await _ending(work.db)
    done = PeopleImport(
        staff=staff_counts,
        teams=team_counts,
        assignments=await put_assignments(
            work, assignments, staff_ids, {key: post.id for key, post in posts.items()}
        ),
        memberships=await put_memberships(
            work.db, [_within(each, ending) for each in memberships], staff_ids, team_ids
        ),
    )
    await _end(work, ending)
    if done.changed_anything:
        work.record(action=Permission.STAFF_MANAGE, object="staff:import", details=asdict(done))
        work.announce("staff.changed", "")
    return done


async def _ending(db: AsyncSession) -> dict[str, TeamRow]:
    """The teams that have a last day, by their keys."""
    rows = select(TeamRow).where(TeamRow.until.is_not(None)).execution_options(populate_existing=True)
    return {row.key: row for row in await db.scalars(rows)}


def _within(draft: MembershipDraft, ending: Mapping[str, TeamRow]) -> MembershipDraft:
    """A membership ends with its team, if not before; one that begins later is told of when the team ends."""
    team = ending.get(draft.team)
    if team is None or team.until is None or team.until < draft.since:
        return draft
    return replace(draft, until=min(draft.until or team.until, team.until))


async def _end(work: Work, ending: Mapping[str, TeamRow]) -> None:
    faults = []
    for key, row in ending.items():
        try:
            await end_memberships(work, row)
        except Problem as problem:
            faults.append(PeopleFault(key, problem.message("zh"), problem.message("en")))
    if faults:
        raise PeopleFaulty(tuple(faults))


async def _posts(db: AsyncSession) -> dict[str, _Post]:
    rows = await db.execute(
        select(AreaRow.key, AreaRow.id, AreaRow.name, AreaRow.level).where(AreaRow.retired_on.is_(None))
    )
    return {key: _Post(area_id, name, level) for key, area_id, name, level in rows}


def _check_posts(
    work: Work,
    posts: Mapping[str, _Post],
    assignments: Iterable[AssignmentDraft],
    teams: Iterable[TeamDraft],
) -> None:
    wanted = [
        *((draft.staff, draft.area) for draft in assignments),
        *((draft.key, draft.area) for draft in teams if draft.area),
    ]
    faults = list(resolve(wanted, {key: post.id for key, post in posts.items()}, zh="区域", en="area"))
    for draft, area in wanted:
        post = posts.get(area)
        if post is not None and post.level not in work.district.levels:
            faults.append(
                PeopleFault(
                    draft,
                    f"“{post.name}”仅作地址,本地区不在 {post.level} 层级任职。",
                    f"{post.name} is a place only: nobody is posted at the level {post.level} here.",
                )
            )
    if faults:
        raise PeopleFaulty(tuple(faults))


async def _upsert(
    db: AsyncSession, row: type[StaffRow] | type[TeamRow], wished: Sequence[dict[str, Any]]
) -> tuple[dict[str, UUID], Counts]:
    """Rows as wished by their keys; the ids of all keys, also of those that were stored before."""
    table = cast("Table", row.__table__)
    names = [column.name for column in table.columns if column.name != "id"]
    stored = {each["key"]: dict(each) for each in (await db.execute(select(table))).mappings()}
    ids = {key: each["id"] for key, each in stored.items()}
    fresh = [each for each in wished if each["key"] not in stored]
    known = [each for each in wished if each["key"] in stored]
    changed = [
        each
        for each in known
        if any(each[name] != stored[each["key"]][name] for name in names if name in each)
    ]
    for each in fresh:
        ids[each["key"]] = new_id()
    if row is StaffRow:
        _check_logins(wished, stored)
    if row is StaffRow and changed:
        # Logins may change hands: they are let go before they are given anew.
        let_go = update(table).where(table.c.id.in_([ids[each["key"]] for each in changed]))
        await db.execute(let_go.values(login=None))
    if fresh:
        defaults = {"language": "zh-CN"} if row is StaffRow else {}
        await db.execute(insert(table), [defaults | each | {"id": ids[each["key"]]} for each in fresh])
    if changed:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changed[0] if name != "key"}
        await db.execute(
            update(table).where(table.c.id == bindparam("this")).values(values),
            [
                {f"new_{name}": value for name, value in each.items()} | {"this": ids[each["key"]]}
                for each in changed
            ],
        )
    counts = Counts(
        created=len(fresh),
        changed=len(changed),
        unchanged=len(known) - len(changed),
        unnamed=len(stored) - len(known),
    )
    return ids, counts


def _check_logins(wished: Sequence[Mapping[str, Any]], stored: Mapping[str, dict[str, Any]]) -> None:
    named = {each["key"] for each in wished}
    taken = {each["login"]: key for key, each in stored.items() if each["login"] and key not in named}
    faults = tuple(
        PeopleFault(each["key"], f"登录名 {each['login']} 已被使用。", f"the login {each['login']} is taken.")
        for each in wished
        if each["login"] in taken
    )
    if faults:
        raise PeopleFaulty(faults)
