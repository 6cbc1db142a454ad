"""Ask before acting: may I do this, and if not, which smallest grant would let me."""
