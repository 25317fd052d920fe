"""What publishing guidance takes."""

from __future__ import annotations

from datetime import date

import strawberry

from bangban.features.guidance.questions import Answer, GuidanceDraft, Node, Words
from bangban.features.guidance.rules import Way


@strawberry.input(description="The same words in Chinese and in English 中英文.")
class WordsInput:
    zh: str = strawberry.field(description="In Chinese 中文.")
    en: str = strawberry.field(description="In English 英文.")

    @property
    def words(self) -> Words:
        """As the rules take them."""
        return Words(zh=self.zh, en=self.en)


@strawberry.input(
    description="An answer, which leads to exactly one of `next`, `item`, `bundle`, `advice` 选项."
)
class GuidanceAnswerInput:
    key: str = strawberry.field(description="Key, of small letters, digits and hyphens 键.")
    label: WordsInput = strawberry.field(description="Label 选项文字.")
    next: str | None = strawberry.field(default=None, description="Key of the next question 下一个问题.")
    item: str | None = strawberry.field(default=None, description="Code of the matter it ends with 事项编码.")
    bundle: str | None = strawberry.field(
        default=None, description="Code of the bundle it ends with 一件事编码."
    )
    advice: WordsInput | None = strawberry.field(
        default=None, description="What to do where it is no matter of the catalog 建议."
    )


@strawberry.input(description="A question with its answers 问题.")
class GuidanceNodeInput:
    key: str = strawberry.field(description="Key, of small letters, digits and hyphens 键.")
    question: WordsInput = strawberry.field(description="The question 问题文字.")
    answers: list[GuidanceAnswerInput] = strawberry.field(description="Its answers, in their order 选项.")


@strawberry.input(description="Questions that lead to a matter, whole, as they shall be 情形引导.")
class PublishGuidanceInput:
    code: str = strawberry.field(description="Code, 4 to 40 digits, capitals or hyphens 编码.")
    name: str = strawberry.field(description="Name 名称.")
    name_en: str | None = strawberry.field(default=None, description="Name in English 英文名称.")
    start: str = strawberry.field(description="Key of the first question 首个问题.")
    nodes: list[GuidanceNodeInput] = strawberry.field(description="The questions 问题.")
    effective_from: date | None = strawberry.field(
        default=None, description="First day, today or later; as early as may be if left out 生效日期."
    )
    effective_to: date | None = strawberry.field(
        default=None, description="First day on which it holds no longer 失效日期."
    )
    based_on: int | None = strawberry.field(
        default=None, description="Version it was written from; 0 for a new one 基于版本."
    )

    def draft(self, start: date) -> GuidanceDraft:
        """The draft that begins on a day."""
        return GuidanceDraft(
            code=self.code,
            name=self.name,
            name_en=self.name_en or None,
            start=self.start,
            nodes=tuple(
                Node(
                    key=node.key,
                    question=node.question.words,
                    answers=tuple(
                        Answer(
                            key=each.key,
                            label=each.label.words,
                            next=each.next or None,
                            item=each.item or None,
                            bundle=each.bundle or None,
                            advice=None if each.advice is None else each.advice.words,
                        )
                        for each in node.answers
                    ),
                )
                for node in self.nodes
            ),
            effective_from=start,
            effective_to=self.effective_to,
        )


@strawberry.input(description="How somebody was led to what they apply for 情形引导来源.")
class GuidanceWayInput:
    code: str = strawberry.field(description="Code of the questions 引导编码.")
    version: int = strawberry.field(description="Version that they were led in 版本.")
    answers: list[str] = strawberry.field(description="The answers, by their keys, up to the end 已选答案.")

    @property
    def way(self) -> Way:
        """As the service takes it."""
        return Way(code=self.code.strip(), version=self.version, answers=self.answers)
