"""What identical reads share, and what is never shared."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from tests.factories.callers import caller, terms
from tests.factories.scripted_upstream import Listener

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Match
from stagedoor.gateway.answer_cache import ALONE_SECONDS, AnswerCache
from stagedoor.gateway.cache_rules import SECONDS_MAX, CacheRules
from stagedoor.gateway.carriage import Carriage, onward_of
from stagedoor.gateway.errors import CacheRuleRefused
from stagedoor.gateway.flights import ANSWER_BYTES_MAX, PIECE_BYTES
from stagedoor.kit.secret import Secret
from stagedoor.passage import Caller, FolderPlace, Reach, RequestHead, TenantPlace
from stagedoor.upstream.errors import UpstreamBroke, UpstreamUnreachable
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.exchange import AnswerSink, CallerEnd

Header = tuple[bytes, bytes]

TENANT = TenantPlace("o1", "acme", "t1", "dev", "https://orchestrator.example", Secret("upstream"), "c1")
FOLDER = FolderPlace(7, "k7", "Shared", ("k7",))
KEY = caller(terms("all"))
STORED, MISSED, COLLAPSED = (
    b"stagedoor; fwd=uri-miss; stored",
    b"stagedoor; fwd=uri-miss",
    b"stagedoor; fwd=uri-miss; collapsed",
)


class Exchange:
    """One question upstream, answered when the test wants."""

    def __init__(self, onward: Onward, sink: AnswerSink) -> None:
        self.onward, self.sink = onward, sink
        self.sets_cookies = False
        self.calls: list[str] = []

    def answer(self, body: bytes = b"{}", *headers: Header, status: int = 200, length: int | None = None) -> None:
        self.sink.start(status, [(b"content-type", b"application/json"), *headers], length)
        if body:
            self.sink.write(body)
        self.sink.finish()

    def pause_answer(self) -> None:
        self.calls.append("pause")

    def resume_answer(self) -> None:
        self.calls.append("resume")

    def cancel(self) -> None:
        self.calls.append("cancel")


@dataclass
class Asking:
    """What is asked, plain unless something else is said."""

    operation: str = "Jobs_Get"
    method: str = "GET"
    path: str = "/odata/Jobs"
    query: str = ""
    headers: tuple[Header, ...] = ()
    tenant: TenantPlace = TENANT
    by: Caller = field(default_factory=lambda: KEY)
    folder: FolderPlace | None = FOLDER
    reach: Reach = field(default_factory=Reach)
    base_url: str = "http://door.test/acme/dev"

    def carriage(self) -> Carriage:
        return Carriage(
            head=RequestHead(
                method=self.method,
                path=self.path,
                query=self.query,
                headers={name.decode(): value.decode() for name, value in self.headers},
                raw_headers=self.headers,
                client_address="192.0.2.7",
            ),
            query={},
            path=self.path,
            base_url=self.base_url,
            tenant=self.tenant,
            caller=self.by,
            match=Match(CATALOG.get_operation(self.operation), {}),
            folder=self.folder,
            reach=self.reach,
        )


class World:
    """A cache, what it asked upstream, and a watch that the test moves."""

    def __init__(self, *rules: str, **bounds: int) -> None:
        self.seconds = 100.0
        self.asked: list[Exchange] = []
        self.failure: Exception | None = None
        self.cache = AnswerCache(CacheRules.read(rules, CATALOG), now=lambda: self.seconds, **bounds)

    def launch(self, onward: Onward, sink: AnswerSink) -> Any:
        if self.failure is not None:
            raise self.failure
        self.asked.append(Exchange(onward, sink))
        return self.asked[-1]

    def begin(self, asking: Asking | None = None, sink: AnswerSink | None = None) -> tuple[Listener, CallerEnd]:
        listener, carriage = Listener(), (asking or Asking()).carriage()
        return listener, self.cache.begin(carriage, onward_of(carriage), sink or listener, self.launch)

    async def ask(self, asking: Asking | None = None, body: bytes = b"{}", *headers: Header, **how: Any) -> Listener:
        """Ask, and answer if upstream was asked."""
        before = len(self.asked)
        listener, _ = self.begin(asking)
        if len(self.asked) > before:
            self.asked[-1].answer(body, *headers, **how)
        await listener.end()
        return listener


def run(talk: Callable[[World], Awaitable[None]], *rules: str, **bounds: int) -> None:
    async def main() -> None:
        await talk(World(*(rules or ("Jobs_Get=2s",)), **bounds))

    asyncio.run(main())


def status_of(listener: Listener) -> bytes:
    return dict(listener.headers)[b"cache-status"]


GUID = "11111111-2222-3333-4444-555555555555"

OTHERS: dict[str, Asking] = {
    "another grant": Asking(by=caller(terms("Jobs_Get"))),
    "a ceiling": Asking(by=caller(replace(terms("all"), ceiling=("scope:OR.Jobs.Read",)))),
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


class TestMemory:
    def test_off_unless_there_is_a_rule(self) -> None:
        assert not CacheRules.read((), CATALOG)

        async def talk(world: World) -> None:
            folders = Asking(operation="Folders_Get", path="/odata/Folders")
            first, second = await world.ask(folders), await world.ask(folders)
            assert len(world.asked) == 2
            assert b"cache-status" not in dict(first.headers) | dict(second.headers)

        run(talk)

    def test_answers_for_so_long_and_says_so(self) -> None:
        async def talk(world: World) -> None:
            first = await world.ask(None, b"1", (b"content-encoding", b"gzip"), (b"age", b"3"))
            assert status_of(first) == STORED
            world.seconds += 1.5
            second = await world.ask()
            assert second.body == b"1"
            said = dict(second.headers)
            assert said[b"cache-status"] == b"stagedoor; hit; ttl=0"
            assert (said[b"age"], said[b"content-length"], said[b"content-encoding"]) == (b"4", b"1", b"gzip")
            world.seconds += 0.5
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_keeps_no_longer_than_the_upstream_wants(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"cache-control", b"max-age=1"))
            world.seconds += 0.9
            assert (await world.ask()).body == b"1"
            world.seconds += 0.1
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_administrator_may_overrule_an_upstream_that_forbids_it_always(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"cache-control", b"no-store, must-revalidate, no-cache, max-age=0"))
            assert (await world.ask()).body == b"1"

        run(talk, "Jobs_Get=2s+no-store")

    def test_a_caller_says_how_old_it_may_be(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1")
            world.seconds += 1
            assert (await world.ask(Asking(headers=((b"cache-control", b"max-age=1"),)))).body == b"1"

        run(talk)

    def test_another_expiry_or_network_of_a_key_changes_no_answer(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1")
            other = caller(replace(terms("all"), networks=("192.0.2.0/24",)))
            assert (await world.ask(Asking(by=other))).body == b"1"

        run(talk)

    def test_a_rule_of_one_tenant_counts_there_alone(self) -> None:
        async def talk(world: World) -> None:
            elsewhere = Asking(tenant=replace(TENANT, tenant_id="t2", tenant_name="prod"))
            for asking in (Asking(), Asking(), elsewhere, elsewhere):
                await world.ask(asking)
            assert len(world.asked) == 3

        run(talk, "Acme/Dev:jobs_get=2")

    @pytest.mark.parametrize("fails", [False, True])
    def test_a_change_in_the_tenant_makes_it_forget(self, fails: bool) -> None:
        async def talk(world: World) -> None:
            change = Asking(operation="Queues_AddQueueItem", method="POST", path="/odata/Queues/x")
            await world.ask(None, b"1")
            before, _ = world.begin(Asking(query="$top=1"))
            changing, _ = world.begin(change)
            during, _ = world.begin(Asking(query="$top=1"))
            assert len(world.asked) == 4
            world.asked[1].answer(b"old")
            world.asked[3].answer(b"perhaps old")
            if fails:
                world.asked[2].sink.fail(UpstreamBroke())
            else:
                world.asked[2].answer(b"")
            for listener in (before, changing, during):
                await listener.end()
            assert (await world.ask(None, b"2")).body == b"2"
            assert (await world.ask(Asking(query="$top=1"), b"new")).body == b"new"
            unchanged = Asking(tenant=replace(TENANT, tenant_id="t2"))
            await world.ask(unchanged, b"3")
            await world.ask(change)
            assert (await world.ask(unchanged)).body == b"3"

        run(talk)

    def test_is_bounded_in_entries_and_bytes(self) -> None:
        async def talk(world: World) -> None:
            for number in range(10):
                await world.ask(Asking(query=f"$top={number}"), b"x" * 300)
                assert world.cache.bytes_kept <= 1000
            await world.ask(Asking(query="$top=9"))
            assert len(world.asked) == 10
            await world.ask(Asking(query="$top=0"), b"x" * 2000)
            await world.ask(Asking(query="$top=0"), b"x" * 2000)
            assert len(world.asked) == 12

        run(talk, bytes_max=1000)

        async def few(world: World) -> None:
            for number in (0, 1, 0, 2, 0, 1):
                await world.ask(Asking(query=f"$top={number}"))
            assert len(world.asked) == 4

        run(few, entries_max=2)

    def test_a_question_too_long_to_remember_is_asked(self) -> None:
        async def talk(world: World) -> None:
            long = Asking(headers=((b"x-long", b"x" * 5000),))
            assert status_of(await world.ask(long)) == b"stagedoor; fwd=bypass"
            await world.ask(long)
            assert len(world.asked) == 2

        run(talk)

    def test_a_long_answer_comes_as_fast_as_its_caller_takes_it(self) -> None:
        class Slow(Listener):
            def write(self, data: bytes) -> None:
                super().write(data)
                end.pause_answer()

        async def talk(world: World) -> None:
            nonlocal end
            await world.ask(None, b"x" * (3 * PIECE_BYTES))
            slow = Slow()
            _, end = world.begin(sink=slow)
            for pieces in (1, 2, 3):
                await asyncio.sleep(0)
                assert len(slow.pieces) == pieces
                assert "finish" not in slow.calls or pieces == 3
                end.resume_answer()
            await slow.end()
            assert slow.body == b"x" * (3 * PIECE_BYTES)
            gone = Slow()
            _, end = world.begin(sink=gone)
            await asyncio.sleep(0)
            end.cancel()
            end.resume_answer()
            assert len(gone.pieces) == 1
            assert "finish" not in gone.calls

        end = cast("CallerEnd", None)
        run(talk)


class TestOneQuestionForAll:
    def test_who_asks_meanwhile_waits_for_the_same_answer(self) -> None:
        async def talk(world: World) -> None:
            listeners = [world.begin()[0] for _ in range(100)]
            assert len(world.asked) == 1
            world.asked[0].answer(b"1")
            for listener in listeners:
                await listener.end()
                assert listener.body == b"1"
            assert [status_of(listener) for listener in listeners] == [MISSED, *[COLLAPSED] * 99]
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk, "Jobs_Get=0")

    def test_who_leaves_ends_nothing_for_the_others(self) -> None:
        async def talk(world: World) -> None:
            first, end = world.begin()
            second, _ = world.begin()
            end.cancel()
            world.asked[0].answer(b"1")
            await second.end()
            assert (second.body, first.calls, world.asked[0].calls) == (b"1", [], [])

        run(talk)

    def test_when_all_have_left_upstream_is_not_waited_for(self) -> None:
        async def talk(world: World) -> None:
            ends = [world.begin()[1] for _ in range(3)]
            for end in ends:
                end.cancel()
                end.cancel()
            assert world.asked[0].calls == ["cancel"]
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_what_goes_wrong_is_told_to_all_and_the_next_asks_anew(self) -> None:
        async def talk(world: World) -> None:
            listeners = [world.begin()[0] for _ in range(3)]
            world.asked[0].sink.fail(UpstreamBroke())
            assert all(isinstance(listener.error, UpstreamBroke) for listener in listeners)
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_answer_that_breaks_off_is_nobodys(self) -> None:
        async def talk(world: World) -> None:
            listeners = [world.begin()[0] for _ in range(2)]
            sink = world.asked[0].sink
            sink.start(200, [], None)
            sink.write(b"half")
            sink.fail(UpstreamBroke())
            assert [listener.calls for listener in listeners] == [["fail"], ["fail"]]

        run(talk)

    def test_a_refusal_of_the_upstreams_is_told_to_all(self) -> None:
        async def talk(world: World) -> None:
            listeners = [world.begin()[0] for _ in range(3)]
            world.asked[0].answer(b"slow down", (b"retry-after", b"7"), status=429)
            assert {listener.status for listener in listeners} == {429}
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_what_cannot_be_begun_is_raised_and_leaves_nothing_behind(self) -> None:
        async def talk(world: World) -> None:
            world.failure = UpstreamUnreachable()
            with pytest.raises(UpstreamUnreachable):
                world.begin()
            world.failure = None
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_answer_that_may_not_be_shared_is_the_firsts_and_the_others_ask_for_themselves(self) -> None:
        async def talk(world: World) -> None:
            (first, _), (second, end), (gone, leaves), (third, _) = (world.begin() for _ in range(4))
            leaves.cancel()
            end.pause_answer()
            world.asked[0].answer(b"1", (b"cache-control", b"private"))
            assert first.body == b"1"
            assert second.calls == []
            await asyncio.sleep(0)
            assert len(world.asked) == 3
            assert world.asked[1].calls == ["pause"]
            end.resume_answer()
            world.asked[1].answer(b"2")
            end.cancel()
            world.asked[2].sink.fail(UpstreamBroke())
            assert (second.body, third.calls, gone.calls) == (b"2", ["fail"], [])
            assert world.asked[1].calls == ["pause", "resume", "cancel"]

        run(talk)

    def test_whoever_cannot_ask_for_itself_then_is_told(self) -> None:
        async def talk(world: World) -> None:
            world.begin()
            second, _ = world.begin()
            world.failure = UpstreamUnreachable()
            world.asked[0].answer(b"1", (b"cache-control", b"private"))
            await second.end()
            assert isinstance(second.error, UpstreamUnreachable)

        run(talk)

    def test_for_a_while_nobody_waits_for_what_turned_out_not_to_be_shared(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"cache-control", b"private"))
            listeners = [world.begin()[0] for _ in range(2)]
            assert len(world.asked) == 3
            for exchange in world.asked[1:]:
                exchange.answer(b"2")
            assert {status_of(listener) for listener in listeners} == {b"stagedoor; fwd=bypass"}
            world.seconds += ALONE_SECONDS
            assert [world.begin() and len(world.asked) for _ in range(2)] == [4, 4]

        run(talk)

    @pytest.mark.parametrize("says_length", [True, False])
    def test_an_answer_too_long_to_hold_streams_to_the_first(self, says_length: bool) -> None:
        async def talk(world: World) -> None:
            (first, end), (second, _) = world.begin(), world.begin()
            piece = b"x" * (ANSWER_BYTES_MAX // 2)
            length = 3 * len(piece) if says_length else None
            sink = world.asked[0].sink
            sink.start(200, [], length)
            assert bool(first.calls) == says_length
            for _ in range(3):
                sink.write(piece)
            assert first.bytes_heard == 3 * len(piece)
            assert (first.content_length, first.status) == (length, 200)
            end.pause_answer()
            assert world.asked[0].calls == ["pause"]
            sink.finish()
            await first.end()
            await asyncio.sleep(0)
            world.asked[1].answer(b"2")
            assert second.body == b"2"

        run(talk)


@pytest.mark.parametrize(
    "rule",
    [
        *("", "Jobs_Get", "Jobs_Get=", "Jobs_Get=-1", "Jobs_Get=1m", "Jobs_Get=1+no-cache"),
        *("Nothing_Get=1", "Jobs_StartJobs=1", "acme:Jobs_Get=1", "acme/:Jobs_Get=1", f"Jobs_Get={SECONDS_MAX + 1}"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule: str) -> None:
    with pytest.raises(CacheRuleRefused):
        CacheRules.read([rule], CATALOG)
