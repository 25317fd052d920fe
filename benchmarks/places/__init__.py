"""The nearest of ten thousand service points.

The statement of ``nearestPoints`` against one that measures every point, and against itself in a district of a
hundred, at places drawn at random. All in one run on one server, each answer compared with the other's.
"""
