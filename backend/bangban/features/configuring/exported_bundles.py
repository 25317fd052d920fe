"""A district's ``bundles.yaml``: bundles, guidance and guides of its own, and what of the template's it left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from bangban.features.bundles.drafts import BundleDraft
from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.versions import content_of
from bangban.features.guidance.questions import GuidanceDraft, Words
from bangban.features.printed_guides.rules import FrozenGuide, GuideDraft
from bangban.features.profiles.bundles import fitting
from bangban.features.profiles.profile import Offer, Offers
from bangban.features.profiles.values import Provenance

D = TypeVar("D", BundleDraft, GuidanceDraft, GuideDraft)


def bundles_document(
    stored: Offers, standard: Offers, items: Sequence[ItemDraft]
) -> tuple[dict[str, Any] | None, int]:
    """The file's content, None where there is nothing to say, and how many were left out for lack of their matters.

    ``items`` are those that are exported. Template items whose matters the district lacks need no word.
    """
    kept = fitting(stored, items)
    known = fitting(standard, items, beside=kept)
    own = Offers(
        bundles=_own(kept.bundles, known.bundles),
        guidance=_own(kept.guidance, known.guidance),
        guides=_own(kept.guides, known.guides),
    )
    without = sorted(known.codes - kept.codes)
    left = len(stored.dates) - len(kept.dates)
    if not own.dates and not without:
        return None, left
    document: dict[str, Any] = {"effective_from": min(own.dates or known.dates)}
    if own.bundles:
        document["bundles"] = [_bundle(each) for each in own.bundles]
    if own.guidance:
        document["guidance"] = [_guidance(each) for each in own.guidance]
    if own.guides:
        document["printed_guides"] = [_guide(each) for each in own.guides]
    if without:
        document["without"] = without
    return document, left


def offers_of(
    bundles: Iterable[tuple[BundleDraft, str]],
    guidance: Iterable[tuple[GuidanceDraft, str]],
    guides: Iterable[tuple[FrozenGuide, str]],
) -> Offers:
    """What is stored, as a profile has it."""
    return Offers(
        bundles=tuple(Offer(draft=draft, provenance=Provenance(said)) for draft, said in bundles),
        guidance=tuple(Offer(draft=draft, provenance=Provenance(said)) for draft, said in guidance),
        guides=tuple(Offer(draft=draft.as_chosen, provenance=Provenance(said)) for draft, said in guides),
    )


def _own(kept: Sequence[Offer[D]], known: Sequence[Offer[D]]) -> tuple[Offer[D], ...]:
    standard = {each.draft.code: content_of(each.draft) for each in known}
    return tuple(each for each in kept if standard.get(each.draft.code) != content_of(each.draft))


def _common(offer: Offer[D]) -> dict[str, Any]:
    draft = offer.draft
    more = {"effective_to": draft.effective_to} if draft.effective_to else {}
    return {
        "effective_from": draft.effective_from,
        **more,
        "version": draft.version,
        "provenance": offer.provenance,
    }


def _bundle(offer: Offer[BundleDraft]) -> dict[str, Any]:
    draft = offer.draft
    said: dict[str, Any] = {"code": draft.code, "name": draft.name, "name_en": draft.name_en}
    said |= {"kind": draft.kind, "lead_department": draft.lead_department, "items": draft.items}
    said |= {
        "optional": draft.optional,
        "fields": [
            {"key": each.key, "label": {"zh": each.zh, "en": each.en}, "required": each.required}
            for each in draft.fields
        ],
        "materials": [
            _said({"key": each.key, "name": each.name, "name_en": each.name_en, "of": dict(each.of)})
            for each in draft.materials
        ],
        "answer_working_days": draft.answer_working_days,
    }
    return _said(said) | _common(offer)


def _guidance(offer: Offer[GuidanceDraft]) -> dict[str, Any]:
    draft = offer.draft
    nodes = [
        {
            "key": node.key,
            "question": _words(node.question),
            "answers": [
                _said(
                    {
                        "key": each.key,
                        "label": _words(each.label),
                        "next": each.next,
                        "item": each.item,
                        "bundle": each.bundle,
                        "advice": None if each.advice is None else _words(each.advice),
                    }
                )
                for each in node.answers
            ],
        }
        for node in draft.nodes
    ]
    said = {"code": draft.code, "name": draft.name, "name_en": draft.name_en, "start": draft.start}
    return _said(said | {"nodes": nodes}) | _common(offer)


def _guide(offer: Offer[GuideDraft]) -> dict[str, Any]:
    draft = offer.draft
    said = {"code": draft.code, "name": draft.name, "name_en": draft.name_en}
    return _said(said | {"items": draft.codes, "kinds": draft.kinds}) | _common(offer)


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {name: value for name, value in values.items() if value not in (None, (), [])}
