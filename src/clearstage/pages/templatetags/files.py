"""What templates say about files: `{% load files %}`."""

from __future__ import annotations

from django import template

from clearstage.files.content.kinds import accepted
from clearstage.files.limits import MEGABYTE, largest_file
from clearstage.files.models import File
from clearstage.kernel.ids import public_id

register = template.Library()

_ICONS = {
    "image/": "photo",
    "application/pdf": "file-text",
    "text/": "file-text",
    "application/zip": "file-zip",
}


@register.simple_tag
def largest_file_bytes() -> int:
    return largest_file()


@register.simple_tag
def largest_file_mb() -> int:
    return largest_file() // MEGABYTE


@register.simple_tag
def accepted_files() -> str:
    """For the `accept` of a file input."""
    return accepted()


@register.filter
def file_id(file: File) -> str:
    return public_id("file", file.pk)


@register.filter
def file_icon(file: File) -> str:
    """The name of an icon for what it is."""
    return next((icon for start, icon in _ICONS.items() if file.content_type.startswith(start)), "file")
