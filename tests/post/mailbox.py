"""A real IMAP server for tests: Dovecot in a folder of its own, as whoever runs the tests, on free loopback ports."""

import getpass
import grp
import imaplib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from post.relay import TLS, free_port

PROGRAM = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else "")
LOGIN, PASSWORD = "mail@agency.ru", "abcdefghijklmnop"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
auth_verbose = yes
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{tls}/relay.pem
ssl_key = <{tls}/relay.pem
ssl_dh =
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_uid = {uid}
mail_gid = {gid}
mail_location = maildir:{folder}/mail
mail_access_groups =
maildir_copy_with_hardlinks = no
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """The server; `port` speaks plainly, `tls_port` TLS with the certificate of localhost."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """IMAP_URL of the mailbox."""
        return f"imaps://{LOGIN.replace('@', '%40')}:{PASSWORD}@localhost:{self.tls_port}/INBOX"

    def start(self) -> None:
        """Serve; ready when it greets."""
        me, root = getpass.getuser(), os.getuid() == 0
        # Dovecot opens no mailbox as root.
        owner = pwd.getpwnam("dovecot" if root else me)
        config = self.folder / "dovecot.conf"
        config.write_text(CONFIG.format(
            folder=self.folder, tls=TLS, uid=owner.pw_uid, gid=owner.pw_gid, port=self.port, tls_port=self.tls_port,
            password=PASSWORD, internal="dovecot" if root else me, login="dovenull" if root else me,
            group="dovecot" if root else grp.getgrgid(os.getgid()).gr_name), "utf-8")
        for name in ("run", "state", "home", "mail"):
            (self.folder / name).mkdir(mode=0o755, exist_ok=True)
            if root and name in ("home", "mail"):
                os.chown(self.folder / name, owner.pw_uid, owner.pw_gid)
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", str(config)], stdout=subprocess.DEVNULL,
                                        stderr=(self.folder / "stderr.log").open("wb"))
        for _ in range(500):
            try:
                with self.connection():
                    return
            except (OSError, imaplib.IMAP4.error):
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        raise AssertionError((self.folder / "stderr.log").read_text() + self.log())

    def log(self) -> str:
        """What the server says of itself."""
        path = self.folder / "dovecot.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def stop(self) -> None:
        """End it with all its children."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @contextmanager
    def connection(self) -> Iterator[imaplib.IMAP4]:
        """Signed in, as a mail program would be."""
        imap = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        try:
            imap.login(LOGIN, PASSWORD)
            yield imap
        finally:
            imap.shutdown()

    def put(self, *letters: bytes | EmailMessage, folder: str = "INBOX") -> None:
        """Letters come."""
        with self.connection() as imap:
            for letter in letters:
                raw = letter if isinstance(letter, bytes) else letter.as_bytes()
                state, said = imap.append(folder, None, None, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
                assert state == "OK", said

    def subjects(self, folder: str = "INBOX", *, unseen: bool = False) -> list[str]:
        """What lies in a folder."""
        with self.connection() as imap:
            imap.select(folder, readonly=True)
            _state, found = imap.search(None, "UNSEEN" if unseen else "ALL")
            subjects = []
            for number in found[0].split():
                _state, data = imap.fetch(number, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
                subjects.append(data[0][1].decode().partition(":")[2].strip())
            return subjects

    def renumber(self) -> None:
        """A new UIDVALIDITY, as after a mailbox was moved to another server."""
        for path in (self.folder / "mail").glob("dovecot.index*"):
            path.unlink()
        known = self.folder / "mail" / "dovecot-uidlist"
        known.write_text(re.sub(r"\bV(\d+)", lambda found: f"V{int(found[1]) + 1000}", known.read_text(), count=1))

    def forget(self) -> None:
        """An empty mailbox again."""
        for path in (self.folder / "mail").iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A server until the end of the block; skipped where Dovecot is not installed.

    Its folder stands outside of those of the tests, into which the account that owns mailboxes may not look.
    """
    if not PROGRAM:
        pytest.skip("Dovecot is not installed")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


