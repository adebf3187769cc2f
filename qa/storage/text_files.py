"""Whether a tantivy index is what was written, by its checksums and by tantivy's reactions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .checksums import file_crc32

_FOOTER_MAGIC = (1337).to_bytes(4, "little")


class DamagedTextError(ValueError):
    """The full-text index is not what was written."""


class OldTextError(DamagedTextError):
    """The full-text index has other fields than this version's."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn tantivy's reaction to damage into a DamagedTextError.

    tantivy panics, which Python sees as a BaseException of a type that cannot be imported.
    """
    try:
        yield
    except ValueError as error:
        if "os error" in str(error).lower():  # for example a full disk
            raise OSError(str(error)) from error
        if "schema does not match" in str(error):
            raise OldTextError(str(error)) from error
        raise DamagedTextError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise DamagedTextError("the full text is damaged") from error


def is_intact(folder: Path) -> bool:
    """Return whether all files of an index match tantivy's checksums. Reads all of them.

    Leftovers of a killed process are ignored.
    """
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        segments = [_segment_files(segment) for segment in meta["segments"]]
    except FileNotFoundError:
        return not any(folder.glob("*.store"))
    except (OSError, ValueError, TypeError, KeyError):
        return False
    names = {path.name for path in folder.iterdir()}
    for stem, deletes in segments:
        own = {name for name in names if name.startswith(f"{stem}.") and name.count(".") == 1}
        if not own or (deletes and deletes not in names):
            return False
        if not all(_has_own_checksum(folder / name) for name in own | {deletes} - {""}):
            return False
    return True


def _segment_files(segment: dict[str, Any]) -> tuple[str, str]:
    """Return the stem of a segment's file names, and the name of its file of deleted texts."""
    stem = segment["segment_id"].replace("-", "")
    deletes = segment["deletes"]
    return stem, f"{stem}.{deletes['opstamp']}.del" if deletes else ""


def _has_own_checksum(path: Path) -> bool:
    """Return whether a file matches the CRC-32 in its footer.

    The footer is JSON, its length in four bytes, and four fixed bytes.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 8))
        end = stream.read(8)
        length = int.from_bytes(end[:4], "little")
        if end[4:] != _FOOTER_MAGIC or length > size - 8:
            return False
        stream.seek(size - 8 - length)
        try:
            wanted = json.loads(stream.read(length))["crc"]
        except (ValueError, TypeError, KeyError):
            return False
    return bool(wanted == file_crc32(path, size - 8 - length))
