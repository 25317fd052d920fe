"""A district's own texts, and the language of a resident."""

from __future__ import annotations

from tests.api.casework import fresh, mutation_of
from tests.api.shapes import AREA, OFFICE, Attempt, Part, Root

from bangban.kernel.access.vocabulary import Permission

TEXT = "【{brand}】{item}（{number}）已办结"
_WORDING = {"template": "case_completed", "language": "zh-CN"}
_TRIED = mutation_of("setWording", "preview applied")

PART = Part(
    roots={
        "Query.wordings": Root(OFFICE, "{ wordings { template own } }", caller="admin"),
        "Mutation.setWording": Root(
            OFFICE,
            _TRIED,
            lambda _: {"input": {**_WORDING, "text": "{nothing}"}},
            ("INVALID_INPUT",),
            "admin",
        ),
        # Refused by the rule behind access, whoever's language it would be.
        "Mutation.setMyLanguage": Root(
            AREA,
            mutation_of("setMyLanguage", "language"),
            lambda _: {"input": {"language": "tlh"}},
            ("INVALID_INPUT",),
            "resident",
            wrong_area="INVALID_INPUT",
        ),
    },
    attempts={Permission.WORDING_MANAGE: Attempt(_TRIED, {"input": {**_WORDING, "text": TEXT}})},
    bounds={"Wordings": 1, "SetWording": 5, "SetMyLanguage": 4},
    steps={
        "SetWording": lambda desk: (
            desk.staff("admin"),
            {**_WORDING, "text": f"{TEXT}{fresh()}", "apply": True},
        ),
        "SetMyLanguage": lambda desk: (desk.resident(7), {"language": ("en", "zh-CN")[fresh() % 2]}),
    },
    logins={"Wordings": "admin"},
)
