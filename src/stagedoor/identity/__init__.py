"""Who is calling: organizations, users, sign-in, OAuth, and every kind of credential that ends in a Caller."""
