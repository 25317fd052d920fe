"""Who asks, in which district: token, header and host name, and what happens when they disagree."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.web.edges import NOW, TOKENS, Edge, ask

from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.problems import (
    DistrictMismatch,
    DistrictSuspended,
    DistrictUnknown,
    NotAuthenticated,
    SessionEnded,
)
from bangban.web.auth import authenticate, host_name


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
