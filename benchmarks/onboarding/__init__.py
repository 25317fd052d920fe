"""From an application to the first query in the district that came of it, as a stranger sees it over HTTP.

A ``bangban serve`` of its own on an embedded PostgreSQL with the settings of its makers (fsync on), the default
settings of the product and its default cost of a password. A client that knows nothing but the address applies, reads
the code and the invitation from the messages that were sent, follows the onboarding over WebSocket, sets the
administrator's password, imports the official areas of division 371681, and asks its first query. The answers are
checked: towns, villages, and the template's services are there. Every run is another district on the same server;
none is warmed up, so the first run pays for whatever a process does once.
"""
