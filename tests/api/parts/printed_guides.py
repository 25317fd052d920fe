"""Guides to print, as the API's common tests need to know them."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from tests.api.access_world import SINCE, World
from tests.api.casework import Desk, mutation_of
from tests.api.shapes import DISTRICT, OFFICE, Part, Root, Step

from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

GUIDE: Final = "SAMPLE-PALM"
LINK: Final = "https://palm.example/first?from=paper&lang=zh"
STEPS: Final = ["打开应用并登录", "按提示填写"]
PUBLISH_ITEM: Final = (
    "mutation($input: ServiceItemInput!) { publishServiceItem(input: $input) { code effectiveFrom } }"
)
_numbers = count(1)


def on_phone(code: str, **changes: Any) -> dict[str, Any]:
    """A matter that can be done on a phone, as ``publishServiceItem`` takes it."""
    return {
        "code": code,
        "name": "样本掌办事项",
        "nameEn": "A sample matter",
        "kind": "CONFIRMATION",
        "audience": ["PERSON"],
        "caseType": "IMMEDIATE",
        "promisedWorkingDays": 0,
        "legalWorkingDays": 0,
        "maxTrips": 0,
        "channels": ["MOBILE", "WEB"],
        "handledAt": ["COUNTY"],
        "legalBasis": ["样例法"],
        "resultName": "样例证",
        "noMaterialsReason": "数据共享",
        "mobile": {"app": "APP", "name": "爱样本", "link": LINK, "steps": STEPS},
        **changes,
    }


def published(desk: Desk, **changes: Any) -> str:
    """The code of a fresh matter that can be done on a phone."""
    given = on_phone(f"SAMPLE-PALM-{next(_numbers)}", **changes)
    assert desk.staff("admin")(PUBLISH_ITEM, input=given).data
    return str(given["code"])


async def _fill(work: Work, world: World) -> None:
    row = PrintedGuideRow(
        id=new_id(),
        code=GUIDE,
        version=1,
        name="样本指南",
        name_en=None,
        codes=[],
        kinds=[],
        items=[world.item],
        effective_from=SINCE,
    )
    work.db.add(row)
    await work.db.flush()


def _publish(desk: Desk) -> Step:
    given = {"code": f"SAMPLE-PALM-{next(_numbers)}", "name": "样本指南", "codes": [published(desk)]}
    return desk.staff("admin"), given


PART = Part(
    roots={
        "Query.printedGuides": Root(DISTRICT, "{ printedGuides(first: 100) { edges { node { code } } } }"),
        "Mutation.publishPrintedGuide": Root(
            OFFICE,
            mutation_of("publishPrintedGuide", "code"),
            lambda _: {"input": {"code": GUIDE, "name": "样本指南", "codes": ["NONE"], "basedOn": 99}},
            ("CONFLICT",),
            "admin",
        ),
    },
    bounds={"PrintedGuides": 1, "PublishPrintedGuide": 8},
    steps={"PublishPrintedGuide": _publish},
    variables={"PrintedGuides": lambda _: {}},
    fill=_fill,
)
