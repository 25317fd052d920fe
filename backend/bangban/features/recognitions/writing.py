"""Recognitions in the API: what can be done (DOMAIN C18)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from bangban.features.recognitions.graphql import Recognition
from bangban.features.recognitions.service import Given, record_recognition
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="A banner, a letter or praise that came 登记锦旗感谢信.")
class RecordRecognitionInput:
    kind: RecognitionKind = strawberry.field(description="What it is 形式.")
    giver: str = strawberry.field(description="Who gave it; kept sealed and shown masked 赠予人.")
    on: date = strawberry.field(description="On which day 日期.")
    area_id: strawberry.ID = strawberry.field(description="Where it counts 区域.")
    staff_id: strawberry.ID | None = strawberry.field(
        default=None, description="For this person; either this or the team 受表扬人员."
    )
    team_id: strawberry.ID | None = strawberry.field(default=None, description="For this team 受表扬队伍.")


@strawberry.type
class RecognitionMutation:
    @mutation("Record a banner, a letter of thanks or praise 登记锦旗感谢信.", Permission.RECOGNITION_RECORD)
    async def record_recognition(
        self,
        info: Info,
        input: Annotated[RecordRecognitionInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Recognition:
        given = Given(
            kind=input.kind,
            giver=input.giver,
            on=input.on,
            area_id=as_uuid(input.area_id, ("input", "areaId")),
            staff_id=None if input.staff_id is None else as_uuid(input.staff_id, ("input", "staffId")),
            team_id=None if input.team_id is None else as_uuid(input.team_id, ("input", "teamId")),
        )
        return await row_of(info, Recognition, lambda work: record_recognition(work, given))
