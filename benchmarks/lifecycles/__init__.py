"""Full lifecycles of cases per second: apply, pre-check, accept, complete, rate, over HTTP.

    python -m benchmarks.lifecycles [--var FOLDER] [--workers 1|2] [--seconds 10] [--json out.json]

Every mutation is a transaction of its own with its event, audit entry and outbox row; the named operations of
``schema/graphql/operations`` are sent in full. Server processes, PostgreSQL (durable, as shipped) and this load
generator share the machine. Clients keep one connection each and send the next step when the last is answered;
a warm-up with all of them comes first. What ends within the window counts. Any error fails the run.

Without ``--var`` it is a fresh installation with one sample district. With a folder of ``benchmarks.data`` it is
the district that ``bench.json`` names under ``"lifecycles"``; see ``Ground``.
"""
