"""The same story on PostgreSQL, with two workers: whoever asks next meets the one or the other."""

from tests.flows.test_the_story import TestTheGuideOf2019, TestTheNewWay, TestTheOldWay

__all__ = ["TestTheGuideOf2019", "TestTheNewWay", "TestTheOldWay"]
