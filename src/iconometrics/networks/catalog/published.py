"""Published weights: where they are, how they get here, and that they are the right ones."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from iconometrics.errors import InputError, MissingPackageError

__all__ = ["Published", "fetched", "published", "weights_folder"]

_FILE = "model.safetensors"
_HUB = "https://huggingface.co"
_SECONDS = 10
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Published:
    """Weights that were published for an architecture."""

    architecture: str
    sha256: str
    address: str = ""
    repository: str = ""
    revision: str = ""
    mean: float | None = None
    scale: float | None = None
    skip: int = 0

    @property
    def url(self) -> str:
        """Where a browser finds the file."""
        return self.address or f"{_HUB}/{self.repository}/resolve/{self.revision}/{_FILE}"

    @property
    def file(self) -> str:
        """What the file is called in the folder of weights."""
        if self.repository:
            return f"{self.architecture}-{self.sha256[:8]}.safetensors"
        return self.address.rpartition("/")[2]


@cache
def published() -> Mapping[str, Published]:
    """List what is published, by architecture."""
    text = Path(__file__).with_name("published.toml").read_text(encoding="utf-8")
    return {name: Published(name, **entry) for name, entry in tomllib.loads(text).items()}


def weights_folder() -> Path:
    """Name the folder where weights are kept, and looked for first."""
    named = os.environ.get("ICONOMETRICS_WEIGHTS")
    return Path(named).expanduser() if named else Path.home() / ".cache/iconometrics/weights"


def fetched(entry: Published) -> Path:
    """Find the file of published weights here, or fetch it."""
    there = weights_folder() / entry.file
    if there.is_file():
        return _checked(there, entry)
    if os.environ.get("HF_HUB_OFFLINE", "0").upper() not in {"", "0", "FALSE", "NO"}:
        path = _in_hub_cache(entry)
        if path is None:
            raise InputError(_missing(entry, "HF_HUB_OFFLINE forbids fetching"))
        return _checked(path, entry)
    try:
        path = _from_hub(entry) if entry.repository else _download(entry.address, there)
    except OSError as error:
        raise InputError(_missing(entry, _reason(error))) from error
    return _checked(path, entry)


def _from_hub(entry: Published) -> Path:
    try:
        from huggingface_hub import hf_hub_download, hf_hub_url
    except ImportError as error:
        raise MissingPackageError(
            "published weights are fetched by the package huggingface_hub, which is not "
            "installed. Install it: pip install 'iconometrics[networks]'."
        ) from error
    cached = _in_hub_cache(entry)
    if cached is not None:
        return cached
    # The hub's own client tries for half a minute before it says that there is no network.
    address = hf_hub_url(entry.repository, _FILE, revision=entry.revision)
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=_SECONDS)
    return Path(hf_hub_download(entry.repository, _FILE, revision=entry.revision))


def _in_hub_cache(entry: Published) -> Path | None:
    if not entry.repository:
        return None
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:
        return None
    path = try_to_load_from_cache(entry.repository, _FILE, revision=entry.revision)
    return Path(path) if isinstance(path, str) else None


def _download(address: str, path: Path) -> Path:
    from iconometrics.progress import progress

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer, part.open("wb") as file:
            size = int(answer.headers.get("Content-Length") or 0)
            with progress(max(size // _CHUNK, 1), "fetching weights") as bar:
                while some := answer.read(_CHUNK):
                    file.write(some)
                    bar.advance(1)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _checked(path: Path, entry: Published) -> Path:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not digest.startswith(entry.sha256):
        raise InputError(
            f"{path}: its SHA-256 is {digest[:16]}..., expected {entry.sha256[:16]}...: it is not "
            f"the published file, or was cut short. Delete it, and fetch it again from {entry.url}."
        )
    return path


def _reason(error: OSError) -> str:
    reason = str(getattr(error, "reason", "") or error) or type(error).__name__
    return f"they could not be fetched ({reason})"


def _missing(entry: Published, why: str) -> str:
    return (
        f"the weights of {entry.architecture} are not here, and {why}. Where there is a network, "
        f"download {entry.url}, and put it as {entry.file} into {weights_folder()} (or the folder "
        "that ICONOMETRICS_WEIGHTS names)."
    )
