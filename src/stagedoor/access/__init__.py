"""What a caller may do: selectors compile to one grant type, and one function judges over it."""
