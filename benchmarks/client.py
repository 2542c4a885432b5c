"""A closed loop of HTTP/1.1 requests over a few connections, in as little processor time as Python allows."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

RECEIVE_BYTES = 2**18


class Asked(NamedTuple):
    """What a stretch of asking measured."""

    seconds: float
    latencies: list[float]
    """Of each answer, in seconds from sending the request to having read its last byte."""
    statuses: dict[int, int]
    """How many answers had each status."""
    client_seconds: float
    """Processor time the client itself took."""
    mean_bytes: float
    """Of an answer's body."""


class _Connection:
    """One connection and the request under way on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begun = 0.0
        self.head = b""
        self.length = self.read = 0

    def send(self, path: str, conditions: str) -> None:
        self.head, self.read = b"", 0
        self.begun = time.perf_counter()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{conditions}\r\n".encode())

    def is_answered(self) -> bool:
        """Reads what is there; tells whether `head` and `length` are those of a whole answer now."""
        part = self.socket.recv(RECEIVE_BYTES)
        if not part:
            raise ConnectionError("the server closed the connection")
        if self.head:
            self.read += len(part)
        else:
            self.head, _, body = part.partition(b"\r\n\r\n")  # servers send a head in one piece
            self.length = int(header(self.head, b"content-length") or 0)
            self.read = len(body)
        return self.read == self.length


def header(head: bytes, name: bytes) -> bytes | None:
    """The value of a header in an answer's head; the server writes names in lower case."""
    _, found, rest = head.partition(b"\r\n" + name + b": ")
    return rest.partition(b"\r\n")[0] if found else None


def ask(
    port: int, paths: Sequence[str], connections: int, seconds: float, *, revalidating: bool = False, anew: bool = True
) -> Asked:
    """Asks for the paths in turn, over and over, with one request at a time on each connection.

    Args:
        port: the server's, on the loopback address.
        paths: what to ask for.
        connections: how many are kept busy.
        seconds: how long.
        revalidating: each request names the newest tag an answer came with.
        anew: no answer may be one that the server kept.
    """
    turn: Iterator[str] = cycle(paths)
    conditions = "Cache-Control: no-cache\r\n" if anew else ""
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    total_bytes = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = _Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(turn), conditions)
        begun, own = time.perf_counter(), time.process_time()
        while (now := time.perf_counter()) < begun + seconds:
            for key, _ in selector.select(1.0):
                connection = key.data
                if not connection.is_answered():
                    continue
                now = time.perf_counter()
                latencies.append(now - connection.begun)
                status = int(connection.head[9:12])
                statuses[status] = statuses.get(status, 0) + 1
                total_bytes += connection.length
                if revalidating and (new := header(connection.head, b"etag")):
                    conditions = f"If-None-Match: {new.decode()}\r\n"
                connection.send(next(turn), conditions)
        own = time.process_time() - own
        for key in [*selector.get_map().values()]:
            key.data.socket.close()
    return Asked(now - begun, latencies, statuses, own, total_bytes / max(1, len(latencies)))
