"""GraphQL selection → one SQL statement → JSON.

A type says once, beside each field, what it reads (``fields``, ``reads``). ``selection`` turns an operation
into a tree, ``compiler`` the tree into one statement, ``planner`` keeps statements and binds their parameters.
Plans hold SQL and the places where parameters come from: never data, never grants.
"""
