"""A refusal lists things as its language does."""

from __future__ import annotations

from bangban.features.proxy_use.problems import NotAName
from bangban.kernel.faulty import faults_counted


def test_a_list_is_told_as_each_language_lists_things() -> None:
    refused = NotAName(fields=("input.app",), field="app", known=("微信", "支付宝"))
    assert "微信、支付宝" in refused.message("zh-CN")
    assert "微信, 支付宝" in refused.message("en")


def test_one_fault_is_no_faults() -> None:
    assert [faults_counted(count) for count in (1, 2)] == ["1 fault", "2 faults"]
