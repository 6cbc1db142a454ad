"""Applications of the house that are built when they are first needed: a server that starts does not wait for them."""

from collections.abc import Callable

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from stagedoor.kit.deferred import Deferred


class DeferredApp:
    """An ASGI application that stands for the one that ``build`` returns.

    Reading the modules of one takes up to several hundred milliseconds, which is much of what a server would need to
    be ready; so ``build`` imports them itself. :meth:`prepare` may be called from a worker thread once the server
    answers; a request that comes sooner waits for it.
    """

    def __init__(self, build: Callable[[], ASGIApp]) -> None:
        self._app = Deferred(build)

    def prepare(self) -> ASGIApp:
        """Build the application, once, and return it."""
        return self._app.get()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app.built
        if app is None:
            app = await to_thread.run_sync(self.prepare)
        await app(scope, receive, send)
