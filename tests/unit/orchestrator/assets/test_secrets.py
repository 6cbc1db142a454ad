"""What of an asset's secret is ever shown, and where it lies."""

import orjson
import pytest
from sqlalchemy import text
from tests.factories.assets import CANARY, add, body_of, change, for_robot, seen
from tests.factories.orchestrator import Desk

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace


class TestSecrets:
    @pytest.mark.parametrize("kind", ["Credential", "Secret"])
    def test_a_secret_is_in_no_answer_and_not_in_the_store(self, desk: Desk, folder: FolderPlace, kind: str) -> None:
        asset = add(desk, folder, kind)
        answers = [
            asset,
            seen(desk, folder, asset),
            change(desk, folder, asset, body_of(kind, Name="other")),
            desk.call("Assets_Get", folder=folder).content,
            desk.call("Assets_GetFiltered", folder=folder, query={"$expand": "UserValues,RobotValues"}).content,
            desk.call("Assets_GetAssetsAcrossFolders", folder=folder).content,
        ]
        assert CANARY.encode() not in orjson.dumps(answers)
        with desk.database.read() as session:
            rows = session.execute(text("SELECT * FROM assets")).all()
        assert len(rows) == 1
        assert CANARY not in str(rows)

    @pytest.mark.parametrize("field", ["CredentialPassword", "SecretValue", "SealedSecret", "sealed_secret"])
    def test_a_secret_cannot_be_guessed_by_filtering(self, desk: Desk, folder: FolderPlace, field: str) -> None:
        add(desk, folder, "Credential")
        with pytest.raises(InvalidRequest):
            desk.call("Assets_GetFiltered", folder=folder, query={"$filter": f"startswith({field}, 'c')"})
        with pytest.raises(InvalidRequest):
            desk.call("Assets_GetFiltered", folder=folder, query={"$orderby": field})

    def test_a_sealed_secret_moved_to_another_asset_does_not_open(
        self, desk: Desk, folder: FolderPlace, robot: Robot
    ) -> None:
        add(desk, folder, "Secret", Name="one")
        add(desk, folder, "Secret", Name="two", SecretValue="other")
        with desk.write() as session:
            session.execute(
                text("UPDATE assets SET sealed_secret = (SELECT sealed_secret FROM assets WHERE name = 'one')")
            )
        with pytest.raises(Exception, match="does not open"):
            for_robot(desk, folder, "two")
