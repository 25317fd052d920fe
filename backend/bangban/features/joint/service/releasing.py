"""多证齐发: results given out together, or part by part where the applicant wants that (DOMAIN D11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Uuid, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.cases.service.loading import load_case
from bangban.features.cases.tables import CaseRow
from bangban.features.joint import rules
from bangban.features.joint.service.applying import file_application
from bangban.features.joint.service.loading import actor_id, load_application, member_of
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import Announcement, ReleaseChoice
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written, together
from bangban.kernel.problems import refused_at
from bangban.kernel.tenancy.work import Work


async def release_results(
    work: Work, *, number: str, in_parts: bool = False, reason: str | None = None
) -> UUID:
    """Give out the results that are there and were not given out.

    ``in_parts`` says that the applicant wants each as it comes from now on. Staff who change the choice give the
    ``reason``, and the applicant is told. Raises as ``load_application``, ``rules.release`` and, where it changes,
    ``rules.word_of_applicant``.
    """
    loaded = await load_application(work, number=number, permission=Permission.BUNDLE_RELEASE)
    row = loaded.row
    choice, ready = rules.release(loaded.members, row.release, in_parts=in_parts)
    by_staff = actor_id(work) is not None
    word = rules.word_of_applicant(reason, by_staff=by_staff and choice is not row.release)
    in_parts_now = choice is ReleaseChoice.IN_PARTS
    await work.run(
        _RELEASE,
        application_id=row.id,
        release=choice,
        released=[each.case_id for each in ready],
        at=work.now,
        freed=[each.case_id for each in (loaded.members if in_parts_now else ready)],
        held=None,
    )
    work.record(
        action=Permission.BUNDLE_RELEASE,
        object=f"bundle-application:{row.number}",
        area_id=row.area_id,
        details={"released": [each.number for each in ready], "release": choice.value, **_said(word)},
    )
    work.announce(Announcement.CHANGED, str(row.id))
    if word is not None:
        work.announce(Announcement.RELEASE_CHOSEN, str(row.id))
    application_id: UUID = row.id
    return application_id


def _said(word: str | None) -> dict[str, str]:
    """The applicant's word as the trail keeps it."""
    return {} if word is None else {"reason": word}


async def issue_together(work: Work, *, numbers: Sequence[str], reason: str | None = None) -> UUID:
    """Put cases that were begun one by one under one number, so that their results are given out together.

    Staff give the ``reason``, and the applicant is told. Raises as ``load_case``, ``rules.join`` and
    ``rules.word_of_applicant``, and Forbidden where the caller may not apply there.
    """
    work.grants.require(Permission.BUNDLE_APPLY)
    names = [each.strip() for each in numbers]
    loaded = []
    for number in sorted(dict.fromkeys(names)):  # locked in an order that everybody keeps
        with refused_at({"input.number": f"input.caseNumbers.{names.index(number)}"}):
            loaded.append(await load_case(work, number=number, one_of=(Permission.CASE_READ,)))
    joined = {row.case_id for row in await work.run(_JOINED, cases=[each.row.id for each in loaded])}
    by_number = {each.row.number: member_of(each, joined=each.row.id in joined) for each in loaded}
    rules.join([by_number[name] for name in names])
    for each in loaded:
        work.grants.require_at(Permission.BUNDLE_APPLY, each.area_path, owned=each.owned)
    word = rules.word_of_applicant(reason, by_staff=actor_id(work) is not None)
    cases = [by_number[name].case_id for name in names]
    await work.run(_HOLD, cases=cases, held=True)
    application_id = await file_application(
        work,
        cases=cases,
        area_id=next(each.row.area_id for each in loaded if each.row.number == names[0]),
        release=ReleaseChoice.TOGETHER,
        record={"issue": "together", **_said(word)},
    )
    if word is not None:
        work.announce(Announcement.RELEASE_CHOSEN, str(application_id))
    return application_id


# ---------------------------------------------------------------------- the statements


def _cases(name: str) -> Given:
    return Given(name, ARRAY(Uuid()))


def _release() -> Written:
    application, member = BundleApplicationRow, BundleMemberRow
    chosen = (
        update(application)
        .where(application.id == Given("application_id", Uuid()))
        .values(release=Given("release", application.__table__.c.release.type))
    )
    given_out = (
        update(member)
        .where(member.case_id == _cases("released").any_())
        .values(released_at=Given("at", DateTime(timezone=True)))
    )
    freed = (
        update(CaseRow)
        .where(CaseRow.id == _cases("freed").any_())
        .values(result_held=Given("held", Boolean()))
    )
    return together({"chosen": chosen, "given_out": given_out, "freed": freed})


_RELEASE: Final = _release()
_HOLD: Final = together(
    {
        "held": update(CaseRow)
        .where(CaseRow.id == _cases("cases").any_())
        .values(result_held=Given("held", Boolean()))
    }
)
_JOINED: Final = Written(
    select(BundleMemberRow.case_id).where(BundleMemberRow.case_id == _cases("cases").any_())
)
