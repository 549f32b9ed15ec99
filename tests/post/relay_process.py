"""A relay in a process of its own: writes the Message-ID of every mail it takes into a file before it says so.

Run as `python relay_process.py FILE [SECONDS]`; prints its port. SECONDS is how long it thinks about each mail.
"""

import asyncio
import os
import re
import sys

from aiosmtpd.smtp import SMTP

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Counter:
    """Takes every mail."""

    def __init__(self, path, thinks):
        self.log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.thinks = thinks

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        responses.insert(-1, "250-PIPELINING")
        return responses

    async def handle_DATA(self, server, session, envelope):
        os.write(self.log, MESSAGE_ID.search(envelope.content)[1] + b"\n")
        if self.thinks:
            await asyncio.sleep(self.thinks)
        return "250 taken"


async def main(path, thinks):
    handler = Counter(path, thinks)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="relay.test"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0))
