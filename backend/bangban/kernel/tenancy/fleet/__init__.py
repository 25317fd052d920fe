"""The fleet: thousands of districts, each with a schema of its own and a revision at which it stands.

``declared`` is what a migration says of itself, ``recording`` what it would run, ``locks`` what that takes hold of,
``rules`` what it may do at all. ``planning`` says what a run would do, ``running`` does it, ``drift`` compares what is
there with what should be.
"""
