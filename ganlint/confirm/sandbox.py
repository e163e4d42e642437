"""Containment of the worker process: limits, no network, no writes outside its scratch folder, no new processes.

It stops accidents (a training loop, a download, a script that writes its results), and what it cannot stop it says. On
Linux the kernel keeps the files (Landlock); an audit hook stands in front of it everywhere, because it can say why.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE = 1 << 0, 1 << 1, 1 << 2
#: remove_dir, remove_file and the seven ways to make something.
_CHANGE = sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_BIND_TCP, _CONNECT_TCP = 1, 2
_NO_NEW_PRIVILEGES = 38
_FILE_MB = 16


class BlockedError(BaseException):
    """Something the program is not allowed to do; no `except Exception` of the user's hides it."""


def limit_resources(*, memory_mb: int, seconds: int, with_memory: bool = True) -> None:
    """Bound memory, CPU time and the size of files; CUDA reserves address space it never uses: no bound on that."""
    if with_memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_MB << 20, _FILE_MB << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave_network() -> bool:
    """Enter a network namespace of its own, where there is nothing to reach; False where the system refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    return any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def lock_files(writable: Sequence[str]) -> bool:
    """Let the kernel refuse writes outside some folders, new programs and TCP; False where it has no Landlock."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    call = libc.syscall
    call.restype = ctypes.c_long
    version = call(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    refer, truncate, tcp = 2, 3, 4  # the versions that brought them
    handled = _EXECUTE | _WRITE_FILE | _CHANGE | (_REFER if version >= refer else 0)
    handled |= _TRUNCATE if version >= truncate else 0
    network = _BIND_TCP | _CONNECT_TCP if version >= tcp else 0
    attributes = struct.pack("QQ", handled, network) if version >= tcp else struct.pack("Q", handled)
    ruleset = call(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    for path in [*writable, os.devnull]:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        allowed = handled & ~_EXECUTE if Path(path).is_dir() else _WRITE_FILE | (handled & _TRUNCATE)
        rule = struct.pack("=Qi", allowed, descriptor)
        refused = call(_LANDLOCK_ADD, ruleset, 1, rule, 0)
        os.close(descriptor)
        if refused:
            return False
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    locked = bool(call(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    os.close(ruleset)
    return locked


_NETWORK_EVENTS = frozenset(
    {"ftplib.connect", "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"}
)
_PROCESS_EVENTS = frozenset(
    {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen"}
)
_FILE_EVENTS = frozenset(
    {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate",
     "shutil.copyfile", "shutil.move", "shutil.rmtree"}
)  # fmt: skip


def install_audit_hook(writable: Sequence[str]) -> None:
    """Raise BlockedError, with the reason, for writes elsewhere, network and processes; it cannot be removed again."""
    allowed = tuple(os.path.realpath(path) + os.sep for path in writable)
    busy = False

    def audit(event: str, args: tuple[object, ...]) -> None:
        nonlocal busy
        if busy:
            return
        busy = True
        try:
            reason = _find_reason(event, args, allowed)
        finally:
            busy = False
        if reason:
            raise BlockedError(reason)

    sys.addaudithook(audit)


def _find_reason(event: str, args: tuple[object, ...], allowed: tuple[str, ...]) -> str:
    if event in _NETWORK_EVENTS:
        return f"network ({event})"
    if event in _PROCESS_EVENTS:
        return f"a new process ({event})"
    if event == "open" and _is_writing(args) and not _is_allowed(args[0], allowed):
        return f"a write to {_show(args[0])}"
    if event in _FILE_EVENTS and not _is_allowed(args[0] if args else None, allowed):
        return f"{event} of {_show(args[0] if args else None)}"
    return ""


def _is_writing(args: tuple[object, ...]) -> bool:
    mode, flags = (*args, None, None)[1:3]
    if isinstance(mode, str) and any(letter in mode for letter in "wax+"):
        return True
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _is_allowed(path: object, allowed: tuple[str, ...]) -> bool:
    if not isinstance(path, (str, bytes)):
        return True  # a descriptor that was opened before
    real = os.path.realpath(os.fsdecode(path))
    return real == os.devnull or (real + os.sep).startswith(allowed)


def _show(path: object) -> str:
    return os.fsdecode(path) if isinstance(path, (str, bytes)) else repr(path)
