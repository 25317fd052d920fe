"""The rules of orders: pure functions from facts to a transition or a refusal."""
