"""Why a job could not be run."""


class CannotRun(Exception):
    """The package, its environment or its program failed; the message is what the job's info says."""
