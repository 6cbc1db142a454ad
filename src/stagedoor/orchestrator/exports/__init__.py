"""Exports: lists written down as CSV files, for whoever asked for them, to be downloaded for a week.

Owns the exports and how a list becomes a file. The rooms whose lists are exported call
:func:`~stagedoor.orchestrator.exports.service.write_export` before their transaction and
:func:`~stagedoor.orchestrator.exports.service.start_export` in it.
"""
