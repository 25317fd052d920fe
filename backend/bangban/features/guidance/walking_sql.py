"""The way along a version's questions as one SQL statement; ``rules.walk`` does the same in Python."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    column,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.guidance.tables import GuidanceRow


def walked(
    code: ColumnElement[Any],
    version: ColumnElement[Any] | None,
    answers: ColumnElement[Any] | None,
    today: ColumnElement[Any],
) -> FromClause:
    """The version of ``code`` with where the answers lead: at most one row.

    Without ``version`` it is the one in force today; whoever began with an older one names it. ``node`` is the question
    that comes next, ``chosen`` the last answer: it is the end where there is no next question. No row where the
    answers do not fit.
    """
    asked = asked_version(code, version, today).cte("asked", nesting=True)
    nothing = cast(null(), JSONB())
    if answers is None:
        first = func.jsonb_extract_path(asked.c.nodes, asked.c.start, type_=JSONB())
        return select(asked, first.label("node"), nothing.label("chosen")).subquery("walked")
    given = func.unnest(answers).table_valued("key", with_ordinality="place", name="given").render_derived()
    steps = select(
        literal(0, BigInteger()).label("step"), asked.c.start.label("at"), nothing.label("chosen")
    ).cte("steps", recursive=True, nesting=True)
    chosen = func.jsonb_extract_path(asked.c.nodes, steps.c.at, "ways", given.c.key, type_=JSONB())
    steps = steps.union_all(
        select(steps.c.step + 1, func.jsonb_extract_path_text(chosen, "next", type_=Text()), chosen)
        .select_from(steps.join(given, given.c.place == steps.c.step + 1).join(asked, literal(True)))
        .where(chosen.is_not(None))
    )
    node = func.jsonb_extract_path(asked.c.nodes, steps.c.at, type_=JSONB())
    return (
        select(asked, node.label("node"), steps.c.chosen)
        .select_from(steps.join(asked, literal(True)))
        .where(steps.c.step == func.cardinality(answers))
        .subquery("walked")
    )


def asked_version(
    code: ColumnElement[Any], version: ColumnElement[Any] | None, today: ColumnElement[Any]
) -> Select[Any]:
    """The version that is meant: the one in force today, or the one that is named; at most one row."""
    row = GuidanceRow.__table__.alias("guided")
    in_force = and_(
        row.c.effective_from <= today, or_(row.c.effective_to.is_(None), row.c.effective_to > today)
    )
    which = in_force if version is None else row.c.version == version
    return select(row).where(row.c.code == code, which).order_by(row.c.version.desc()).limit(1)


def endings(asked: FromClause) -> FromClause:
    """Every end of the questions of a version, in the order in which they are written; ``key`` as ``Ending`` has it."""
    each = func.jsonb_each(asked.c.nodes).table_valued("key", column("value", JSONB))
    node = each.render_derived(name="node")
    written = func.jsonb_array_elements(node.c.value["answers"])
    answer = written.table_valued(column("value", JSONB), with_ordinality="place").render_derived(
        name="answer"
    )
    said = answer.c.value
    return (
        select(
            asked.c.id.label("guidance_id"),
            node.c.key.concat("/").concat(said["key"].astext).label("key"),
            node.c.value["place"].label("question_place"),
            answer.c.place,
            node.c.value["question"].label("question"),
            said["label"].label("label"),
            said["item"].astext.label("item"),
            said["bundle"].astext.label("bundle"),
        )
        .select_from(asked.join(node, true()).join(answer, true()))
        .where(not_(said.has_key("next")))
        .subquery("ending")
    )
