"""What a caller may do: words compile to one grant type, and one function judges over it.

Owns selectors, grants, verdicts and their reasons, and which kind of credential may use which ability of the
management API. It learns who calls, which operation and which folder from the request's slip, stores nothing, and
leaves to the door how a refusal is written.
"""
