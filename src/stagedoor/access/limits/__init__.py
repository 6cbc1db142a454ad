"""How much a key may do: decisions over plain values, without clock or store."""
