"""What a hall does: rota, visits, tickets, calls, overtime, crowds, batches."""
