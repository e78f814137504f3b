#!/usr/bin/env python3
"""Puts the front-end libraries and fonts into the tree: src/clearstage/static/vendor/ and static/icons.svg.

    tools/vendor.py           brings the tree to what stands below; changes nothing when it is there already
    tools/vendor.py --check   writes nothing; status 1 and a list when something differs

Needs npm and a package registry. To update a library, change its version and integrity below
(`npm view NAME@VERSION dist.integrity`), run this, and look at the difference.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "src" / "clearstage" / "static"
VENDOR = STATIC / "vendor"
ICONS = ROOT / "tools" / "icons.txt"
SVG = "http://www.w3.org/2000/svg"

MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
# The package carries no licence file; these are the holders its files name, and those of what is built in.
TABLER_LICENCE = f"""\
MIT License

Tabler: Copyright (c) 2018-2026 The Tabler Authors; Copyright (c) 2018-2026 codecalm.net Paweł Kuna
Bootstrap, on which it is built: Copyright (c) 2011-2026 The Bootstrap Authors
Popper 2.11.8, built into its script: Copyright (c) 2019 Federico Zivolo

{MIT}"""


@dataclass(frozen=True)
class Library:
    package: str
    version: str
    integrity: str
    files: tuple[str, ...]  # inside the package; "LICENSE" is taken as well
    licence: str | None = None  # its text, where the package has no file with it

    @property
    def folder(self) -> str:
        return f"{self.package.lstrip('@').replace('/', '-').removesuffix('.org')}-{self.version}"


LIBRARIES = (
    Library(
        "@tabler/core",
        "1.6.1",
        "sha512-lgmR9gcxRp5JlLxcmRi9Rz85JrEvH6Bz71KnlcPVSa97wtwQNjgSs3g3fxwbAlulHyRMghhIV04QUuW3pqDsIg==",
        ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
        TABLER_LICENCE,
    ),
    Library(
        "@tabler/icons",
        "3.51.0",
        "sha512-0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==",
        (),
    ),
    Library(
        "htmx.org",
        "2.0.11",
        "sha512-Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
        ("dist/htmx.min.js",),
    ),
    Library(
        "sortablejs",
        "1.15.7",
        "sha512-Kk8wLQPlS+yi1ZEf48a4+fzHa4yxjC30M/Sr2AnQu+f/MPwvvX9XjZ6OWejiz8crBsLwSq8GHqaxaET7u6ux0A==",
        ("Sortable.min.js",),
    ),
    Library(
        "tus-js-client",
        "4.3.1",
        "sha512-ZLeYmjrkaU1fUsKbIi8JML52uAocjEZtBx4DKjRrqzrZa0O4MYwT6db+oqePlspV+FxXJAyFBc/L5gwUi2OFsg==",
        ("dist/tus.min.js",),
    ),
    # Printed questionnaires are set in it: names in Latin, Greek and Cyrillic letters.
    Library(
        "dejavu-fonts-ttf",
        "2.37.3",
        "sha512-f1hd7jJbeQa1VWcw+K2KrTXS50zTMaHpVC4XIKJpNcDeYR5ajMtj/iLlQDYNvLOKamUB3ARVVCf79lNwNVztSQ==",
        ("ttf/DejaVuSans.ttf", "ttf/DejaVuSans-Bold.ttf"),
    ),
)


def fetch(library: Library, folder: Path) -> Path:
    """The unpacked package, after its integrity was checked."""
    command = ["npm", "pack", f"{library.package}@{library.version}", "--silent", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    archive = folder / done.stdout.split()[-1]
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != library.integrity:
        sys.exit(f"{library.package} {library.version}: integrity is {found}, expected {library.integrity}")
    target = folder / library.folder
    with tarfile.open(archive) as packed:
        packed.extractall(target, filter="data")
    return target / "package"


def cleaned(path: Path) -> bytes:
    """The file without its pointer to a source map; refused when it would make a browser ask elsewhere."""
    if path.suffix == ".ttf":
        return path.read_bytes()
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*", "", text).rstrip() + "\n"
    if path.suffix == ".css":
        outside = re.findall(r"@import[^;]*|url\((?!\s*[\"']?(?:data:|#))[^)]*\)", text)
        if outside:
            sys.exit(f"{path.name} asks for other files: {outside[:5]}")
    return text.encode()


def sprite(package: Path, version: str) -> str:
    """One SVG with a symbol for each name in tools/icons.txt."""
    lines = (line.strip() for line in ICONS.read_text(encoding="utf-8").splitlines())
    names = sorted({line for line in lines if line and not line.startswith("#")})
    symbols = []
    for name in names:
        drawing = package / "icons" / "outline" / f"{name}.svg"
        if not drawing.exists():
            sys.exit(f"There is no icon named {name}.")
        shapes = [shape for shape in ET.parse(drawing).getroot() if shape.get("stroke") != "none"]
        body = "".join(
            f"<{shape.tag.removeprefix(f'{{{SVG}}}')} "
            + " ".join(f'{attribute}="{value}"' for attribute, value in shape.attrib.items())
            + "/>"
            for shape in shapes
        )
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
        )
    licence = f"vendor/tabler-icons-{version}/LICENSE"
    head = f"<!-- Tabler Icons {version}, MIT: {licence}. Made by tools/vendor.py. -->"
    return f'<svg xmlns="{SVG}">\n{head}\n' + "\n".join(symbols) + "\n</svg>\n"


def wanted() -> dict[Path, bytes]:
    """Every file as it should be."""
    files: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for library in LIBRARIES:
            package = fetch(library, Path(folder))
            target = VENDOR / library.folder
            for name in library.files:
                files[target / Path(name).name] = cleaned(package / name)
            licence = library.licence
            files[target / "LICENSE"] = licence.encode() if licence else cleaned(package / "LICENSE")
            if library.package == "@tabler/icons":
                files[STATIC / "icons.svg"] = sprite(package, library.version).encode()
    return files


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing, tell what differs")
    check = arguments.parse_args().check

    files = wanted()
    different = [p for p, content in files.items() if not p.exists() or p.read_bytes() != content]
    folders = {path.parent for path in files}
    stale = [path for path in VENDOR.glob("*/") if path.is_dir() and path not in folders]
    for path in [*different, *stale]:
        print(f"{'differs' if check else 'changed'}: {path.relative_to(ROOT)}")
    if check:
        return 1 if different or stale else 0
    for path in different:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[path])
    for path in stale:
        shutil.rmtree(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
