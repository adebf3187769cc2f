"""The CRC-32 of a file."""

import zlib
from pathlib import Path

_BLOCK_BYTES = 1 << 20


def file_crc32(path: Path, size_bytes: int) -> int:
    """Return the CRC-32 of the first ``size_bytes`` of a file. Raises OSError."""
    found, left = 0, size_bytes
    with path.open("rb") as stream:
        while block := stream.read(min(_BLOCK_BYTES, left)):
            found = zlib.crc32(block, found)
            left -= len(block)
    return found
