"""The legacy window of the organization: whether it is open, until when, who may use it and who did."""
