"""What the standard library raises where an archive is damaged, on purpose or not."""

import lzma
import struct
import zipfile
import zlib

# `zipfile` hands on whatever its decompressors say, and some of these are no kin of OSError or ValueError; what it
# cannot do (an unknown method, a password) it tells by RuntimeError and its children.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, OSError, ValueError, EOFError,
    OverflowError,
)  # fmt: skip
