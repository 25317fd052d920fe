"""Who asks, in which district: token, header and host name, and what happens when they disagree."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.accounts.principals import Principals
from bangban.features.accounts.tokens import Claims, TokenVerifier
from bangban.kernel.access.grants import Principal, PrincipalKind
from bangban.kernel.ids import new_id
from bangban.kernel.problems import (
    DistrictMismatch,
    DistrictSuspended,
    DistrictUnknown,
    NotAuthenticated,
    SessionEnded,
)
from bangban.kernel.tenancy.migrations import district_head
from bangban.kernel.tenancy.registry import District, Registry
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.web.auth import Caller, authenticate, host_name

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


def test_nobody_nowhere_is_anonymous_without_a_district() -> None:
    caller = ask(host="localhost:8000")
    assert caller.principal.kind is PrincipalKind.ANONYMOUS
    assert caller.district is None
    assert caller.claims is None


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("zouping", None),
        (" zouping ", "127.0.0.1:8000"),
        (None, "banban.zouping.example"),
        (None, "BanBan.Zouping.Example.:8443"),
        (None, "zouping.bangban.example"),
        ("zouping", "zouping.bangban.example"),
        ("", "zouping.bangban.example:8000"),
    ],
)
def test_header_and_host_name_each_name_a_district(header: str | None, host: str | None) -> None:
    caller = ask(header=header, host=host)
    assert caller.district is not None
    assert caller.district.slug == "zouping"
    assert caller.principal == Principal.anonymous(district="zouping")


@pytest.mark.parametrize(
    ("token", "header", "host"),
    [
        ("clerk", "rushan", None),
        ("clerk", "no-such", None),
        ("clerk", None, "rushan.bangban.example"),
        (None, "rushan", "zouping.bangban.example"),
        (None, "rushan", "banban.zouping.example"),
        ("clerk", "zouping", "rushan.bangban.example"),
        ("operator", "rushan", "zouping.bangban.example"),
    ],
)
def test_sources_that_disagree_are_refused(token: str | None, header: str | None, host: str | None) -> None:
    with pytest.raises(DistrictMismatch):
        ask(token, header, host)


@pytest.mark.parametrize(
    "header", ["no-such", "coming", "Zouping", "zou ping", "zouping'--", "x" * 500, "区"]
)
def test_an_unknown_district_is_refused(header: str) -> None:
    with pytest.raises(DistrictUnknown):
        ask(header=header)


@pytest.mark.parametrize(
    "host", ["typo.bangban.example", "a.zouping.bangban.example", "coming.bangban.example"]
)
def test_an_unknown_name_under_the_base_domain_is_refused(host: str) -> None:
    with pytest.raises(DistrictUnknown):
        ask(host=host)


def test_the_base_domain_itself_names_no_district() -> None:
    assert ask(host="bangban.example").district is None
    assert ask(host="evil-bangban.example").district is None


@pytest.mark.parametrize(
    ("token", "header"), [(None, "closed"), ("closed-clerk", None), ("operator", "closed")]
)
def test_a_suspended_district_is_refused(token: str | None, header: str | None) -> None:
    with pytest.raises(DistrictSuspended):
        ask(token, header)


@pytest.mark.parametrize("token", ["closed-auditor", "leaving-auditor"])
def test_its_auditors_may_go_on_reading(token: str) -> None:
    caller = ask(token)
    assert caller.principal.kind is PrincipalKind.AUDITOR
    assert caller.district is not None


@pytest.mark.parametrize("token", [None, "coming-resident", "coming-portal"])
def test_the_public_is_not_let_into_a_district_that_is_not_open_yet(token: str | None) -> None:
    with pytest.raises(DistrictUnknown):
        ask(token, "coming")


@pytest.mark.parametrize("token", ["coming-staff", "coming-auditor"])
def test_those_who_set_a_district_up_are(token: str) -> None:
    district = ask(token).district
    assert district is not None
    assert district.slug == "coming"


def test_and_strangers_are_as_far_as_to_sign_in() -> None:
    district = ask(None, "coming", early=True).district
    assert district is not None
    assert district.slug == "coming"
    with pytest.raises(DistrictUnknown):
        ask(None, "nowhere", early=True)
    with pytest.raises(DistrictSuspended):
        ask(None, "closed", early=True)


def test_the_token_decides_where_header_and_host_are_silent() -> None:
    caller = ask("clerk", host="api.example")
    assert caller.district is not None
    assert caller.district.slug == "zouping"
    assert caller.claims is TOKENS["clerk"]


def test_an_operator_belongs_to_no_district() -> None:
    caller = ask("operator")
    assert caller.district is None
    assert caller.principal.kind is PrincipalKind.OPERATOR


@pytest.mark.parametrize("refused", ["nonsense", "over"])
def test_a_token_that_does_not_count_is_not_passed_off_as_nobodys(refused: str) -> None:
    with pytest.raises((NotAuthenticated, SessionEnded)):
        ask(refused, "zouping")


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic Zm9v", "clerk", "Bearer clerk clerk"]
)
def test_a_header_that_is_no_bearer_token_is_refused(authorization: str) -> None:
    with pytest.raises(NotAuthenticated):
        asyncio.run(
            authenticate(Edge(), authorization=authorization, district_header=None, host=None, now=NOW)
        )


def test_the_scheme_is_read_in_any_case() -> None:
    caller = asyncio.run(
        authenticate(Edge(), authorization="bearer  clerk", district_header=None, host=None, now=NOW)
    )
    assert caller.principal.kind is PrincipalKind.STAFF


@given(st.text(max_size=60))
def test_whatever_the_host_header_holds_it_is_no_bug(host: str) -> None:
    assert host_name(host) == host_name(host_name(host))
    try:
        ask(host=host)
    except (DistrictUnknown, DistrictSuspended):
        assert host_name(host).endswith(".bangban.example")
