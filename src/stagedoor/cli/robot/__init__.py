"""The robot of ``stagedoor robot``: takes pending jobs and runs the Python packages that they name on this machine.

A stranger to the server like any other caller: it has a credential and the Orchestrator API, nothing else. Whoever may
publish a package runs code here, so that a job gets a virtual environment and a directory of its own, bounds on time,
memory and files, and none of this process's variables. That is tidiness, not a jail: run the robot as a user who may
lose what it can reach.
"""
