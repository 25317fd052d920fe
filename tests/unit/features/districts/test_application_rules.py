"""What an application must be, every fault named at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bangban.features.districts.contact import Contact, open_contact, phone_subject, seal_contact
from bangban.features.districts.platform import SET_UP, PlatformGrants
from bangban.features.districts.problems import ApplicationFaulty
from bangban.features.districts.rules import Application, check_application
from bangban.features.districts.templates import number_prefix
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Forbidden
from bangban.kernel.vault import KeyRing, MasterKey, SealBroken

GOOD = Application(
    slug="sample-city",
    name=" 样例市 ",
    division_code="999999",
    contact_name="样例人",
    contact_phone="138 0013 8000",
    contact_email="contact@example.org",
    admin_login="sample.admin",
)


def test_a_good_application_is_trimmed_and_its_phone_normalised() -> None:
    checked = check_application(GOOD, templates={"county"})
    assert (checked.name, checked.brand, checked.contact_phone) == ("样例市", "样例市", "13800138000")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "Sample"}, "slug"),
        ({"slug": "1sample"}, "slug"),
        ({"slug": "graphql"}, "slug"),
        ({"slug": "d-"}, "slug"),
        ({"name": "  "}, "name"),
        ({"division_code": "12345"}, "divisionCode"),
        ({"division_code": "000000"}, "divisionCode"),
        ({"contact_phone": "12345"}, "contactPhone"),
        ({"contact_email": "nobody"}, "contactEmail"),
        ({"admin_login": "A B"}, "adminLogin"),
        ({"template": "moon"}, "template"),
        ({"levels": ()}, "levels"),
        ({"levels": (AreaLevel.TOWN,)}, "levels"),
        ({"levels": (AreaLevel.COUNTY, AreaLevel.VILLAGE)}, "levels"),
        ({"levels": (AreaLevel.COUNTY, AreaLevel.COUNTY)}, "levels"),
    ],
)
def test_each_fault_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ApplicationFaulty) as refusal:
        check_application(replace(GOOD, **changes), templates={"county"})
    assert refusal.value.fields == (f"input.{field}",)


def test_all_faults_are_named_at_once() -> None:
    bad = replace(GOOD, slug="!", contact_email="", levels=())
    with pytest.raises(ApplicationFaulty) as refusal:
        check_application(bad, templates={"county"})
    assert refusal.value.fields == ("input.slug", "input.contactEmail", "input.levels")


def test_contacts_open_after_a_rotation_and_under_no_other_key() -> None:
    ring = KeyRing(MasterKey.fresh())
    contact = Contact(name="样例人", phone="13800138000", email="contact@example.org")
    sealed = seal_contact(ring, contact)
    assert b"13800138000" not in sealed
    assert open_contact(ring.rotated(), sealed) == contact
    with pytest.raises(SealBroken):
        open_contact(KeyRing(MasterKey.fresh()), sealed)
    assert phone_subject(ring, "13800138000") == phone_subject(ring, "13800138000")


def test_the_platform_sets_up_and_reads_nobodys_cases() -> None:
    grants = PlatformGrants()
    for permission in SET_UP:
        assert grants.require(permission).whole
    for permission in (Permission.CASE_READ, Permission.CASE_REVEAL, Permission.AUDIT_READ):
        with pytest.raises(Forbidden):
            grants.require(permission)


@pytest.mark.parametrize(("slug", "prefix"), [("sample-city", "SAMPLE"), ("a1", "AX"), ("zb-2", "ZB")])
def test_numbers_begin_with_letters_of_the_slug(slug: str, prefix: str) -> None:
    assert number_prefix(slug) == prefix
