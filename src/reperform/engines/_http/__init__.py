"""The one way out: every byte between reperform and an engine passes here, and nothing else imports httpx.

A submit is sent once, on a connection of its own, and its failures are named by whether it can have arrived. Everything else may be
repeated. Keys go to the engine's own hosts only; nothing is logged but methods, hosts and statuses.

wire         one engine's open connection
requests     one request, and the body of its answer
failures     what went wrong, by whether a request can have arrived
connections  how connections are made, and to where
"""
