"""WeChat of residents."""

from __future__ import annotations

from tests.api.casework import mutation_of
from tests.api.shapes import AREA, Part, Root

PART = Part(
    roots={
        # Whoever may not is refused before anybody is asked whose code it is.
        "Mutation.setMyWechat": Root(
            AREA,
            mutation_of("setMyWechat", "wechatSince"),
            lambda _: {"input": {"code": "011samplecode"}},
            ("CONFLICT",),
            "resident",
            wrong_area="CONFLICT",
        ),
    },
    bounds={"SetMyWechat": 5},
    steps={"SetMyWechat": lambda desk: (desk.resident(7), {"code": None})},
)
