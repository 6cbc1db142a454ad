"""What happened: one row for each request, append only. Imports none of the rooms that it writes about."""
