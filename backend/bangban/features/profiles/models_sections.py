"""Sections of ``district.yaml``: what the parts of the product let a district decide, each under its own key.

What a section leaves out is as its part has it by default. A section is stored in the district's settings under
its key, as it was read, and given back by an export. A new part adds a line to ``Sections``.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from bangban.features.profiles.messages import complaint
from bangban.features.profiles.models import Strict
from bangban.features.profiles.models_assistance import AssistanceFile
from bangban.features.profiles.models_bookings import BookingsFile
from bangban.features.profiles.models_hall import HallFile
from bangban.features.profiles.models_orders import OrdersFile
from bangban.features.profiles.models_places import NetworkFile
from bangban.features.profiles.models_representing import ContactsFile, ProxyFile
from bangban.features.profiles.models_seal import SealFile
from bangban.kernel.messenger.own_texts import LONGEST, PLATFORMS_OWN, TextFault, find_fault
from bangban.kernel.messenger.templates import Template

Days = Annotated[int, Field(ge=180, le=36_500)]  # not sooner than disputes about a decision are over


class RetentionFile(Strict):
    """For how long people's data is kept (DOMAIN 3.15), in days."""

    case_days: Days | None = Field(None, description="From a case's end until its applicant is erased.")
    account_days: Days | None = Field(None, description="Until an account without any case is erased.")


_WorkingDays = Annotated[int, Field(ge=1, le=30)]


class SupervisionFile(Strict):
    """When people are warned (DOMAIN B04, D10). The thresholds of the lights are the same everywhere.

    What is late is found on the day after the last working day named here.
    """

    promise_warning_days: Annotated[int, Field(ge=0, le=30)] | None = Field(
        None, description="Days before the end of a tolerance promise on which its applicant is reminded."
    )
    acceptance_working_days: Annotated[int, Field(ge=1, le=5)] | None = Field(
        None, description="To accept, decline or tell what is missing; the law's five at most (B03)."
    )
    answer_warning_working_days: _WorkingDays | None = Field(
        None,
        description="Before a department's confirmation is due on which it is warned (D16); left out: 1.",
    )
    papers_working_days: _WorkingDays | None = Field(
        None, description="Until papers that were taken below are forwarded (C09); left out: 1."
    )
    order_working_days: _WorkingDays | None = Field(
        None, description="Until a claimed order that nobody works on goes to the lead (C06); left out: 1."
    )
    order_supervised_working_days: _WorkingDays | None = Field(
        None, description="Until it goes to the supervisors, too; left out: 2."
    )
    fault_working_days: _WorkingDays | None = Field(
        None, description="Until a terminal's fault is mended (F02); left out: 1."
    )
    volunteer_working_days: _WorkingDays | None = Field(
        None, description="Until a volunteer is let in or not (C17); left out: 3."
    )
    post_warning_days: Annotated[int, Field(ge=0, le=90)] | None = Field(
        None,
        description="Days before a post ends by which what its holder has is to be moved (C12); left out: 7.",
    )


class WordingFile(Strict):
    """A message in the district's own words; a language that is left out is as shipped."""

    zh: str | None = None
    en: str | None = None


_UNUSABLE: Final = {
    TextFault.LENGTH: (f"应有 1 至 {LONGEST} 字", f"it must have 1 to {LONGEST} characters"),
    TextFault.FORM: (
        "含有不可见字符,或花括号里不是占位符",
        "it holds characters that cannot be seen, or braces around something else than a placeholder",
    ),
    TextFault.UNKNOWN: ("此消息没有占位符 ", "the message has no placeholder "),
    TextFault.MISSING: ("缺少占位符 ", "it lacks the placeholder "),
}
"""What is wrong with a text, in Chinese and in English; the placeholders that are concerned follow."""


def _all_usable(texts: dict[str, WordingFile]) -> dict[str, WordingFile]:
    for name, text in texts.items():
        if name not in tuple(Template) or Template(name) in PLATFORMS_OWN:
            raise complaint(f"没有可自定的消息“{name}”。", f"There is no message {name!r} of a district's.")
        for said in (text.zh, text.en):
            fault = None if said is None else find_fault(Template(name), said)
            if fault is not None:
                zh, en = _UNUSABLE[fault[0]]
                named = [f"{{{placeholder}}}" for placeholder in fault[1]]
                raise complaint(
                    f"消息“{name}”的内容不可用:{zh}{'、'.join(named)}。",
                    f"The text for {name!r} cannot be used: {en}{', '.join(named)}.",
                )
    return texts


Wordings = Annotated[dict[str, WordingFile], AfterValidator(_all_usable)]


class ReceiptsFile(Strict):
    """Addresses of the portal's that papers print."""

    check_address: (
        Annotated[str, Field(pattern=r"^https://[^\s{}]+\{code\}[^\s{}]*$", max_length=200)] | None
    ) = Field(None, description="The portal's page where a paper is checked; {code} stands for its code.")
    service_page: (
        Annotated[str, Field(pattern=r"^https://[^\s{}]+\{code\}[^\s{}]*$", max_length=200)] | None
    ) = Field(
        None,
        description="The portal's page of a matter; {code} stands for its code. Guides to print "
        "lead there where an app has links of its own kind.",
    )


class Sections(Strict):
    """Each may be left out: the template's holds then, or the part's own defaults."""

    assistance: AssistanceFile | None = Field(
        None, description="Hand-overs, transfers, banned phrases and what follows what."
    )
    bookings: BookingsFile | None = Field(None, description="Which points take bookings, and how many.")
    receipts: ReceiptsFile | None = Field(None, description="Addresses of the portal's that papers print.")
    retention: RetentionFile | None = Field(None, description="For how long people's data is kept.")
    supervision: SupervisionFile | None = Field(None, description="When people are warned.")
    wording: Wordings | None = Field(None, description="Messages in the district's own words.")
    hall: HallFile | None = Field(None, description="How halls work.")
    orders: OrdersFile | None = Field(None, description="Orders that helpers take, and service cards.")
    contacts: ContactsFile | None = Field(None, description="How often the contact book is looked over.")
    proxy: ProxyFile | None = Field(None, description="What may be recorded of online steps for residents.")
    seal: SealFile | None = Field(None, description="The one seal under which results go out.")
    network: NetworkFile | None = Field(None, description="How reach and conformance are reckoned.")


SECTIONS: Final = tuple(Sections.model_fields)
"""Their keys, in ``district.yaml`` and in the district's settings alike."""


def sections_of(file: Sections, *, standard: Sections | None = None) -> dict[str, Any]:
    """The sections that are given, each as plain JSON of what it says; from ``standard`` where left out."""
    given = {**_said(standard), **_said(file)}
    return {key: given[key] for key in SECTIONS if key in given}


def section_as_read(key: str, stored: Any) -> dict[str, Any]:
    """A stored section in the order in which its shape states it, since JSONB keeps none."""
    found = Sections.model_validate({key: stored})
    return found.model_dump(mode="json", exclude_unset=True, exclude_none=True).get(key) or {}


def _said(file: Sections | None) -> dict[str, Any]:
    if file is None:
        return {}
    return file.model_dump(mode="json", include=set(SECTIONS), exclude_unset=True, exclude_none=True)
