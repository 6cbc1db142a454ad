"""The rows of the table: each file measures one of the design's budgets and returns its figures."""
