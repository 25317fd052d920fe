"""What it costs to take an order when many want it, and to see what one may take when much is on offer.

    python -m benchmarks.orders [--rounds 12] [--markdown benchmarks/orders.md]

One embedded PostgreSQL with one district: a county, a town, a village, forty grids, and fifty helpers in the first of
them. Claims: an order is placed, then one helper claims it, or fifty at once of whom one gets it; the time is until
the order has a holder and everybody has an answer, and each answer is checked. Offers: the first twenty orders that
one helper may take, newest first, while a hundred orders are open in the district and while ten thousand are. Claims
of both sizes take turns, offers come one size after the other; medians over the rounds, compared within the run.
"""
