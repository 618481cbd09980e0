"""The one place that reads the environment. Everything else receives a frozen `Config`."""

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cfp.errors import ConfigError
from cfp.uploads import Uploads

DEFAULT_INSTANCE = Path("instance")
_PORTS = {"http": 80, "https": 443}
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


@dataclass(frozen=True)
class Config:
    """Settings of one installation.

    Each field is `CFP_<NAME>` in the environment, over `<name>` in `instance/config.toml`, over
    its default here. Durations are in the unit their name carries.
    """

    instance: Path = DEFAULT_INSTANCE
    database_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    mail_server: str = ""
    mail_port: int = 25
    mail_username: str = ""
    mail_password: str = dataclasses.field(default="", repr=False)
    mail_security: str = "none"
    mail_from: str = "cfp@localhost"
    mail_timeout_seconds: int = 20
    mail_hold_minutes: int = 0
    trusted_proxies: int = 0
    open_creation: bool = False
    upload_limit_mib: int = 20
    worker_poll_seconds: float = 2.0
    log_level: str = "INFO"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Config":
        """Read `CFP_*` over `config.toml`. Raises ConfigError naming the setting that is wrong."""
        instance = Path(environ.get("CFP_INSTANCE") or DEFAULT_INSTANCE).absolute()
        raw: dict[str, object] = dict(_read_file(instance / "config.toml"))
        raw.update(
            {key[4:].lower(): value for key, value in environ.items() if key.startswith("CFP_")}
        )
        raw["instance"] = instance
        fields = {field.name: field for field in dataclasses.fields(cls)}
        for name in raw:
            if name not in fields:
                raise ConfigError("unknown_setting", name=f"CFP_{name.upper()}")
        values = {name: _convert(name, value, fields[name].default) for name, value in raw.items()}
        return cls(**values)._checked()  # type: ignore[arg-type]  # converted by default's type

    def _checked(self) -> "Config":
        if self.mail_security not in {"none", "starttls", "tls"}:
            raise ConfigError("bad_setting", name="CFP_MAIL_SECURITY", value=self.mail_security)
        return dataclasses.replace(
            self,
            base_url=_as_browsers_write(self.base_url),
            database_url=self.database_url or f"sqlite:///{self.instance / 'cfp.sqlite3'}",
        )

    def for_child(self) -> dict[str, str]:
        """The environment in which a `cfp` child process reads these same settings."""
        inherited = {key: value for key, value in os.environ.items() if key[:4] != "CFP_"}
        own = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return inherited | {f"CFP_{name.upper()}": str(value) for name, value in own.items()}

    @property
    def uploads(self) -> Uploads:
        """Where uploaded files are, and how large they may be."""
        return Uploads(self.instance / "uploads", self.upload_limit_mib * 2**20)

    @property
    def secure(self) -> bool:
        """Whether visitors arrive over https, which turns on Secure cookies and HSTS."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """The only Host header that is answered."""
        return urlsplit(self.base_url).netloc


def _as_browsers_write(base_url: str) -> str:
    """The address in small letters and without its scheme's own port: so is the Host they send."""
    try:
        url = urlsplit(base_url.strip().lower())
        port = "" if url.port in {None, _PORTS[url.scheme]} else f":{url.port}"
    except (ValueError, KeyError):
        raise ConfigError("bad_setting", name="CFP_BASE_URL", value=base_url) from None
    name = url.netloc.removesuffix(f":{url.port}")
    if not url.hostname or "@" in name or url.path not in {"", "/"} or url.query or url.fragment:
        raise ConfigError("bad_setting", name="CFP_BASE_URL", value=base_url)
    return f"{url.scheme}://{name}{port}"


def _read_file(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError("bad_config_file", name=str(path), value=str(error)) from error


def _convert(name: str, value: object, default: object) -> object:
    try:
        if isinstance(default, bool):
            word = str(value).strip().lower()
            if word not in _TRUE | _FALSE:
                raise ValueError(word)
            return word in _TRUE
        if isinstance(default, (int, float)):
            return type(default)(str(value))
    except ValueError as error:
        raise ConfigError("bad_setting", name=f"CFP_{name.upper()}", value=str(value)) from error
    return value if isinstance(value, Path) else str(value)
