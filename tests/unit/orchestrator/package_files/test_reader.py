"""What a package file says of itself is read, and nothing in it can hurt whoever reads or unpacks it."""

import json
import struct
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from tests.factories.packages import NUSPEC, library_package, python_files, python_package, studio_package, zip_of

from stagedoor.orchestrator.package_files import archive
from stagedoor.orchestrator.package_files.builder import build_package
from stagedoor.orchestrator.package_files.content import EntryPoint, NewPackage
from stagedoor.orchestrator.package_files.errors import PackageRefused
from stagedoor.orchestrator.package_files.reader import read_package


def read(content: bytes) -> NewPackage:
    return read_package(BytesIO(content))


def refusal(content: bytes) -> str:
    with pytest.raises(PackageRefused) as refused:
        read(content)
    return refused.value.public


class TestReading:
    def test_a_python_package_tells_its_name_kind_and_entry_points(self) -> None:
        package = read(python_package("my.reader-2", "1.2.3-rc.1", contentType="agent"))
        assert (package.name, package.version, package.authors) == ("my.reader-2", "1.2.3-rc.1", "Ann")
        assert (package.description, package.release_notes, package.tags) == ("Reads invoices", "First", "a b")
        assert (package.package_type, package.target_framework, package.is_compiled) == (5, 2, False)
        assert (package.main_entry_point_path, len(package.entry_points)) == ("main", 2)
        main = package.entry_points[0]
        assert main.unique_id == "3fa85f64-5717-4562-b3fc-2c963f66afa6"
        assert json.loads(main.input_arguments or "")["required"] == ["text"]
        assert package.entry_points[1].unique_id is None

    def test_json_schemas_become_the_vendors_list_of_arguments(self) -> None:
        package = read(python_package())
        assert json.loads(package.input_arguments or "") == [
            {"name": "text", "type": "System.String, mscorlib", "required": True, "hasDefault": False},
            {"name": "times", "type": "System.Int64, mscorlib", "required": False, "hasDefault": True},
            {"name": "notes", "type": "System.Object, mscorlib", "required": False, "hasDefault": False},
        ]
        assert json.loads(package.output_arguments or "")[0]["type"] == "System.Double, mscorlib"

    def test_a_studio_package_is_read_from_its_project_file(self) -> None:
        package = read(studio_package())
        assert (package.title, package.package_type, package.target_framework) == ("The painter", 1, 1)
        assert (package.is_attended, package.requires_user_interaction) == (True, True)
        assert [entry.path for entry in package.entry_points] == ["Main.xaml"]
        assert [argument["name"] for argument in json.loads(package.input_arguments or "")] == ["in_Name"]

    def test_entry_points_of_a_project_file_are_all_read(self) -> None:
        entries = [{"filePath": "A.xaml", "input": [{"name": "x"}]}, {"filePath": "B.xaml"}, {"filePath": "A.xaml"}, 7]
        package = read(studio_package(main="B.xaml", entryPoints=entries))
        assert [entry.path for entry in package.entry_points] == ["A.xaml", "B.xaml"]
        assert (package.main_entry_point_path, package.input_arguments) == ("B.xaml", None)

    def test_a_library_and_a_plain_package_are_told_apart(self) -> None:
        assert read(library_package()).package_type == 2
        plain = read(zip_of({"Plain.nuspec": NUSPEC.format(name="Plain", version="1.0", more="")}))
        assert (plain.package_type, plain.entry_points) == (0, ())

    def test_what_is_built_reads_back_as_it_was(self) -> None:
        entry = EntryPoint(path="Main.xaml", input_arguments='[{"name":"a<b"}]')
        built = build_package(
            name="Bot", version="1.0.0", authors="A & B", description="<x>", main="Main.xaml", entry_points=[entry]
        )
        package = read(built)
        assert (package.name, package.authors, package.description) == ("Bot", "A & B", "<x>")
        assert json.loads(package.input_arguments or "")[0]["name"] == "a<b"


