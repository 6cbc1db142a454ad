"""Figures for whoever runs the machine, in Prometheus' exposition format; no figure names a caller."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

DURATION_BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One server's figures, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "stagedoor_requests",
            "Requests answered, by surface, destination and class of status.",
            ("surface", "destination", "status"),
            registry=self._registry,
        )
        self._duration = Histogram(
            "stagedoor_request_duration_seconds",
            "From the request's head to the end of its answer.",
            ("surface",),
            buckets=DURATION_BUCKETS_SECONDS,
            registry=self._registry,
        )
        # Finding a series by its labels costs more than counting in it; there are a few dozen of them at most.
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        # Each worker counts for itself, and whoever scrapes meets one or another: this tells which.
        Gauge("stagedoor_worker", "The process whose figures these are.", ("pid",), registry=self._registry).labels(
            os.getpid()
        ).set(1)
        self.access_keys = Gauge("stagedoor_access_keys", "Access keys held in memory.", registry=self._registry)
        self.audit_rows_waiting = Gauge(
            "stagedoor_audit_rows_waiting", "Audit rows not in the store yet.", registry=self._registry
        )

    def note_request(self, surface: str, destination: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        series = (surface, destination, status // 100)
        pair = self._series.get(series)
        if pair is None:
            counter = self._requests.labels(surface, destination, f"{status // 100}xx")
            pair = self._series[series] = (counter, self._duration.labels(surface))
        pair[0].inc()
        pair[1].observe(seconds)

    def exposition(self) -> tuple[str, bytes]:
        """Return the content type and the text of all figures."""
        return CONTENT_TYPE_LATEST, generate_latest(self._registry)
