"""Personal access tokens: each person's own, made and ended by themselves."""