class TestNotAPackage:
    @pytest.mark.parametrize("content", [b"", b"PK", b"not a zip" * 100, b"PK\x05\x06" + b"\0" * 17])
    def test_other_files_are_refused(self, content: bytes) -> None:
        assert "zip" in refusal(content)

    def test_a_cut_package_is_refused(self) -> None:
        assert "zip" in refusal(python_package()[:-40])

    def test_a_damaged_file_in_it_is_refused(self) -> None:
        content = bytearray(python_package())
        at = content.index(b"content/operate.json") + len(b"content/operate.json")
        content[at : at + 8] = b"\xff" * 8
        assert "damaged" in refusal(bytes(content))

    def test_a_nuspec_is_there_once(self) -> None:
        files = python_files()
        assert ".nuspec" in refusal(zip_of({**files, "Second.nuspec": files["Reader.nuspec"]}))
        del files["Reader.nuspec"]
        assert ".nuspec" in refusal(zip_of(files))

    @pytest.mark.parametrize("name", ["", "a b", "a:b", "../x", "a..b", "-a", "x" * 101, "a/b"])
    def test_ids_are_as_nuget_writes_them(self, name: str) -> None:
        files = {**python_files(), "Reader.nuspec": NUSPEC.format(name=name, version="1.0.0", more="")}
        assert "id" in refusal(zip_of(files))

    @pytest.mark.parametrize("version", ["", "1", "v1.0", "1.0.0.0.0", "1.0-", "1.0.0 b", "1." + "1" * 10, "1.0:2"])
    def test_versions_are_as_nuget_writes_them(self, version: str) -> None:
        files = {**python_files(), "Reader.nuspec": NUSPEC.format(name="Reader", version=version, more="")}
        assert "version" in refusal(zip_of(files))

    @pytest.mark.parametrize("written", ["", "{", "[]", "7", '{"main": "x"} more'])
    def test_a_project_is_a_json_object(self, written: str) -> None:
        assert "JSON" in refusal(zip_of({**python_files(), "content/operate.json": written}))

    def test_a_process_starts_somewhere(self) -> None:
        files = {**python_files(), "content/operate.json": "{}", "content/entry-points.json": "{}"}
        assert "starts nowhere" in refusal(zip_of(files))

    def test_arguments_nested_without_end_are_refused(self) -> None:
        nested = '{"a":' * 400 + "{}" + "}" * 400
        entry_points = '{"entryPoints": [{"filePath": "main", "input": ' + nested + "}]}"
        refusal(zip_of({**python_files(), "content/entry-points.json": entry_points}))

    def test_there_are_so_many_entry_points_and_no_more(self) -> None:
        entries = {"entryPoints": [{"filePath": f"m{number}"} for number in range(501)]}
        files = {**python_files(), "content/entry-points.json": json.dumps(entries)}
        assert "500" in refusal(zip_of(files))


class TestXml:
    def with_nuspec(self, nuspec: str | bytes) -> bytes:
        return zip_of({**python_files(), "Reader.nuspec": nuspec})

    @pytest.mark.parametrize(
        "nuspec", ["", "<package>", "no xml", b"\xff\xfe\x00", '<?xml version="1.0" encoding="x"?>']
    )
    def test_malformed_xml_is_refused(self, nuspec: str | bytes) -> None:
        assert "no XML" in refusal(self.with_nuspec(nuspec))

    @pytest.mark.parametrize(
        "doctype",
        [
            '<!DOCTYPE p [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>',
            '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE p SYSTEM "http://stranger.test/x.dtd">',
        ],
    )
    def test_entities_and_documents_from_elsewhere_are_refused(self, doctype: str) -> None:
        nuspec = NUSPEC.format(name="Reader", version="1.0.0", more="").replace("?>\n", f"?>\n{doctype}\n")
        assert "document type" in refusal(self.with_nuspec(nuspec))

    def test_depth_number_and_length_are_bounded(self) -> None:
        for more in ("<a>" * 20 + "</a>" * 20, "<a/>" * 5_001, f"<a>{'x' * 100_001}</a>"):
            nuspec = NUSPEC.format(name="Reader", version="1.0.0", more=more)
            assert "nuspec" in refusal(self.with_nuspec(nuspec))

    def test_the_description_is_found_in_any_namespace(self) -> None:
        bare = "<package><metadata><id>A</id><version>1.0</version><id>B</id></metadata><id>C</id></package>"
        assert read(self.with_nuspec(bare)).name == "A"


