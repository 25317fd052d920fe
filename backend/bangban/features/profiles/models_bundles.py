"""The shape of ``bundles.yaml``: what is built on matters: bundles, questions that lead to both, guides to print."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bangban.features.bundles.values import BundleKind
from bangban.features.catalog.values import ServiceKind
from bangban.features.profiles.days import Day
from bangban.features.profiles.models import Strict, Text, Words
from bangban.features.profiles.models_services import Line
from bangban.features.profiles.values import Provenance

# Codes, counts and ways are left to the rules of bundles and guidance, which explain them better.
Map = Annotated[dict[str, Line], Field(description="Item code → what the item calls the paper.")]


class FormFieldFile(Strict):
    """A line of the shared form."""

    key: Line
    label: Text
    required: bool = True


class SharedMaterialFile(Strict):
    """A paper that is given once."""

    key: Line
    name: Line
    name_en: Words | None = None
    of: Map


class BundleFile(Strict):
    """A whole bundle. ``answer_working_days`` is of confirmations only."""

    code: Line
    name: Line
    name_en: Words | None = None
    kind: BundleKind = BundleKind.MATTERS
    lead_department: Line
    items: tuple[Line, ...]
    optional: tuple[Line, ...] = ()
    fields_: tuple[FormFieldFile, ...] = Field((), alias="fields")
    materials: tuple[SharedMaterialFile, ...] = ()
    answer_working_days: int | None = None
    effective_from: Day | None = Field(None, description="Left out: the file's effective_from.")
    effective_to: Day | None = None
    version: int = 1
    provenance: Provenance = Field(
        Provenance.SAMPLE,
        description="Who named the bundle; codes, forms and papers are sample in either case.",
    )


class AnswerFile(Strict):
    """An answer: exactly one of ``next``, ``item``, ``bundle``, ``advice``."""

    key: Line
    label: Text
    next: Line | None = None
    item: Line | None = None
    bundle: Line | None = None
    advice: Text | None = None


class NodeFile(Strict):
    """A question with its answers, in their order."""

    key: Line
    question: Text
    answers: tuple[AnswerFile, ...]


class GuidanceFile(Strict):
    """Questions that lead to a matter; they begin with ``start``."""

    code: Line
    name: Line
    name_en: Words | None = None
    start: Line
    nodes: tuple[NodeFile, ...]
    effective_from: Day | None = Field(None, description="Left out: the file's effective_from.")
    effective_to: Day | None = None
    version: int = 1
    provenance: Provenance = Provenance.SAMPLE


class PrintedGuideFile(Strict):
    """A guide to print: ``items`` in their order, or all of ``kinds`` that can be done on a phone, or simply all."""

    code: Line
    name: Line
    name_en: Words | None = None
    items: tuple[Line, ...] = ()
    kinds: tuple[ServiceKind, ...] = ()
    effective_from: Day | None = Field(None, description="Left out: the file's effective_from.")
    effective_to: Day | None = None
    version: int = 1
    provenance: Provenance = Provenance.SAMPLE


class BundlesFile(Strict):
    """``bundles.yaml``; what has a code of the template's takes the place of the template's."""

    effective_from: Day = Field(description="Holds for everything that gives no date of its own.")
    bundles: tuple[BundleFile, ...] = ()
    guidance: tuple[GuidanceFile, ...] = ()
    printed_guides: tuple[PrintedGuideFile, ...] = ()
    without: tuple[str, ...] = Field(
        (), description="Codes of the template's that this district does not offer."
    )
