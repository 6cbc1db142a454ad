"""Stagedoor's own connections to remote Orchestrators: kept alive, pooled, one exchange at a time on each.

An answer comes through callbacks on the event loop, with no task, timer or future for each request; that is what makes
it cheap. :class:`~stagedoor.upstream.wire.upstream_wire.UpstreamWire` is the way in; ``origin`` says where a connection
leads, ``head`` what may pass from one hop to the next, ``connection`` speaks HTTP/1.1 (RFC 9112), ``pool`` decides
which connection an exchange gets.
"""
