"""What it costs a read to enter its district, for 1, 50 and 1,000 districts in random order.

    python -m benchmarks.entering [--seconds 0.25] [--rounds 12] [--markdown benchmarks/entering.md]

One embedded PostgreSQL with a thousand small districts, each a schema with one table of cases and a role of its
own. Sixteen tasks of one process read one case each, by its number, as JSON, in a closed loop. The ways in take
turns within each round, so that whatever else the machine does meets all of them; medians over the rounds.
The process has one core and PostgreSQL the other. Every answer is checked to be the district's own.
"""
