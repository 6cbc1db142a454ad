"""The management API, built when it is first needed: a server that starts does not wait for it."""

import threading

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from stagedoor.admin.drawn import DrawError
from stagedoor.admin.parts import AdminParts


class DeferredAdmin:
    """An ASGI application that stands for the one of :func:`stagedoor.admin.app.build_admin`.

    Reading its modules and building its models takes several hundred milliseconds, which is most of what a server
    would need to be ready. :meth:`prepare` may be called from a worker thread once the server answers; a request that
    comes sooner waits for it.
    """

    def __init__(self, parts: AdminParts, draw_error: DrawError) -> None:
        self._parts = parts
        self._draw_error = draw_error
        self._built: ASGIApp | None = None
        self._building = threading.Lock()

    def prepare(self) -> ASGIApp:
        """Build the application, once, and return it."""
        with self._building:
            if self._built is None:
                from stagedoor.admin.app import build_admin

                self._built = build_admin(self._parts, self._draw_error)
            return self._built

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._built
        if app is None:
            app = await to_thread.run_sync(self.prepare)
        await app(scope, receive, send)
