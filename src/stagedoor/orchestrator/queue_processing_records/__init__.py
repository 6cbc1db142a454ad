"""Queue processing records: how queues fare, worked out from their items whenever somebody asks."""
