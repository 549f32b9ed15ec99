"""Settings read from the environment once, at start; nothing else reads os.environ."""

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


def _flag(name: str, default: str = "") -> bool:
    return os.environ.get(name, default).strip().lower() in {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Settings:
    """Everything the operator may set (`architecture.md` §7). Paths are absolute, ports are integers."""

    instance: Path
    secret_key: str
    database_url: str
    redis_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    language: str = "ru"
    port: int = 8000
    development: bool = False
    test_clock: bool = False
    proxy_hops: int = 0
    imap_url: str = field(default="", repr=False)
    mail: dict[str, str] = field(default_factory=dict)
    sms: dict[str, str] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        """True when the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def is_https(self) -> bool:
        """True when clients and staff reach the product over TLS: cookies are then Secure."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def uploads(self) -> Path:
        """Folder of uploaded files; created on first use."""
        return self.instance / "uploads"


def load_settings() -> Settings:
    """Settings of this process. Creates the instance folder and, once, a secret key in it (mode 0600)."""
    instance = Path(os.environ.get("SNOVA_INSTANCE") or ROOT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True)
    port = int(os.environ.get("PORT") or 8000)
    return Settings(
        instance=instance,
        secret_key=os.environ.get("SECRET_KEY") or _kept_secret(instance / "secret_key"),
        database_url=_database_url(instance),
        redis_url=os.environ.get("REDIS_URL", ""),
        public_url=(os.environ.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        language=os.environ.get("SNOVA_LANGUAGE") or "ru",
        port=port,
        development=_flag("SNOVA_DEVELOPMENT"),
        test_clock=_flag("SNOVA_TEST_CLOCK"),
        proxy_hops=int(os.environ.get("SNOVA_PROXY_HOPS") or 0),
        imap_url=os.environ.get("IMAP_URL", ""),
        mail={k: v for k, v in os.environ.items() if k.startswith("MAIL_")},
        sms={k: v for k, v in os.environ.items() if k.startswith("SMS_")},
    )


def _database_url(instance: Path) -> str:
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith(("postgres://", "postgresql://")):
        # Hosting panels hand out the short spelling; the driver installed here is psycopg 3.
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url or f"sqlite:///{instance / 'snova.db'}"


def _kept_secret(path: Path) -> str:
    """The instance's own secret; two processes starting at once must agree, and a kill must not leave half of one."""
    if not path.exists():
        scratch = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(scratch, path)
        scratch.unlink()
    secret = path.read_text("ascii").strip()
    if len(secret) < 32:
        raise SystemExit(f"{path} is empty or damaged. Put back the one of a backup, or delete it: all sign in anew.")
    return secret
