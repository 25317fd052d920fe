"""That answers are right: every question once before, and a sample of them while the load runs."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from benchmarks.contestants import Contestant
from benchmarks.harness.asking import Question

_EVERY: Final = 0.25  # seconds between two checks under load
_TIMEOUT: Final = 15.0


class WrongAnswer(Exception):  # noqa: N818 - reads as a sentence
    """What a contestant answered is not what the tables say."""


class Asker:
    """One connection to one contestant."""

    def __init__(self, contestant: Contestant, port: int) -> None:
        self._contestant = contestant
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)

    def post(self, body: bytes, token: str) -> tuple[int, dict[str, Any], int]:
        """Status, body, and how long the body was."""
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Authorization": f"Bearer {token}",
        }
        self._connection.request("POST", self._contestant.path, body, headers)
        response = self._connection.getresponse()
        raw = response.read()
        try:
            return response.status, json.loads(raw), len(raw)
        except ValueError as no_json:
            said = raw[:200].decode("utf-8", errors="replace")
            raise WrongAnswer(f"{self._contestant.name}: {response.status} {said}") from no_json

    def check(self, question: Question) -> int:
        """Ask, compare field by field, and say how long the answer was. Raises WrongAnswer."""
        status, answer, length = self.post(self._contestant.encoded(question), question.token)
        who = f"{self._contestant.name}, {question.key}"
        if status != 200 or "errors" in answer or "data" not in answer:
            raise WrongAnswer(f"{who}: {status} {json.dumps(answer, ensure_ascii=False)[:600]}")
        fault = question.faults(self._contestant.shape(answer["data"]))
        if fault is not None:
            raise WrongAnswer(f"{who}: {fault}")
        return length

    def register(self, question: Question) -> None:
        """Send a document once in full beside its hash, as clients of persisted queries do. Raises WrongAnswer."""
        whole = {**self._contestant.body(question), "query": question.operation.document}
        status, answer, _ = self.post(json.dumps(whole).encode(), question.token)
        if status != 200 or "errors" in answer:
            raise WrongAnswer(
                f"{self._contestant.name} keeps no document: {status} {json.dumps(answer)[:400]}"
            )

    def close(self) -> None:
        self._connection.close()


def check_all(contestant: Contestant, port: int, asked: Sequence[Question]) -> float:
    """Every question once; the mean length of an answer in bytes."""
    asker = Asker(contestant, port)
    try:
        if contestant.registers:
            for each in {
                (question.operation.name, question.district.slug): question for question in asked
            }.values():
                asker.register(each)
        return sum(asker.check(each) for each in asked) / len(asked)
    finally:
        asker.close()


class Watch:
    """What was checked under load."""

    def __init__(self) -> None:
        self.checked = 0
        self.fault: Exception | None = None


@contextmanager
def watching(contestant: Contestant, port: int, asked: Sequence[Question], seed: int) -> Iterator[Watch]:
    """Check a question drawn at random again and again, in a thread, as long as the block lasts."""
    watch, over, rng = Watch(), threading.Event(), random.Random(seed)  # noqa: S311 - repeatable, not secret

    def go() -> None:
        asker = Asker(contestant, port)
        try:
            while not over.is_set():
                began = time.monotonic()
                asker.check(rng.choice(asked))
                watch.checked += 1
                over.wait(max(0.0, _EVERY - (time.monotonic() - began)))
        except (WrongAnswer, OSError, ValueError, http.client.HTTPException) as fault:
            watch.fault = fault
        finally:
            asker.close()

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
    if watch.fault is not None:
        raise watch.fault
