"""Pure rules of a hall: queues, tickets, papers, crowds, overtime. No I/O."""
