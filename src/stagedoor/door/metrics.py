"""Figures for whoever runs the machine, in Prometheus' exposition format; no figure names a caller."""

import os
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

DURATION_BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

WAIT_BUCKETS_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """One server's figures, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answered = _Answered()
        self._registry.register(self._answered)
        self._limited = Counter(
            "stagedoor_limited_requests",
            "Requests that a limit refused or let wait: rate, daily_quota, concurrency or fair_share.",
            ("limit", "outcome"),
            registry=self._registry,
        )
        self._waits = Histogram(
            "stagedoor_fair_share_wait_seconds",
            "How long requests waited for their share of what an upstream tenant allows.",
            buckets=WAIT_BUCKETS_SECONDS,
            registry=self._registry,
        )
        # Each worker counts for itself, and whoever scrapes meets one or another: this tells which.
        Gauge("stagedoor_worker", "The process whose figures these are.", ("pid",), registry=self._registry).labels(
            os.getpid()
        ).set(1)
        self.access_keys = Gauge("stagedoor_access_keys", "Access keys held in memory.", registry=self._registry)
        self.audit_rows_waiting = Gauge(
            "stagedoor_audit_rows_waiting", "Audit rows not in the store yet.", registry=self._registry
        )

    def note_request(self, surface: str, destination: str, status: int, seconds: float) -> None:
        """Count one answered request; on the event loop alone."""
        self._answered.note(surface, destination, status, seconds)

    def note_refused_by(self, limit: str) -> None:
        """Count one request that a limit refused."""
        self._limited.labels(limit, "refused").inc()

    def note_waited_for(self, limit: str, seconds: float) -> None:
        """Count one request that a limit let wait."""
        self._limited.labels(limit, "waited").inc()
        self._waits.observe(seconds)

    def exposition(self) -> tuple[str, bytes]:
        """Return the content type and the text of all figures."""
        return CONTENT_TYPE_LATEST, generate_latest(self._registry)


class _Durations:
    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        # One more than there are buckets, for what takes longer.
        self.counts = [0] * (len(DURATION_BUCKETS_SECONDS) + 1)
        self.seconds = 0.0


class _Answered(Collector):
    """Every answered request, counted in plain numbers.

    The library's own counters take a lock for each number, because any thread may use them: for every request that
    is as much time as the verdict. Here the loop alone counts, and Prometheus' form is made for whoever asks.
    """

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._durations: dict[str, _Durations] = {}

    def note(self, surface: str, destination: str, status: int, seconds: float) -> None:
        series = (surface, destination, status // 100)
        self._requests[series] = self._requests.get(series, 0) + 1
        durations = self._durations.get(surface)
        if durations is None:
            durations = self._durations[surface] = _Durations()
        durations.counts[bisect_left(DURATION_BUCKETS_SECONDS, seconds)] += 1
        durations.seconds += seconds

    def collect(self) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
        requests = CounterMetricFamily(
            "stagedoor_requests",
            "Requests answered, by surface, destination and class of status.",
            labels=("surface", "destination", "status"),
        )
        for (surface, destination, status), count in self._requests.items():
            requests.add_metric((surface, destination, f"{status}xx"), count)
        yield requests
        duration = HistogramMetricFamily(
            "stagedoor_request_duration_seconds",
            "From the request's head to the end of its answer.",
            labels=("surface",),
        )
        bounds = (*map(floatToGoString, DURATION_BUCKETS_SECONDS), "+Inf")
        for surface, durations in self._durations.items():
            buckets = list(zip(bounds, accumulate(durations.counts), strict=True))
            duration.add_metric((surface,), buckets, durations.seconds)
        yield duration
