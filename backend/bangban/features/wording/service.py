"""A district words its messages 消息用语."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.people.keeping import check_language
from bangban.features.wording.rules import check_text, get_template, samples_for, with_text
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.messenger.own_texts import SETTING, key_of, render
from bangban.kernel.messenger.shipped import shipped_text
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True)
class Worded:
    """A text as it is now, or would be, with sample facts in it. ``own`` is None for the shipped one."""

    template: str
    language: str
    own: str | None
    shipped: str
    preview: str
    applied: bool


async def set_wording(
    work: Work, *, template: str, language: str, text: str | None, apply: bool = True
) -> Worded:
    """Word a message of the district in one language; with no text, as it is shipped. ``apply``: or only try it.

    Raises Forbidden, ``TemplateUnknown``, ``LanguageUnknown``, and as ``check_text``.
    """
    work.grants.require(Permission.WORDING_MANAGE)
    chosen, spoken = get_template(template), check_language(language)
    words = None if text is None else check_text(chosen, text)
    if apply:
        stored = await work.db.scalar(select(ProfileRow.settings).with_for_update()) or {}
        before = stored.get(SETTING) or {}
        after = with_text(before, chosen, spoken, words)
        if after != before:
            settings = ProfileRow.settings.op("||", return_type=JSONB())({SETTING: after})
            await work.db.execute(update(ProfileRow).values(settings=settings))
            work.record(
                action=Permission.WORDING_MANAGE,
                object=f"wording:{chosen.value}",
                details={"language": spoken, "own": words is not None},
            )
            work.announce("registry.changed", "")
    own = {} if words is None else {chosen.value: {key_of(spoken): words}}
    return Worded(
        template=chosen.value,
        language=spoken,
        own=words,
        shipped=shipped_text(chosen, spoken),
        preview=render(chosen, spoken, own=own, **samples_for(chosen, work.district.brand)),
        applied=apply,
    )
