"""Serving an application of a test's own: real HTTP on loopback."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from threading import Thread

import httpx
import pytest
import uvicorn
from fastapi import FastAPI


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of the application, which runs in a thread meanwhile."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:  # requests wait here until the server is up
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[FastAPI], httpx.Client]]:
    """Serves applications until the test ends."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(served(app))
