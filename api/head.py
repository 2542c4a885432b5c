"""HEAD on whatever answers GET: the same headers and no body; what is answered belongs to the routes."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadOfGet:
    """ASGI middleware that asks the application with GET, and ends the answer where its body would begin.

    Monitors and checkers of links ask so, and RFC 9110 §9.1 wants it of every server.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wraps `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes other methods on as they are."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})  # at once: a stream would never end

        asked = {**scope, "method": "GET"}
        try:
            await self.app(asked, receive, send_head)
        finally:
            scope["route"] = asked.get("route")  # for the log and the metrics
