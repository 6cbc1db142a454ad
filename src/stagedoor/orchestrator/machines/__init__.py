"""Machines: where robots run, by name, with licence slots and the folders each is assigned to."""
