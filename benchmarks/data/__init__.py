"""Districts of any size for measurements: ``python -m benchmarks.data --var <folder>``.

Everything is invented, and the same parameters give the same areas, people, cases and dates relative to the day
of the build. Only the database's own server writes in bulk; the rules of casework are not asked, but what is
stored is what they would have left: states, clocks, events and materials agree with each other.
"""
