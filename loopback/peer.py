"""Whether a connection comes from a process of the user that this process runs as.

Source: proc_pid_net(5), `/proc/net/tcp`: addresses in hexadecimal, and the user of each socket.
Where there is no such file (macOS), nobody can tell, and every user of the machine is served.
"""

import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

Address = tuple[str, int]

_TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_MAPPED: Final = "0000000000000000FFFF0000"
_LOCAL, _REMOTE, _USER, _INODE = 1, 2, 7, 9


def is_own(client: Address, server: Address) -> bool:
    """Whether the client's socket is one of our own user's, or root's."""
    if not _TABLES[0].exists():
        return True
    wanted = (_hexadecimal(client), _hexadecimal(server))
    return any(_user(line, wanted) in {os.getuid(), 0} for line in _sockets(wanted[0]))


def _sockets(client: str) -> Iterator[str]:
    for table in _TABLES:
        if table.exists():
            yield from (line for line in table.read_text().splitlines() if client in line)


def _user(line: str, wanted: tuple[str, str]) -> int | None:
    fields = line.split()
    addresses = tuple(fields[at].removeprefix(_MAPPED) for at in (_LOCAL, _REMOTE))
    # A socket that its process has closed has no inode, and is shown as root's.
    return int(fields[_USER]) if addresses == wanted and fields[_INODE] != "0" else None


def _hexadecimal(address: Address) -> str:
    """As the table has it: the number of the address in the machine's own byte order."""
    host, port = address[:2]
    (number,) = struct.unpack("=I", socket.inet_aton(host.removeprefix("::ffff:")))
    return f"{number:08X}:{port:04X}"
