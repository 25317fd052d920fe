"""How soon a change is with those who watch: ``caseChanged`` and ``casesChanged``, with 1 and 1,000 subscribers.

    python -m benchmarks.subscriptions [--subscribers 1000] [--events 25] [--json out.json]

A PostgreSQL of its own (durable, as shipped), the sample district Zouping, and one server process pinned to the first
core; PostgreSQL and this process share the others. Every subscriber is a member of staff of their own, on a WebSocket
of their own, with one of four filters. A change is an update of one case with its notification; its delivery to each
subscriber is the time from sending COMMIT to the bytes of the event having come. Each run checks that everybody got
every event, and none twice. Statements are counted by PostgreSQL.
"""
