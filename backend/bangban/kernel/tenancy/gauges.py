"""What Prometheus is told of lanes and slots. Counted where it happens, gathered only when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakSet

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from bangban.kernel.tenancy.lanes import Lanes
    from bangban.kernel.tenancy.slots import FairSlots


class _Connections(Collector):
    """All lanes and slots of the process together. No label names a district: there are thousands."""

    def __init__(self) -> None:
        self.lanes: WeakSet[Lanes] = WeakSet()
        self.slots: WeakSet[FairSlots] = WeakSet()

    def collect(self) -> Iterator[Metric]:
        lanes = [each.counts() for each in self.lanes]
        turns = [each.turns for each in self.slots]
        for name, text, value in (
            ("bangban_read_lanes", "Connections that reads may have", sum(each.lanes for each in lanes)),
            ("bangban_read_lanes_open", "Connections that reads have", sum(each.open for each in lanes)),
            ("bangban_read_lanes_busy", "Reads that are being served", sum(each.busy for each in lanes)),
            ("bangban_reads_waiting", "Reads that wait for a lane", sum(each.waiting for each in lanes)),
            (
                "bangban_read_statements",
                "Prepared statements that are held",
                sum(each.statements for each in lanes),
            ),
            ("bangban_write_slots_busy", "Writes in a transaction", sum(each.busy for each in self.slots)),
            ("bangban_writes_waiting", "Writes that wait for a slot", sum(each.waiting for each in turns)),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        yield CounterMetricFamily(
            "bangban_read_lanes_opened",
            "Connections opened for reads",
            value=sum(each.opened for each in lanes),
        )
        yield CounterMetricFamily(
            "bangban_read_lane_switches",
            "How often a lane went to another district",
            value=sum(each.switches for each in lanes),
        )
        refused = CounterMetricFamily(
            "bangban_connections_refused",
            "Reads and writes that got no connection: the queue was full, or they waited too long",
            labels=["kind", "why"],
        )
        refused.add_metric(["read", "full"], sum(each.refused_at_once for each in lanes))
        refused.add_metric(["read", "late"], sum(each.refused_late for each in lanes))
        refused.add_metric(["write", "full"], sum(each.refused_at_once for each in turns))
        refused.add_metric(["write", "late"], sum(each.refused_late for each in turns))
        yield refused


connections = _Connections()
REGISTRY.register(connections)
