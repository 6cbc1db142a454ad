"""How long the jobs of a process are kept once they ended."""
