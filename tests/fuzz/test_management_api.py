"""The management API under generated requests: no answer but a described one, and never a failure of its own."""

from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from tests.factories.management import AsCaller, management

from stagedoor.admin.app import PREFIX

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


def test_every_answer_is_one_that_the_description_tells_of(tmp_path: Path) -> None:
    with management(tmp_path) as admin:
        admin.folder("Shared")
        app = AsCaller(admin.app, admin.administrator())
        schema = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", app)
        operations = [found.ok() for found in schema.get_all_operations()]
        assert len(operations) > 30
        for operation in operations:

            @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy())
            def asked(case: schemathesis.Case) -> None:
                case.validate_response(case.call(), checks=CHECKS)

            asked()
