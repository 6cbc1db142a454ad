"""Which core works for whom where that matters."""

import os

CORES = sorted(os.sched_getaffinity(0))
GATEWAY_CORE = CORES[0]
LOAD_CORE = CORES[-1]
"""The load tool's and the upstream's; on a machine with one core it is the same one."""
