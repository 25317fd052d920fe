"""A district's texts in the API: what can be read."""

from __future__ import annotations

from typing import Final

import strawberry
from sqlalchemy import BigInteger, Text, cast, func, select, true
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.messenger.own_texts import SETTING
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows
from bangban.kernel.tenancy.tables import ProfileRow

SHIPPED_WORDINGS: Final = "shipped_wordings"
"""The name under which statements bind ``rules.shipped_wordings``."""


@reads()
@strawberry.type(description="The text of a message in one language 消息用语.")
class Wording:
    template: str = column("Which message, such as case_accepted 消息模板.")
    language: str = column("zh-CN or en 语言.")
    own: str | None = column("The district's own text; null where the shipped one is used 本地用语.")
    shipped: str = column("The text that comes with the platform 内置用语.")
    placeholders: list[str] = column("What stands in braces in the text; all of them must 占位符.")


def _wordings(root: Rows) -> Pick:
    texts = cast(root.request.bind(SHIPPED_WORDINGS, Text()), JSONB)
    value = (
        func.jsonb_array_elements(texts)
        .table_valued(sql_column("value", JSONB))
        .render_derived(name="text")
        .c.value
    )
    profile = ProfileRow.__table__.alias("worded")
    own = select(profile.c.settings[SETTING]).scalar_subquery()
    drawn = select(
        value["template"].astext.label("template"),
        value["language"].astext.label("language"),
        value["shipped"].astext.label("shipped"),
        value["placeholders"].label("placeholders"),
        func.jsonb_extract_path_text(own, value["template"].astext, value["key"].astext, type_=Text()).label(
            "own"
        ),
        cast(value["place"].astext, BigInteger).label("place"),
    ).subquery("wordings")
    return Pick(true(), (drawn.c.place,), drawn=drawn)


@strawberry.type
class WordingQuery:
    wordings: list[Wording] = many(
        "The texts of the district's messages 消息用语.", _wordings, requires=Permission.WORDING_MANAGE
    )
