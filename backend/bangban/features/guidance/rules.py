"""What questions that lead to a matter 情形引导 are refused for, and the way through them (DOMAIN E04). Pure.

Every fault is named at once: whoever writes such questions sees all that is wrong before anybody is led astray.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bangban.features.catalog.drafts import ItemFault
from bangban.features.guidance.questions import Answer, GuidanceDraft, Node, Words
from bangban.kernel.identifiers.names import shown_name

CODE_SHAPE = re.compile(r"[0-9A-Z-]{4,40}")
KEY_SHAPE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
MOST_NODES = 200
MOST_ANSWERS = 20
LONGEST_TEXT = 500


def check_guidance(
    draft: GuidanceDraft, *, items: Collection[str], bundles: Collection[str]
) -> tuple[ItemFault, ...]:
    """Every fault of the draft; ``items`` and ``bundles`` are the codes in force.

    Without a fault, every way of answering reaches an end, and every question is asked on some way.
    """
    return (
        *_check_identity(draft),
        *(fault for index, node in enumerate(draft.nodes) for fault in _check_node(draft, index, node)),
        *_check_targets(draft, items=items, bundles=bundles),
        *_check_ways(draft),
    )


def walk(draft: GuidanceDraft, answers: Sequence[str]) -> Node | Answer | None:
    """Where the answers lead: the next question, the answer that ends it, or None where they do not fit."""
    nodes = {node.key: node for node in draft.nodes}
    at = nodes.get(draft.start)
    for place, given in enumerate(answers):
        chosen = next((each for each in at.answers if each.key == given), None) if at else None
        if chosen is None:
            return None
        if chosen.next is None:
            return chosen if place == len(answers) - 1 else None
        at = nodes.get(chosen.next)
    return at


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How somebody was led to what they apply for: which questions, in which version, and how they answered."""

    code: str
    version: int
    answers: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """An answer that ends the questions. It is one and the same by whichever way its question was reached."""

    question: str
    answer: Answer

    @property
    def key(self) -> str:
        """What it is remembered by; no way to it is."""
        return f"{self.question}/{self.answer.key}"


def ending_of(draft: GuidanceDraft, answers: Sequence[str]) -> Ending | None:
    """The end that the answers reach; None where they do not fit, or another question follows."""
    chosen = walk(draft, answers)
    before = walk(draft, answers[:-1])
    if not isinstance(chosen, Answer) or not isinstance(before, Node):
        return None
    return Ending(question=before.key, answer=chosen)


def _check_identity(draft: GuidanceDraft) -> Iterator[ItemFault]:
    if not CODE_SHAPE.fullmatch(draft.code):
        yield ItemFault(
            "code",
            "CODE_SHAPE",
            "编码应为 4 至 40 位的数字、大写字母或连字符。",
            "The code must be 4 to 40 digits, capital letters or hyphens.",
        )
    if shown_name(draft.name) is None:
        yield ItemFault(
            "name",
            "NAME_MISSING",
            "应有名称,不含换行和不可见字符。",
            "It needs a name, on one line and without invisible characters.",
        )
    if draft.effective_to is not None and draft.effective_to <= draft.effective_from:
        yield ItemFault(
            "effective_to", "DATES_REVERSED", "失效日期应晚于生效日期。", "It must end after it begins."
        )
    if not 1 <= len(draft.nodes) <= MOST_NODES:
        yield ItemFault(
            "nodes",
            "NODES_COUNT",
            f"应有 1 至 {MOST_NODES} 个问题。",
            f"There are 1 to {MOST_NODES} questions.",
        )
    for key, count in Counter(node.key for node in draft.nodes).items():
        if count > 1:
            yield ItemFault("nodes", "NODE_TWICE", f"问题 {key} 重复。", f"The question {key} stands twice.")


