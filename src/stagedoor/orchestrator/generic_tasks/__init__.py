"""Tasks that some other system handles, and every type that has no form and no app of its own."""
