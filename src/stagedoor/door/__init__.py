"""Where a request enters: the only place that wires the rooms together."""