def _check_node(draft: GuidanceDraft, index: int, node: Node) -> Iterator[ItemFault]:
    path = f"nodes[{index}]"
    if not KEY_SHAPE.fullmatch(node.key):
        yield ItemFault(
            f"{path}.key",
            "KEY_SHAPE",
            "键应为小写字母、数字或连字符。",
            "A key is of small letters, digits and hyphens.",
        )
    yield from _check_words(node.question, f"{path}.question")
    if not 1 <= len(node.answers) <= MOST_ANSWERS:
        yield ItemFault(
            f"{path}.answers",
            "ANSWERS_COUNT",
            f"每个问题应有 1 至 {MOST_ANSWERS} 个回答。",
            f"A question has 1 to {MOST_ANSWERS} answers.",
        )
    known = {each.key for each in draft.nodes}
    for place, answer in enumerate(node.answers):
        at = f"{path}.answers[{place}]"
        if not KEY_SHAPE.fullmatch(answer.key) or answer.key in {each.key for each in node.answers[:place]}:
            yield ItemFault(
                f"{at}.key",
                "ANSWER_KEY",
                "回答的键应为小写字母、数字或连字符,且在同一问题内不重复。",
                "An answer's key is of small letters, digits and hyphens, and stands once in its question.",
            )
        yield from _check_words(answer.label, f"{at}.label")
        if answer.advice is not None:
            yield from _check_words(answer.advice, f"{at}.advice")
        if answer.ways != 1:
            yield ItemFault(
                at,
                "NO_WAY_ON" if not answer.ways else "MANY_WAYS_ON",
                "每个回答应恰好通向一个问题、事项、一件事或一条建议。",
                "An answer leads to exactly one question, matter, bundle or piece of advice.",
            )
        if answer.next is not None and answer.next not in known:
            yield ItemFault(
                f"{at}.next",
                "NODE_UNKNOWN",
                f"没有问题 {answer.next}。",
                f"There is no question {answer.next}.",
            )


def _check_words(words: Words, path: str) -> Iterator[ItemFault]:
    if not all(0 < len(each.strip()) <= LONGEST_TEXT for each in (words.zh, words.en)):
        yield ItemFault(
            path,
            "TEXT",
            f"应有中英文文字,各不超过 {LONGEST_TEXT} 个字。",
            f"It is said in both languages, in at most {LONGEST_TEXT} characters each.",
        )


def _check_targets(
    draft: GuidanceDraft, *, items: Collection[str], bundles: Collection[str]
) -> Iterator[ItemFault]:
    for index, node in enumerate(draft.nodes):
        for place, answer in enumerate(node.answers):
            at = f"nodes[{index}].answers[{place}]"
            if answer.item is not None and answer.item not in items:
                yield ItemFault(
                    f"{at}.item",
                    "ITEM_UNKNOWN",
                    f"没有生效中的事项 {answer.item}。",
                    f"No item {answer.item} is in force.",
                )
            if answer.bundle is not None and answer.bundle not in bundles:
                yield ItemFault(
                    f"{at}.bundle",
                    "BUNDLE_UNKNOWN",
                    f"没有生效中的一件事 {answer.bundle}。",
                    f"No bundle {answer.bundle} is in force.",
                )


def _check_ways(draft: GuidanceDraft) -> Iterator[ItemFault]:
    """No way leads back to where it came from, and every question lies on one."""
    following = {
        node.key: [each.next for each in node.answers if each.next is not None] for node in draft.nodes
    }
    if draft.start not in following:
        yield ItemFault(
            "start", "START_UNKNOWN", f"没有问题 {draft.start}。", f"There is no question {draft.start}."
        )
        return
    reached = _reached(draft.start, following)
    for index, node in enumerate(draft.nodes):
        if node.key not in reached:
            yield ItemFault(
                f"nodes[{index}]",
                "NODE_UNREACHABLE",
                f"没有回答通向问题 {node.key}。",
                f"No answer leads to the question {node.key}.",
            )
        if any(node.key in _reached(each, following) for each in following[node.key] if each in following):
            yield ItemFault(
                f"nodes[{index}]",
                "NODE_IN_CIRCLE",
                f"问题 {node.key} 会绕回自身,永远没有结果。",
                f"The question {node.key} leads back to itself, and so to no end.",
            )


def _reached(start: str, following: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key not in found and key in following:
            found.add(key)
            waiting += following[key]
    return found