class TestArchive:
    @pytest.mark.parametrize(
        "name", ["../x", "a/../../x", "/etc/x", "..\\x", "C:\\x", "C:x", "a//b", "a/./b", "x" * 401, "a\nb", "a/.."]
    )
    def test_names_stay_inside(self, name: str) -> None:
        assert "leads out" in refusal(zip_of({**python_files(), name: b""}))

    def test_a_name_is_there_once_whatever_its_case(self) -> None:
        assert "twice" in refusal(zip_of({**python_files(), "CONTENT/Operate.json": "{}"}))
        assert "twice" in refusal(zip_of({**python_files(), "./content/operate.json": "{}"}))

    def test_a_bomb_is_refused_by_what_it_would_become(self) -> None:
        assert "far more" in refusal(zip_of({**python_files(), "content/zeros": bytes(32 * 1024 * 1024)}))

    def test_a_package_that_lies_of_a_files_size_is_damaged(self) -> None:
        content = python_package()
        with ZipFile(BytesIO(content)) as packed:
            size = packed.getinfo("content/operate.json").file_size
        lying = content.replace(struct.pack("<L", size), struct.pack("<L", 3))
        assert lying != content
        refusal(lying)

    def test_descriptions_are_read_up_to_a_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "RATIO_FREE_BYTES", 64 * 1024 * 1024)
        files = {**python_files(), "content/entry-points.json": '{"a": "' + "x" * (9 * 1024 * 1024) + '"}'}
        assert "longer than" in refusal(zip_of(files))

    def test_the_number_of_files_is_bounded_before_they_are_listed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "ENTRIES_MAX", 5)
        monkeypatch.setattr(archive, "ZipFile", None)
        assert "5 files" in refusal(python_package())

    def test_a_list_of_files_that_lies_of_their_number_is_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "ENTRIES_MAX", 5)
        content = bytearray(python_package())
        at = content.rindex(b"PK\x05\x06")
        content[at + 8 : at + 12] = struct.pack("<2H", 1, 1)
        assert "5 files" in refusal(bytes(content))

    def test_a_second_list_of_files_is_refused(self) -> None:
        content = python_package()
        at = content.rindex(b"PK\x05\x06")
        assert "ZIP64" in refusal(content[:at] + b"PK\x06\x07" + bytes(16) + content[at:])

    def test_links_encrypted_and_strangely_packed_files_are_refused(self) -> None:
        def packed(entry: ZipInfo, kind: int = ZIP_DEFLATED) -> bytearray:
            stream = BytesIO(python_package())
            with ZipFile(stream, "a") as opened:
                opened.writestr(entry, b"/etc/passwd", kind)
            return bytearray(stream.getvalue())

        link = ZipInfo("content/link")
        link.external_attr = 0o120777 << 16
        assert "is a link" in refusal(bytes(packed(link)))
        assert "packed in a way" in refusal(bytes(packed(ZipInfo("content/x"), ZIP_BZIP2)))
        encrypted = packed(ZipInfo("content/x"))
        at = encrypted.rindex(b"PK\x01\x02")
        encrypted[at + 8] |= 1
        assert "encrypted" in refusal(bytes(encrypted))

    def test_files_that_share_their_bytes_are_refused(self) -> None:
        content = bytearray(zip_of({**python_files(), "content/a": b"1" * 50, "content/b": b"1" * 50}))
        with ZipFile(BytesIO(content)) as packed:
            first = packed.getinfo("content/a").header_offset
        listed = content.rindex(b"PK\x01\x02")
        content[listed + 42 : listed + 46] = struct.pack("<L", first)
        assert "overlap" in refusal(bytes(content))

    def test_directories_and_a_comment_do_no_harm(self) -> None:
        stream = BytesIO(zip_of({**python_files(), "content/": b""}))
        with ZipFile(stream, "a") as opened:
            opened.comment = b"made by hand"
        assert read(stream.getvalue()).name == "Reader"
