import pytest

from stagedoor.catalog.canonical import canonical_path, canonical_query
from stagedoor.catalog.errors import PathRefused, QueryRefused


class TestPath:
    @pytest.mark.parametrize(
        ("raw", "canonical"),
        [
            ("/odata/Jobs", "/odata/Jobs"),
            (b"/odata/Jobs", "/odata/Jobs"),
            ("/", "/"),
            ("//", "/"),
            ("//odata///Jobs", "/odata/Jobs"),
            ("/odata/Jobs/", "/odata/Jobs/"),
            ("/odata/%24metadata", "/odata/$metadata"),
            ("/%6Fdata/%4Aobs", "/odata/Jobs"),
            ("/odata/Jobs%285%29", "/odata/Jobs(5)"),
            ("/odata/Libraries(%27a%3a1%27)", "/odata/Libraries('a:1')"),
            ("/odata/Libraries('a%2fb')", "/odata/Libraries('a%2Fb')"),
            ("/odata/Libraries('a%3bb')", "/odata/Libraries('a%3Bb')"),
            ("/odata/Libraries('it%27%27s%2F')", "/odata/Libraries('it''s%2F')"),
            ("/a b", "/a%20b"),
            ("/a%20b", "/a%20b"),
            ("/a%3fb%23", "/a%3Fb%23"),
            ("/ä", "/%C3%A4"),
            ("/%c3%a4", "/%C3%A4"),
            ("/100%25", "/100%25"),
            ("/...", "/..."),
            ("/.well-known/x", "/.well-known/x"),
        ],
    )
    def test_has_one_canonical_form_which_is_its_own(self, raw: str | bytes, canonical: str) -> None:
        assert canonical_path(raw) == canonical
        assert canonical_path(canonical) == canonical

    @pytest.mark.parametrize(
        "raw",
        [
            "",
            "odata/Jobs",
            "*",
            "/odata/../api",
            "/odata/./Jobs",
            "/..",
            "/odata/%2e%2e/api",
            "/odata/%2E./api",
            "/odata/.%2e",
            "/odata/..%2fapi",
            "/odata%2fJobs",
            "/odata%2FJobs",
            "/odata/x('a%2F..%2Fb')",
            "/odata/x('a%2F%2e%2e%2Fb')",
            "/odata/x('a')%2Fb",
            "/odata/x('a%2Fb",
            "/odata/Jobs;v=1",
            "/odata/Jobs%3bv=1",
            "/odata/x('a;b')",
            "/odata\\Jobs",
            "/odata%5cJobs",
            "/odata/x('%5C')",
            "/odata/Jobs%00",
            "/odata/Jobs\x00",
            "/odata/Jobs%0d%0aX:1",
            "/odata/%7f",
            "/odata/%C2%80",
            "/odata/%252e%252e/api",
            "/odata/%25%32%65",
            "/odata/%252F",
            "/odata/%",
            "/odata/%2",
            "/odata/%zz",
            "/odata/%u002e",
            "/odata/%FF",
            "/odata/%C0%AE%C0%AE/",
            "/odata/%ED%A0%80",
            b"/odata/\xff",
            "/odata/\ud800",
            "/odata/Jobs?x=1",
            "/odata/Jobs#x",
        ],
    )
    def test_refuses_what_two_servers_could_read_differently(self, raw: str | bytes) -> None:
        with pytest.raises(PathRefused) as refused:
            canonical_path(raw)
        assert refused.value.status == 400

    def test_is_bounded(self) -> None:
        assert canonical_path("/" + "a" * 4095)
        with pytest.raises(PathRefused) as refused:
            canonical_path("/" + "a" * 4096)
        assert refused.value.status == 414

    def test_bounds_bytes_and_not_letters(self) -> None:
        with pytest.raises(PathRefused):
            canonical_path("/" + "ä" * 2048)


class TestQuery:
    @pytest.mark.parametrize(
        ("raw", "pairs", "text"),
        [
            ("", (), ""),
            (b"", (), ""),
            ("%24top=5", (("$top", "5"),), "$top=5"),
            (b"$top=5", (("$top", "5"),), "$top=5"),
            ("a=1+2", (("a", "1 2"),), "a=1%202"),
            ("a=1%202", (("a", "1 2"),), "a=1%202"),
            ("a=1%2B2", (("a", "1+2"),), "a=1%2B2"),
            ("$filter=Name+eq+%27x%27", (("$filter", "Name eq 'x'"),), "$filter=Name%20eq%20'x'"),
            ("&&a=1&&", (("a", "1"),), "a=1"),
            ("a", (("a", ""),), "a="),
            ("a=b=c", (("a", "b=c"),), "a=b%3Dc"),
            ("a=1;b=2", (("a", "1;b=2"),), "a=1%3Bb%3D2"),
            ("p=1&p=2&P=3", (("p", "1"), ("p", "2"), ("P", "3")), "p=1&p=2&P=3"),
            ("ids[]=1", (("ids[]", "1"),), "ids%5B%5D=1"),
            ("a=%2541", (("a", "%41"),), "a=%2541"),
            ("a=%C3%A4", (("a", "ä"),), "a=%C3%A4"),
            ("a=x%0Ay", (("a", "x\ny"),), "a=x%0Ay"),
        ],
    )
    def test_has_one_canonical_form_which_is_its_own(
        self, raw: str | bytes, pairs: tuple[tuple[str, str], ...], text: str
    ) -> None:
        query = canonical_query(raw)
        assert (query.pairs, query.text) == (pairs, text)
        assert canonical_query(text) == query

    @pytest.mark.parametrize(
        "raw",
        [
            "$top=1&$top=1000",
            "$top=1&%24top=1000",
            "$top=1&$TOP=1000",
            "$top=1&top=1000",
            "%2524top=5",
            "=5",
            "a b=1",
            "a%00=1",
            "a=%00",
            "a=%7f",
            "a=%",
            "a=%FF",
            b"a=\xff",
            "ä=1",
            "a" * 129 + "=1",
            "a=\ud800",
        ],
    )
    def test_refuses_what_two_servers_could_read_differently(self, raw: str | bytes) -> None:
        with pytest.raises(QueryRefused) as refused:
            canonical_query(raw)
        assert refused.value.status == 400

    def test_is_bounded_in_length_and_in_options(self) -> None:
        assert len(canonical_query("&".join(["a=1"] * 64)).pairs) == 64
        with pytest.raises(QueryRefused):
            canonical_query("&".join(["a=1"] * 65))
        with pytest.raises(QueryRefused) as refused:
            canonical_query("a=" + "b" * 16384)
        assert refused.value.status == 414
