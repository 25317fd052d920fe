"""District profiles: a county's data as files that its own people can read, check and change.

``reader.read_profile(folder)`` gives the expanded ``Profile`` or raises ``ProfileFaulty`` with every
fault; ``reader.check_profile(folder)`` lists faults and warnings without raising.
"""
