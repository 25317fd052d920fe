"""What an application to join must be. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bangban.features.districts.problems import ApplicationFault, ApplicationFaulty
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.identifiers.phone import find_phone
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.names import SLUG_PATTERN

DIVISION_CODE = re.compile(r"[1-9][0-9]{5}")
# Local part, one @, a domain with a dot: enough to catch a slip; whether it exists shows when it is used.
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,31}")
LONGEST_NAME = 100
# Slugs that would read as something of the platform's own in an address.
RESERVED_SLUGS = frozenset({"admin", "api", "graphql", "platform", "template", "tenant", "www"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """What an applicant states (the contract's ``ApplyForOnboardingInput``)."""

    slug: str
    name: str
    division_code: str | None = None
    contact_name: str = field(repr=False)
    contact_phone: str = field(repr=False)
    contact_email: str = field(repr=False)
    admin_login: str
    template: str = "county"
    levels: tuple[AreaLevel, ...] = (AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID)
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who goes through without an operator: everybody, nobody, or those with certain division codes."""

    required: bool = False
    codes: frozenset[str] = frozenset()

    def waived(self, division_code: str | None, *, served: bool) -> bool:
        """Whether an application goes through by itself.

        A pre-approved code is for the first who comes with it: once it is ``served``, an operator looks.
        """
        if self.codes:
            return division_code in self.codes and not served
        return not self.required


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms districts join this installation (``BANGBAN_ONBOARDING_…``)."""

    approval: Approval = Approval()
    code_lifetime: timedelta = timedelta(minutes=10)
    unverified_lifetime: timedelta = timedelta(hours=2)
    address_daily: int = 30


def check_application(application: Application, *, templates: Collection[str]) -> Application:
    """The application with its texts trimmed and its phone normalised.

    Raises ``ApplicationFaulty`` with every fault.
    """
    trimmed = replace(
        application,
        slug=application.slug.strip(),
        name=application.name.strip(),
        division_code=(application.division_code or "").strip() or None,
        contact_name=application.contact_name.strip(),
        contact_phone=find_phone(application.contact_phone) or "",
        contact_email=application.contact_email.strip(),
        admin_login=application.admin_login.strip(),
        brand=(application.brand or "").strip() or application.name.strip(),
        levels=tuple(application.levels),
    )
    faults = tuple(_faults(trimmed, templates))
    if faults:
        raise ApplicationFaulty(faults)
    return trimmed


def _faults(application: Application, templates: Collection[str]) -> Iterator[ApplicationFault]:
    slug = application.slug  # a label of host names, which ends in no hyphen
    if not SLUG_PATTERN.fullmatch(slug) or slug.endswith("-") or slug in RESERVED_SLUGS:
        yield ApplicationFault(
            "slug",
            "地区标识由 2 至 30 个小写字母、数字或连字符组成,以字母开头,不以连字符结尾,且不能是保留字。",
            "A slug is 2 to 30 letters a–z, digits or hyphens; it starts with a letter, ends in no hyphen and is not "
            "reserved.",
        )
    for name, value, zh, en in (
        ("name", application.name, "地区名称", "name of the district"),
        # Left out, it is the name, which is judged once.
        (
            "brand",
            "-" if application.brand == application.name else application.brand or "",
            "服务品牌",
            "brand",
        ),
        ("contactName", application.contact_name, "联系人姓名", "contact's name"),
    ):
        if shown_name(value) is None or len(value) > LONGEST_NAME:
            yield ApplicationFault(
                name,
                f"{zh}应为 1 至 {LONGEST_NAME} 个字,不含换行和不可见字符。",
                f"The {en} has 1 to {LONGEST_NAME} characters, on one line and without invisible ones.",
            )
    if application.division_code is not None and not DIVISION_CODE.fullmatch(application.division_code):
        yield ApplicationFault(
            "divisionCode",
            "区划代码为 6 位数字,不以 0 开头;没有代码的功能区请留空。",
            "A division code has 6 digits and begins with no 0; a zone that has none leaves it out.",
        )
    if not application.contact_phone:
        yield ApplicationFault(
            "contactPhone",
            "电话号码有误:请填写 11 位手机号码,或带区号的固定电话。",
            "Give an 11-digit mobile number, or a landline with its area code.",
        )
    if len(application.contact_email) > 254 or not EMAIL.fullmatch(application.contact_email):
        yield ApplicationFault("contactEmail", "电子邮箱有误。", "This is not an e-mail address.")
    if not LOGIN.fullmatch(application.admin_login):
        yield ApplicationFault(
            "adminLogin",
            "管理员登录名由 3 至 32 个小写字母、数字、点、下划线或连字符组成,以字母开头。",
            "The administrator's login has 3 to 32 lower-case letters, digits, dots, underscores or hyphens, "
            "and starts with a letter.",
        )
    if application.template not in templates:
        yield ApplicationFault(
            "template", f"没有模板“{application.template}”。", f"There is no template {application.template}."
        )
    if not application.levels or application.levels != tuple(AreaLevel)[: len(application.levels)]:
        yield ApplicationFault(
            "levels",
            "层级应从 COUNTY 开始逐级列出,不能跳级或重复。",
            "Levels start at COUNTY and follow one another without gap or repetition.",
        )
