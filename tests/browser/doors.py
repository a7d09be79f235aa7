"""Every port that a process and its children listen on, as Linux tells it."""

import re
from collections.abc import Iterator
from pathlib import Path

_LISTENING = "0A"
_STATE, _LOCAL, _INODE = 3, 1, 9


def doors(root: int) -> dict[int, int]:
    """The process that listens on each port, among this process and its children."""
    owners = {inode: pid for pid in _tree(root) for inode in _sockets(pid)}
    found: dict[int, int] = {}
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[_STATE] == _LISTENING and fields[_INODE] in owners:
                found[int(fields[_LOCAL].rpartition(":")[2], 16)] = owners[fields[_INODE]]
    return found


def _tree(root: int) -> Iterator[int]:
    parents: dict[int, list[int]] = {}
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit():
            try:
                stat = (directory / "stat").read_text()
            except OSError:  # it has ended
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(
                int(directory.name)
            )
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += parents.get(pid, [])


def _sockets(pid: int) -> Iterator[str]:
    try:
        for descriptor in Path("/proc", str(pid), "fd").iterdir():
            named = re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink()))
            if named:
                yield named[1]
    except OSError:  # it has ended
        return
