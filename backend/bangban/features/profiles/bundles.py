"""Bundles, guidance and guides to print of a profile: the template's as far as they go here, and the district's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bangban.features.bundles.drafts import BundleDraft, FormField, SharedMaterial
from bangban.features.bundles.rules import ItemFacts, check_bundle
from bangban.features.catalog.drafts import ItemDraft, ItemFault
from bangban.features.guidance.questions import Answer, GuidanceDraft, Node, Words
from bangban.features.guidance.rules import check_guidance
from bangban.features.printed_guides.rules import GuideDraft, PrintableItem, check_guide
from bangban.features.profiles.catalog import PATH_STEP
from bangban.features.profiles.documents import Document
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models import Text
from bangban.features.profiles.models_bundles import BundleFile, BundlesFile, GuidanceFile, PrintedGuideFile
from bangban.features.profiles.profile import Offer, Offers

NONE = Offers()


@dataclass(frozen=True, slots=True)
class Bundles:
    """One bundles file and where its lines are."""

    file: BundlesFile
    document: Document


def build_offers(
    *, template: Bundles | None, own: Bundles | None, items: Iterable[ItemDraft], faults: FaultList
) -> Offers:
    """The district's own, and of the template's what it has the matters for and does not leave out.

    ``items`` are all that the district offers. What is the district's own and faulty is a fault of the profile.
    """
    standard, written = _drafted(template), _drafted(own)
    without = set(own.file.without) if own else set()
    written_codes = {
        "bundles": [each.draft.code for each in written.bundles],
        "guidance": [each.draft.code for each in written.guidance],
        "printed_guides": [each.draft.code for each in written.guides],
    }
    if own is not None:
        _check_codes(own, standard.codes, written_codes, faults)
    offered = list(items)
    facts = facts_of(offered)
    taken = without | written.codes
    kept = fitting(standard, offered, without=taken, beside=written)
    bundles, guidance = (*kept.bundles, *written.bundles), (*kept.guidance, *written.guidance)
    printable = printable_of(offered)
    codes_in_force = {each.draft.code for each in bundles}
    if own is not None:
        for index, bundle in enumerate(written.bundles):
            at = ("bundles", index, bundle.draft.code)
            _report(own, at, check_bundle(bundle.draft, facts), faults)
        for index, guide in enumerate(written.guidance):
            at = ("guidance", index, guide.draft.code)
            _report(own, at, check_guidance(guide.draft, items=facts, bundles=codes_in_force), faults)
        for index, paper in enumerate(written.guides):
            at = ("printed_guides", index, paper.draft.code)
            _report(own, at, check_guide(paper.draft, printable), faults)
    return Offers(bundles=bundles, guidance=guidance, guides=(*kept.guides, *written.guides))


def facts_of(items: Iterable[ItemDraft]) -> dict[str, ItemFacts]:
    """What bundles have to know of items."""
    return {
        item.code: ItemFacts(
            audience=frozenset(item.audience),
            promised_working_days=item.promised_working_days,
            materials=frozenset(each.code for each in item.materials),
        )
        for item in items
    }


def printable_of(items: Iterable[ItemDraft]) -> dict[str, PrintableItem]:
    """What guides to print have to know of items."""
    return {item.code: PrintableItem(kind=item.kind, mobile=item.mobile is not None) for item in items}


def fitting(
    offers: Offers,
    items: Iterable[ItemDraft],
    *,
    without: Collection[str] = (),
    beside: Offers = NONE,
) -> Offers:
    """What of a template's a district has the matters for; ``beside`` is what it offers of its own."""
    offered = list(items)
    facts, printable = facts_of(offered), printable_of(offered)
    bundles = tuple(
        each
        for each in offers.bundles
        if each.draft.code not in without and not check_bundle(each.draft, facts)
    )
    codes = {each.draft.code for each in (*bundles, *beside.bundles)}
    return Offers(
        bundles=bundles,
        guidance=tuple(
            each
            for each in offers.guidance
            if each.draft.code not in without and not check_guidance(each.draft, items=facts, bundles=codes)
        ),
        guides=tuple(
            each
            for each in offers.guides
            if each.draft.code not in without and not check_guide(each.draft, printable)
        ),
    )


def _check_codes(
    own: Bundles, standard: Collection[str], written: Mapping[str, list[str]], faults: FaultList
) -> None:
    document = own.document
    for index, code in enumerate(own.file.without):
        if code not in standard:
            line = document.line(("without", index))
            faults.error(document.path, line, f"模板中没有 {code}。", f"The template has no {code}.")
    for name, codes in written.items():
        for index, code in enumerate(codes):
            if code in codes[:index]:
                line = document.line((name, index))
                faults.error(
                    document.path, line, f"编码 {code} 重复。", f"The code {code} stands here twice."
                )


def _report(own: Bundles, at: tuple[str, int, str], found: Iterable[ItemFault], faults: FaultList) -> None:
    name, index, code = at
    for fault in found:
        steps = tuple(word or int(place) for word, place in PATH_STEP.findall(fault.field))
        line = own.document.line((name, index, *steps))
        faults.error(own.document.path, line, f"{code}:{fault.zh}", f"{code}: {fault.en}")


def _drafted(source: Bundles | None) -> Offers:
    if source is None:
        return Offers()
    start = source.file.effective_from
    return Offers(
        bundles=tuple(
            Offer(draft=_bundle(each, start), provenance=each.provenance) for each in source.file.bundles
        ),
        guidance=tuple(
            Offer(draft=_guidance(each, start), provenance=each.provenance) for each in source.file.guidance
        ),
        guides=tuple(
            Offer(draft=_guide(each, start), provenance=each.provenance)
            for each in source.file.printed_guides
        ),
    )


def _bundle(file: BundleFile, start: date) -> BundleDraft:
    return BundleDraft(
        code=file.code,
        name=file.name,
        name_en=file.name_en,
        kind=file.kind,
        lead_department=file.lead_department,
        items=file.items,
        optional=file.optional,
        fields=tuple(
            FormField(key=each.key, zh=each.label.zh, en=each.label.en, required=each.required)
            for each in file.fields_
        ),
        materials=tuple(
            SharedMaterial(key=each.key, name=each.name, name_en=each.name_en, of=_sorted(each.of))
            for each in file.materials
        ),
        answer_working_days=file.answer_working_days,
        effective_from=file.effective_from or start,
        effective_to=file.effective_to,
        version=file.version,
    )


def _sorted(of: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(of.items()))


def _guidance(file: GuidanceFile, start: date) -> GuidanceDraft:
    return GuidanceDraft(
        code=file.code,
        name=file.name,
        name_en=file.name_en,
        start=file.start,
        nodes=tuple(
            Node(
                key=node.key,
                question=_words(node.question),
                answers=tuple(
                    Answer(
                        key=each.key,
                        label=_words(each.label),
                        next=each.next,
                        item=each.item,
                        bundle=each.bundle,
                        advice=None if each.advice is None else _words(each.advice),
                    )
                    for each in node.answers
                ),
            )
            for node in file.nodes
        ),
        effective_from=file.effective_from or start,
        effective_to=file.effective_to,
        version=file.version,
    )


def _guide(file: PrintedGuideFile, start: date) -> GuideDraft:
    return GuideDraft(
        code=file.code,
        name=file.name,
        name_en=file.name_en,
        codes=file.items,
        kinds=file.kinds,
        effective_from=file.effective_from or start,
        effective_to=file.effective_to,
        version=file.version,
    )


def _words(text: Text) -> Words:
    return Words(zh=text.zh, en=text.en)
