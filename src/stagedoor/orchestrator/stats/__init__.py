"""Statistics: how many of everything a tenant has, counted when somebody asks, within the caller's reach."""
