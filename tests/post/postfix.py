"""A real Postfix for tests: takes every letter, knows nobody, and puts what comes back into a mailbox of Dovecot."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from post.mailbox import LOGIN, Dovecot
from post.relay import free_port

PROGRAM = shutil.which("postfix") or ("/usr/sbin/postfix" if Path("/usr/sbin/postfix").exists() else "")
DOMAIN = "client.test"
"""All letters to this domain are taken at the door and returned: there is no such user."""
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.agency.test
mydestination = {domain}
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
mail_spool_directory = {folder}/spool/
recipient_delimiter = +
virtual_mailbox_domains = {ours}
virtual_mailbox_base = {boxes}
virtual_mailbox_maps = regexp:{folder}/conf/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = error:nowhere leaves this machine
biff = no
notify_classes =
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """The server; what it returns stands in the mailbox of `box`."""

    def __init__(self, folder: Path, box: Dovecot) -> None:
        self.folder, self.port = folder, free_port()
        owner = pwd.getpwnam("dovecot")
        local, domain = LOGIN.split("@")
        for name in ("conf", "queue", "data", "spool"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        words = {"folder": folder, "domain": DOMAIN, "ours": domain, "boxes": box.folder, "uid": owner.pw_uid,
                 "gid": owner.pw_gid, "port": self.port, "daemons": _daemons()}
        (folder / "conf" / "main.cf").write_text(_MAIN.format(**words))
        (folder / "conf" / "master.cf").write_text(_MASTER.format(**words))
        (folder / "conf" / "boxes").write_text(f"/^{local}(\\+.*)?@{domain.replace('.', '[.]')}$/ mail/\n")

    def run(self, verb: str) -> None:
        """`start` or `stop`."""
        done = subprocess.run([PROGRAM, "-c", str(self.folder / "conf"), verb], capture_output=True, text=True)
        assert done.returncode == 0 or verb == "stop", done.stderr + self.log()

    def log(self) -> str:
        """What the server says of itself."""
        path = self.folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""


def _daemons() -> str:
    return next((str(path) for path in (Path("/usr/lib/postfix/sbin"), Path("/usr/libexec/postfix")) if path.exists()),
                "/usr/lib/postfix")


@contextmanager
def postfix(box: Dovecot) -> Iterator[Postfix]:
    """A server until the end of the block; it can be started by root alone."""
    if not PROGRAM:
        pytest.skip("Postfix is not installed")
    if os.getuid() != 0:
        pytest.skip("Postfix starts for root only")
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    server = Postfix(folder, box)
    try:
        server.run("start")
        yield server
    finally:
        server.run("stop")
        shutil.rmtree(folder, ignore_errors=True)
