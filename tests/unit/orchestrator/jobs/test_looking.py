"""Who sees a job, and what of it."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.started_jobs import after, release_of, seat_robot, seen, start, start_many

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.passage import FolderPlace


class TestLooking:
    def test_a_job_is_found_by_id_and_key(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        by_key = desk.call("Jobs_GetByKeyByIdentifier", identifier=str(job["Key"]).upper(), folder=folder).content
        assert by_key["Id"] == seen(desk, folder, job)["Id"] == job["Id"]

    def test_keys_are_resolved_to_ids_as_the_vendor_s_python_client_does(self, desk: Desk, folder: FolderPlace) -> None:
        jobs = start_many(desk, folder, JobsCount=3)
        keys = "','".join(str(job["Key"]) for job in jobs[:2])
        query = {"$filter": f"Key in ('{keys}')", "$select": "Id,Key", "$top": "2"}
        page = desk.call("Jobs_Get", folder=folder, query=query).content
        assert page["value"] == [{"Id": job["Id"], "Key": job["Key"]} for job in jobs[:2]]

    def test_other_folders_and_tenants_see_nothing(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        other = desk.make_folder("Other")
        for place in ({"folder": other}, {"folder": folder, "tenant": OTHER_TENANT}):
            assert desk.call("Jobs_Get", **place).content["value"] == []
            with pytest.raises(NotFound):
                desk.call("Jobs_GetById", key=job["Id"], **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_GetByKeyByIdentifier", identifier=job["Key"], **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_StopJobById", {"strategy": "Kill"}, key=job["Id"], **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_StopJobs", {"strategy": "Kill", "jobIds": [job["Id"]]}, **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_RestartJob", {"jobId": job["Id"]}, **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_ResumeJob", {"jobKey": job["Key"]}, **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_ValidateExistingJobById", key=job["Id"], **place)
        assert seen(desk, folder, job)["State"] == "Pending"

    @pytest.mark.parametrize("navigation", ["Machine", "Robot"])
    def test_nobody_gets_at_licence_keys_through_jobs(self, desk: Desk, folder: FolderPlace, navigation: str) -> None:
        seat_robot(desk, folder, "r1")
        job = start(desk, folder)
        expanded = seen(desk, folder, job, **{"$expand": f"{navigation}($select=Name,LicenseKey)"})[navigation]
        assert isinstance(expanded, dict)
        assert list(expanded) == ["Name"]
        for option in ("$filter", "$orderby"):
            wanted = {"$filter": f"startswith({navigation}/LicenseKey,'k')", "$orderby": f"{navigation}/LicenseKey"}
            with pytest.raises(InvalidRequest, match="LicenseKey"):
                desk.call("Jobs_Get", folder=folder, query={option: wanted[option]})

    def test_a_job_outlives_its_release(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        desk.call("Releases_DeleteById", key=release_of(desk, folder)["Id"], folder=folder)
        after(desk, 3)
        assert seen(desk, folder, job)["ReleaseName"] == "InvoiceBot"
        with pytest.raises(Conflict, match="InvoiceBot"):
            desk.call("Jobs_RestartJob", {"jobId": job["Id"]}, folder=folder)
