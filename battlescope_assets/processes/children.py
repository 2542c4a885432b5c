"""Starts and stops child processes that cannot outlive us; which ones there are belongs to the supervisor."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
"""From Linux' prctl(2)."""


def start(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path,
    shows_progress: bool = False,
    account: pwd.struct_passwd | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts a command that gets `death_signal` when this process dies, even by SIGKILL (on Linux).

    It leads a process group of its own, so that a Ctrl-C on the terminal reaches only us and we choose the order to
    stop in. SIGINT and SIGTERM are reset to their defaults: a shell that starts us in the background ignores SIGINT,
    and children would inherit that.

    Args:
        command: program and arguments.
        environment: the whole environment of the child.
        log: file that receives its output, emptied first.
        shows_progress: its standard output is shown on ours instead; only its errors go to the log.
        account: whom to run it as, where we are root.
        death_signal: what the kernel sends it when we die.

    Raises:
        RuntimeError: not called from the main thread, whose end the kernel would take for our death.
    """
    if threading.current_thread() is not threading.main_thread():
        message = "children are started from the main thread: the kernel ends them with the thread that started them"
        raise RuntimeError(message)
    log.write_bytes(b"")
    with log.open("ab") as output:  # the child may write there itself
        return subprocess.Popen(  # noqa: S603  # our own programs, no shell
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=None if shows_progress else output,
            stderr=output,
            process_group=0,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_before_exec(os.getpid(), death_signal),  # noqa: PLW1509  # no thread of ours holds a lock here
        )


def stop(process: subprocess.Popen[bytes], number: signal.Signals, patience_seconds: float) -> None:
    """Sends the signal to the child and waits; what is left of its group after `patience_seconds` is killed."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nobody is left, which is the usual end (macOS says so with the second)


def _before_exec(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """What the child does between fork and exec; the library is loaded before, since little is safe in between."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, death_signal)
            if os.getppid() != parent:  # it died before the request
                os._exit(1)

    return prepare
