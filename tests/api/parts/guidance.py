"""Questions that lead to a matter, as the API's common tests need to know them."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from tests.api.access_world import ITEM, SINCE, World
from tests.api.casework import PERMIT, Desk, applied, mutation_of
from tests.api.clients import Client
from tests.api.shapes import AREA, DISTRICT, OFFICE, Attempt, Part, Root, Step

from bangban.features.guidance.drafts import values_of
from bangban.features.guidance.questions import Answer, GuidanceDraft, Node, Words
from bangban.features.guidance.service import publish_guidance
from bangban.features.guidance.tables import GuidanceRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

GUIDE: Final = "SAMPLE-GUIDE"
SAID: Final = {"zh": "样本问题", "en": "A sample question"}
_numbers = count(1)


def guide(item: str) -> GuidanceDraft:
    """Two questions, and two ways to this matter."""
    words = Words(**SAID)
    return GuidanceDraft(
        code=GUIDE,
        name="样本引导",
        start="first",
        nodes=(
            Node(
                key="first",
                question=words,
                answers=(
                    Answer(key="further", label=words, next="second"),
                    Answer(key="at-once", label=words, item=item),
                ),
            ),
            Node(
                key="second",
                question=words,
                answers=(Answer(key="this", label=words, item=item),),
            ),
        ),
        effective_from=SINCE,
    )


async def _fill(work: Work, world: World) -> None:
    draft = guide(ITEM)
    world.marks["guidance"] = draft.code
    work.db.add(
        GuidanceRow(
            id=new_id(),
            code=draft.code,
            version=1,
            effective_from=draft.effective_from,
            **values_of(draft),
        )
    )
    await work.db.flush()


def asked(desk: Desk) -> dict[str, Any]:
    """What follows the first answer in the desk's district."""
    desk.inside(lambda work: publish_guidance(work, [(guide(PERMIT), "sample")]))
    return {"code": GUIDE, "version": 1, "answers": ["further"]}


def led(client: Client, desk: Desk, area: str, *answers: str, **more: Any) -> str:
    """The number of a case that was applied for after these answers."""
    way = {"code": GUIDE, "version": 1, "answers": list(answers)}
    return applied(client, desk.area(area), guidance=way, **more)


def _publish(desk: Desk) -> Step:
    given = {
        "code": f"SAMPLE-GUIDE-{next(_numbers)}",
        "name": "样例引导",
        "start": "first",
        "nodes": [
            {"key": "first", "question": SAID, "answers": [{"key": "yes", "label": SAID, "item": PERMIT}]}
        ],
    }
    return desk.staff("admin"), given


PART = Part(
    roots={
        "Query.guidance": Root(
            DISTRICT,
            'query($c: String!) { guidance(code: $c, answers: ["further"]) { code question { text } } }',
            lambda world: {"c": world.marks["guidance"]},
        ),
        "Query.guidanceHits": Root(
            AREA,
            "query($c: String!) { guidanceHits(code: $c) { key begun } }",
            lambda world: {"c": world.marks["guidance"]},
            caller="leader",
            wrong_area="DATA",  # of the whole district
        ),
        "Query.guidances": Root(DISTRICT, "{ guidances(first: 100) { edges { node { code } } } }"),
        "Mutation.publishGuidance": Root(
            OFFICE,
            mutation_of("publishGuidance", "code"),
            lambda _: {"input": {"code": GUIDE, "name": "样例", "start": "none", "nodes": [], "basedOn": 99}},
            ("CONFLICT",),
            "admin",
        ),
    },
    attempts={
        Permission.GUIDANCE_READ: Attempt("{ guidances { totalCount } }", {}),
        Permission.INDICATORS_READ: Attempt('{ guidanceHits(code: "SAMPLE-GUIDE") { key } }', {}),
    },
    bounds={"Guidance": 1, "GuidanceHits": 1, "Guidances": 1, "PublishGuidance": 7},
    steps={"PublishGuidance": _publish},
    variables={"Guidance": asked, "GuidanceHits": lambda _: {"code": GUIDE}},
    logins={"GuidanceHits": "leader"},
    fill=_fill,
)
