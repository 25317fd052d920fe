"""Sample applicants are valid and nobody's; every sample district has an account for each role it uses."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bangban.features.catalog.values import Audience
from bangban.features.demo.service import read_profiles
from bangban.features.demo.words import sample_applicant
from bangban.features.profiles.profile import Profile
from bangban.kernel.access.roles import Role
from bangban.kernel.identifiers import normalise_phone, require_identity
from bangban.kernel.levels import AreaLevel

TENANTS = Path(__file__).parents[4] / "tenants"
PROFILES = {profile.slug: profile for profile in read_profiles(TENANTS)}
HELPED_AT = (AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID)


@pytest.mark.parametrize("kind", Audience)
def test_sample_applicants_are_valid_and_of_no_place(kind: Audience) -> None:
    seen = set()
    for n in range(300):
        applicant = sample_applicant("sample", kind, n)
        require_identity(
            kind.value, applicant.identity_number, today=dt.date(2026, 11, 21), fields=("identityNumber",)
        )
        assert "999999" in applicant.identity_number[:8]
        assert normalise_phone(applicant.phone).startswith("154")
        seen.add((applicant.identity_number, applicant.phone))
    assert len(seen) == 300


def test_a_firm_says_that_it_is_a_sample() -> None:
    assert sample_applicant("sample", Audience.LEGAL_ENTITY, 3).name.startswith("样例")


def test_there_are_eight_sample_districts() -> None:
    assert len(PROFILES) == 8


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_sample_district_has_an_account_for_each_role(profile: Profile) -> None:
    levels = {area.key: area.level for area in profile.areas}
    held = {
        (duty.role, levels[duty.area])
        for person in profile.staff
        if person.login
        for duty in person.assignments
    }
    roles = {role for role, _ in held}
    assert {Role.ADMIN, Role.DISPATCHER, Role.WINDOW_CLERK, Role.SUPERVISOR, Role.AUDITOR} <= roles
    assert {level for level in HELPED_AT if level in profile.levels} <= {
        level for role, level in held if role is Role.HELPER
    }
