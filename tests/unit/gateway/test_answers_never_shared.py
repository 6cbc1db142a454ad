"""What is never answered from memory, and with whom no answer is shared."""

from dataclasses import replace

import pytest
from tests.factories.answer_cache import KEY, TENANT, Asking, Header, World, run, status_of
from tests.factories.callers import caller, terms

from stagedoor.kit.secret import Secret
from stagedoor.passage import Allowance, FolderPlace, Reach

GUID = "11111111-2222-3333-4444-555555555555"

OTHERS: dict[str, Asking] = {
    "another grant": Asking(by=caller(terms("Jobs_Get"))),
    "a ceiling": Asking(by=caller(replace(terms("all"), ceiling=("scope:OR.Jobs.Read",)))),
    "a narrowing": Asking(by=caller(replace(terms("all"), narrowings=(Allowance(("tag:Jobs",)),)))),
    "another organization's caller": Asking(by=replace(KEY, organization_id="o2")),
    "another reach": Asking(reach=Reach(frozenset({"k7"}))),
    "another folder": Asking(folder=FolderPlace(8, "k8", "Other", ("k8",))),
    "no folder": Asking(folder=None),
    "another tenant": Asking(tenant=replace(TENANT, tenant_id="t2")),
    "another connection": Asking(tenant=replace(TENANT, connection_id="c2")),
    "another upstream": Asking(tenant=replace(TENANT, remote_base_url="https://other.example")),
    "another upstream credential": Asking(tenant=replace(TENANT, upstream_token=Secret("renewed"))),
    "another proxy": Asking(tenant=replace(TENANT, proxy_url="http://proxy:1")),
    "another path": Asking(path="/odata/jobs"),
    "another query": Asking(query="$top=1"),
    "another language": Asking(headers=((b"accept-language", b"de"),)),
    "another form": Asking(headers=((b"accept", b"application/xml"),)),
    "another coding": Asking(headers=((b"accept-encoding", b"gzip"),)),
    "a preference": Asking(headers=((b"prefer", b"odata.maxpagesize=1"),)),
    "a header that nobody knows": Asking(headers=((b"x-unknown", b"1"),)),
    "a folder in its own words": Asking(folder=None, headers=((b"x-uipath-folderkey", GUID.encode()),)),
    "our address in other words": Asking(base_url="http://door.test/ACME/dev"),
}


class TestWhatIsNeverShared:
    @pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
    def test_an_answer_with(self, other: Asking) -> None:
        async def talk(world: World) -> None:
            first, _ = world.begin()
            second, _ = world.begin(other)
            assert len(world.asked) == 2, "one question for two"
            world.asked[0].answer(b"first")
            world.asked[1].answer(b"second")
            assert (first.body, second.body) == (b"first", b"second")
            # Nor later, from memory.
            assert (await world.ask(other)).body == b"second"
            assert (await world.ask()).body == b"first"
            assert len(world.asked) == 2

        run(talk)

    @pytest.mark.parametrize(
        "header",
        [
            (b"user-agent", b"() { :; }; <script>"),
            (b"origin", b"https://evil.example"),
            (b"referer", b"https://evil.example"),
            (b"x-request-id", b"x"),
            (b"traceparent", b"00-x"),
            (b"sec-fetch-site", b"cross-site"),
            (b"cache-control", b"max-age=100"),
            (b"authorization", b"Bearer crafted"),
            (b"cookie", b"a=b"),
        ],
    )
    def test_a_header_that_is_not_compared_never_goes_upstream(self, header: Header) -> None:
        async def talk(world: World) -> None:
            poisoned = await world.ask(Asking(headers=(header,)), b"first")
            assert header[0] not in dict(world.asked[0].onward.headers)
            plain = await world.ask()
            assert poisoned.body == plain.body
            assert len(world.asked) == 1

        run(talk)

    def test_a_header_that_connection_would_take_out_on_the_way(self) -> None:
        async def talk(world: World) -> None:
            crafted = Asking(headers=((b"connection", b"x-uipath-folderkey, accept"), (b"accept", b"a")))
            await world.ask(crafted)
            await world.ask(Asking(headers=((b"accept", b"a"),)))
            assert len(world.asked) == 2

        run(talk)

    @pytest.mark.parametrize(
        "header",
        [
            (b"range", b"bytes=0-1"),
            (b"if-none-match", b'"x"'),
            (b"if-modified-since", b"Mon, 02 Mar 2026 09:00:00 GMT"),
        ],
    )
    def test_a_question_about_a_part_or_a_change(self, header: Header) -> None:
        async def talk(world: World) -> None:
            for _ in range(2):
                listener = await world.ask(Asking(headers=(header,)))
                assert b"cache-status" not in dict(listener.headers)
            assert len(world.asked) == 2

        run(talk)

    @pytest.mark.parametrize("asking", [Asking(method="HEAD"), Asking(headers=((b"content-length", b"2"),))])
    def test_what_is_no_plain_read(self, asking: Asking) -> None:
        async def talk(world: World) -> None:
            await world.ask(asking)
            await world.ask(asking)
            assert len(world.asked) == 2

        run(talk)

    @pytest.mark.parametrize("word", [b"no-store", b"no-cache", b'private="x"', b"max-age=0, NO-STORE"])
    def test_an_answer_that_says_so(self, word: bytes) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"cache-control", word))
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_answer_whose_word_cannot_be_read(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"cache-control", b'max-age=5, "'))
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_answer_that_may_depend_on_anything(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"vary", b"*"))
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_answer_with_a_cookie_though_that_is_not_passed_on(self) -> None:
        async def talk(world: World) -> None:
            listener, _ = world.begin()
            world.asked[0].sets_cookies = True
            world.asked[0].answer(b"1")
            await listener.end()
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk, "Jobs_Get=2s+no-store")

    @pytest.mark.parametrize("status", [204, 304, 404, 500, 503])
    def test_an_answer_that_is_not_200_is_not_kept(self, status: int) -> None:
        async def talk(world: World) -> None:
            assert (await world.ask(None, b"", status=status)).status == status
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    @pytest.mark.parametrize("word", [b"no-store", b"no-cache", b"max-age=0"])
    def test_a_question_that_wants_it_from_upstream(self, word: bytes) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1")
            world.seconds += 1
            fresh = await world.ask(Asking(headers=((b"cache-control", word),)), b"2")
            assert fresh.body == b"2"

        run(talk)

    def test_nor_one_in_the_words_of_http_1_0(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1")
            fresh = await world.ask(Asking(headers=((b"pragma", b"no-cache"),)), b"2")
            assert (fresh.body, status_of(fresh)) == (b"2", b"stagedoor; fwd=request")

        run(talk)

    def test_what_an_upstream_calls_stale(self) -> None:
        async def talk(world: World) -> None:
            for said in ((b"cache-control", b"max-age=0"), (b"expires", b"0"), (b"cache-control", b"max-age=x")):
                await world.ask(None, b"1", said)
            await world.ask(None, b"1", (b"cache-control", b"s-maxage=0, max-age=100"))
            await world.ask(None, b"1", (b"cache-control", b"max-age=10"), (b"age", b"10"))
            assert len(world.asked) == 5

        run(talk)
