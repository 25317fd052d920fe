"""What one application for four matters costs against four applications for one, and reading it against its cases.

    python -m benchmarks.bundles [--rounds 40] [--markdown benchmarks/bundles.md]

A server of its own over one embedded PostgreSQL, and 栖霞's floating-population bundle. One helper on one connection
files it for a new applicant with every paper in one `applyForBundle`; then, for the same applicant, the same four
matters in four `applyForCase`, each with the papers that it needs. Reading: one `bundleApplication` with its members'
cases and its papers, and the same of each case in four `case`. The two ways take turns at going first; each answer is
checked against the other's. A ratio is made within a round; medians over the rounds.
"""
