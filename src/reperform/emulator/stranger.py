"""Another host, as far as clients can tell: nothing of ours, and no key, should ever arrive there."""

from __future__ import annotations

import asyncio

from reperform.emulator.world import Leak, World

__all__ = ["listen"]

_ANSWER = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def listen(world: World) -> asyncio.Server:
    """Listens on a port of its own; every request is written down as a leak, with the headers that held a key."""

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            writer.write(_ANSWER)
            await writer.drain()
            world.strangers.append(head.partition("\r\n")[0])
            _note(world, head)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    world.stranger = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    return server


def _note(world: World, head: str) -> None:
    for line in head.splitlines()[1:]:
        name, _, value = line.partition(":")
        if any(key in value for key in world.keys.values()):
            world.leaks.append(Leak("another host", name.lower()))
