"""Form tasks: a form that a person fills in, and many of them changed at once."""
