"""Connections of the visitor's organization: made, tried out, given new secrets and removed by its administrators."""
