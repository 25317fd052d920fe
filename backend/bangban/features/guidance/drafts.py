"""Drafts of guidance as rows, and rows as drafts; always the same for the same questions.

Stored for reading along a way: a question by its key, and what an answer leads to by the answer's key.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bangban.features.guidance.questions import Answer, GuidanceDraft, Node, Words


def values_of(draft: GuidanceDraft) -> dict[str, Any]:
    """The columns of a version, but for its code, number and dates."""
    return {
        "name": draft.name,
        "name_en": draft.name_en,
        "start": draft.start,
        "nodes": {
            node.key: {
                "place": place,
                "question": asdict(node.question),
                "answers": [_answer(each) for each in node.answers],
                "ways": {each.key: _answer(each) for each in node.answers},
            }
            for place, node in enumerate(draft.nodes)
        },
    }


def draft_of(row: Any) -> GuidanceDraft:
    """The draft that made a version."""
    return GuidanceDraft(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        start=row.start,
        nodes=tuple(
            Node(
                key=key,
                question=Words(**node["question"]),
                answers=tuple(_read(each) for each in node["answers"]),
            )
            for key, node in sorted(row.nodes.items(), key=lambda pair: pair[1]["place"])
        ),
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        version=row.version,
    )


def _answer(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in asdict(answer).items() if value is not None}


def _read(stored: dict[str, Any]) -> Answer:
    advice = stored.get("advice")
    return Answer(
        key=stored["key"],
        label=Words(**stored["label"]),
        next=stored.get("next"),
        item=stored.get("item"),
        bundle=stored.get("bundle"),
        advice=None if advice is None else Words(**advice),
    )
