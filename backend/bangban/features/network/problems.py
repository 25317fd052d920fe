"""Refusals about questions to the network of service points."""

from __future__ import annotations

from bangban.kernel.problems import Problem


class PlaceOutside(Problem):
    """A place that lies outside China, which is where the two numbers lie that were given in the wrong order."""

    zh = "位置不在中国境内,经纬度是否写反了?"
    en = "The place is not in China; longitude and latitude may have been swapped."

    def __init__(self) -> None:
        super().__init__(fields=("location",))


class NoTemplate(Problem):
    """Villages and grids have no centre of their own: the template says nothing of them (DOMAIN G02)."""

    zh = "服务网络模板只适用于县级区域与镇街;村居、网格请查看其上级区域。"
    en = "The template is of counties and towns: ask for the town that this area belongs to."

    def __init__(self) -> None:
        super().__init__(fields=("areaId",))
