"""The edge with a few districts and tokens, asked who somebody is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from bangban.features.accounts.principals import Principals
from bangban.features.accounts.tokens import Claims, TokenVerifier
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.ids import new_id
from bangban.kernel.problems import (
    NotAuthenticated,
    SessionEnded,
)
from bangban.kernel.tenancy.migrations import district_head
from bangban.kernel.tenancy.registry import District, Registry
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.web.auth import Caller, authenticate

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def district(slug: str, status: DistrictStatus = DistrictStatus.LIVE, *hosts: str) -> District:
    return District(
        slug=slug,
        schema=f"d_{slug}",
        name=slug,
        brand="帮办",
        division_code=None,
        levels=(),
        status=status,
        circle_minutes=15,
        timezone="Asia/Shanghai",
        allowed_origins=frozenset(),
        hosts=frozenset(hosts),
        wrapped_key=b"",
        revision=district_head(),
    )


def registry() -> Registry:
    made = Registry.__new__(Registry)
    made.timeouts = {}
    made._keep(
        {
            each.slug: each
            for each in (
                district("zouping", DistrictStatus.LIVE, "banban.zouping.example"),
                district("rushan"),
                district("closed", DistrictStatus.SUSPENDED),
                district("leaving", DistrictStatus.LEAVING),
                district("coming", DistrictStatus.PROVISIONING),
            )
        }
    )
    return made


def claims(kind: PrincipalKind, slug: str | None) -> Claims:
    return Claims(
        subject=new_id(), kind=kind, district=slug, session_id=new_id(), issued_at=NOW, expires_at=NOW
    )


TOKENS = {
    "clerk": claims(PrincipalKind.STAFF, "zouping"),
    "closed-clerk": claims(PrincipalKind.STAFF, "closed"),
    "closed-auditor": claims(PrincipalKind.AUDITOR, "closed"),
    "leaving-auditor": claims(PrincipalKind.AUDITOR, "leaving"),
    "coming-auditor": claims(PrincipalKind.AUDITOR, "coming"),
    "coming-staff": claims(PrincipalKind.STAFF, "coming"),
    "coming-portal": claims(PrincipalKind.PORTAL, "coming"),
    "coming-resident": claims(PrincipalKind.RESIDENT, "coming"),
    "operator": claims(PrincipalKind.OPERATOR, None),
}


class Verifier:
    def verify(self, token: str, *, now: datetime) -> Claims:
        if token == "over":
            raise SessionEnded
        if token not in TOKENS:
            raise NotAuthenticated
        return TOKENS[token]


class Known:
    async def load(self, district: District | None, claims: Claims, *, now: datetime) -> Principal:
        return Principal(
            kind=claims.kind, id=claims.subject, district=claims.district, session_id=claims.session_id
        )


@dataclass
class Edge:
    base_domain: str | None = "bangban.example"
    registry: Registry = field(default_factory=registry)
    verifier: TokenVerifier = field(default_factory=lambda: cast("Any", Verifier()))
    principals: Principals = field(default_factory=lambda: cast("Any", Known()))


def ask(
    token: str | None = None, header: str | None = None, host: str | None = None, *, early: bool = False
) -> Caller:
    return asyncio.run(
        authenticate(
            Edge(),
            authorization=None if token is None else f"Bearer {token}",
            district_header=header,
            host=host,
            now=NOW,
            early=early,
        )
    )
