"""From a token's ids to somebody with a name, a kind and assignments.

Kept for a minute at most, and forgotten when ``staff.changed`` arrives by NOTIFY.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from bangban.features.accounts.bounded import BoundedCache
from bangban.features.accounts.tokens import Claims
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import HELD_ROLES, STAFF_ROLES, OperatorDuty, Role
from bangban.kernel.ids import AreaId
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import DistrictRequired, NotFound, SessionEnded
from bangban.kernel.tenancy.names import Names, Wall, quoted
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

_AT_DUTY: Final = "a.since <= $2 AND (a.until IS NULL OR a.until >= $2)"
_OPERATOR: Final = (
    "SELECT json_build_object('id', id, 'name', name, 'active', active, 'duty', duty)::text"
    " FROM platform.operator WHERE id = $1"
)


@dataclass(frozen=True, slots=True)
class Duty:
    """One assignment as its row says it. The role is text: a portal's is not held over an area's cases."""

    role: str
    area_id: UUID
    area_path: str
    level: AreaLevel
    since: date
    until: date | None
    point_id: UUID | None = None


def staff_principal(
    *,
    slug: str,
    staff_id: UUID,
    name: str,
    language: str,
    duties: Iterable[Duty],
    session_id: UUID | None = None,
    origins: Iterable[str] | None = None,
    documents_only: bool = False,
) -> Principal | None:
    """A staff account as today's assignments make it; None without any.

    Audit alone makes an auditor and a portal's role alone a portal. Whoever also holds a staff role is staff,
    whose audit assignment does not count (separation of duties).
    """
    held = tuple(duties)
    if not held:
        return None
    roles = {duty.role for duty in held}
    if roles & STAFF_ROLES:
        kind = PrincipalKind.STAFF
    elif Role.AUDITOR in roles:
        kind = PrincipalKind.AUDITOR
    elif Role.PORTAL in roles:
        kind = PrincipalKind.PORTAL
    else:
        return None
    assignments = tuple(
        Assignment(
            role=Role(duty.role),
            area_id=AreaId(duty.area_id),
            area_path=duty.area_path,
            level=duty.level,
            since=duty.since,
            until=duty.until,
            point_id=duty.point_id,
        )
        for duty in held
        if duty.role in HELD_ROLES
    )
    return Principal(
        kind=kind,
        id=staff_id,
        district=slug,
        session_id=session_id,
        name=name,
        assignments=assignments,
        language=language,
        origins=None if origins is None else frozenset(origins),
        documents_only=documents_only,
    )


@lru_cache(maxsize=8192)
def _staff_statement(slug: str, key: str) -> str:
    schema = quoted(Names.schema(slug))
    # The column is one of two constants of this module, the schema a checked identifier of ours.
    return f"""
        SELECT json_build_object(
            'id', s.id, 'name', s.name, 'language', s.language, 'active', s.active,
            'origins', s.portal_origins, 'documents_only', s.portal_documents_only,
            'duties', (
                SELECT coalesce(json_agg(json_build_array(
                    a.role, a.area_id, r.path::text, r.level, a.since, a.until, a.point_id) ORDER BY a.id), '[]')
                FROM {schema}.assignment a JOIN {schema}.area r ON r.id = a.area_id
                WHERE a.staff_id = s.id AND {_AT_DUTY}))::text
        FROM {schema}.staff s WHERE s.{quoted(key)} = $1
    """  # noqa: S608 - schema and column are checked identifiers of ours


class Principals:
    """Who the bearers of tokens are. At most ``size`` of them, none older than ``seconds``."""

    def __init__(self, tenancy: Tenancy, *, size: int = 20_000, seconds: int = 60) -> None:
        self._tenancy = tenancy
        self._seconds = timedelta(seconds=seconds)
        self._known: BoundedCache[tuple[str, UUID], Principal] = BoundedCache(size=size)
        self._forgotten = 0

    async def load(
        self, district: District | None, claims: Claims, *, now: datetime | None = None
    ) -> Principal:
        """The principal of verified claims. ``district`` is the token's own; operators need none.

        Raises SessionEnded where the account was closed or has no assignment today.
        """
        at = now or datetime.now(UTC)
        if claims.kind is PrincipalKind.RESIDENT:
            return _of_session(
                Principal(kind=PrincipalKind.RESIDENT, id=claims.subject, district=claims.district), claims
            )
        key = (claims.district or "", claims.subject)
        known = self._known.find(key, now=at)
        if known is None:
            before = self._forgotten
            known = await self._read(district, claims, at)
            # What was told to forget meanwhile may have been read before the change: use it, keep it not.
            if before == self._forgotten:
                self._known.keep(key, known, until=at + self._seconds)
        return _of_session(known, claims)

    @property
    def forgotten(self) -> int:
        """How often something was forgotten: whoever remembers a principal compares this."""
        return self._forgotten

    def known_until(self, claims: Claims) -> datetime:
        """Until when what ``load`` has just given may be used without asking again; in the past for not at all."""
        if claims.kind is PrincipalKind.RESIDENT:
            return claims.expires_at  # nothing of a resident is read
        return self._known.until((claims.district or "", claims.subject)) or claims.issued_at

    async def find_staff_by_login(
        self, district: District, login: str, *, now: datetime | None = None
    ) -> Principal | None:
        """The active staff account with this login as it stands today, never from the cache; or None."""
        return await self._read_staff(district, "login", login, now or datetime.now(UTC))

    async def get_staff_by_login(
        self, district: District, login: str, *, now: datetime | None = None
    ) -> Principal:
        """The same; raises NotFound."""
        found = await self.find_staff_by_login(district, login, now=now)
        if found is None:
            raise NotFound("active account with this login", "该登录名的有效账户")
        return found

    def forget(self, slug: str, staff_id: UUID | None = None) -> None:
        """Read again next time: one account, or all of a district (``staff.changed`` without a reference)."""
        self._forgotten += 1
        if staff_id is not None:
            self._known.forget((slug, staff_id))
            return
        for key in [key for key in self._known if key[0] == slug]:
            self._known.forget(key)

    async def _read(self, district: District | None, claims: Claims, at: datetime) -> Principal:
        if claims.kind is PrincipalKind.OPERATOR:
            found = await self._read_operator(claims.subject)
        elif district is None:
            raise DistrictRequired
        else:
            found = await self._read_staff(district, "id", claims.subject, at)
        if found is None:
            raise SessionEnded
        return found

    async def _read_staff(
        self, district: District, key: str, value: UUID | str, at: datetime
    ) -> Principal | None:
        today = at.astimezone(district.zone).date()
        sql = _staff_statement(district.slug, key)
        row = _row(await self._tenancy.reader.district(district.slug, Wall.READ, sql, (value, today)))
        if row is None or not row["active"]:
            return None
        return staff_principal(
            slug=district.slug,
            staff_id=UUID(row["id"]),
            name=row["name"],
            language=row["language"],
            duties=[_duty(each) for each in row["duties"]],
            origins=row["origins"],
            documents_only=bool(row["documents_only"]),
        )

    async def _read_operator(self, operator_id: UUID) -> Principal | None:
        row = _row(await self._tenancy.reader.platform(_OPERATOR, (operator_id,)))
        if row is None or not row["active"]:
            return None
        return Principal(
            kind=PrincipalKind.OPERATOR,
            id=operator_id,
            name=row["name"],
            duty=OperatorDuty(row["duty"]),
        )


def _row(found: bytes | None) -> dict[str, Any] | None:
    # A statement that found nobody gives no row.
    return None if found is None else json.loads(found)


def _duty(fields: list[Any]) -> Duty:
    role, area_id, path, level, since, until, point_id = fields
    return Duty(
        role=role,
        area_id=UUID(area_id),
        area_path=path,
        level=AreaLevel(level),
        since=date.fromisoformat(since),
        until=date.fromisoformat(until) if until else None,
        point_id=UUID(point_id) if point_id else None,
    )


def _of_session(principal: Principal, claims: Claims) -> Principal:
    return replace(principal, session_id=claims.session_id)
