"""Robots: who runs jobs in a folder, under which account and on which machine."""
