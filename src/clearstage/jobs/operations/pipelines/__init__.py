"""Everything that changes pipelines. Each change is a numbered revision (A9); nothing here fires."""

from .exporting import export_document
from .naming import Uses, in_closed_pipelines, rename_in_documents, used_in, uses_of
from .opening import open_pipeline
from .renaming import rename_pipeline
from .saving import Saved, add_custom_status, save_pipeline

__all__ = [
    "Saved",
    "Uses",
    "add_custom_status",
    "export_document",
    "in_closed_pipelines",
    "open_pipeline",
    "rename_in_documents",
    "rename_pipeline",
    "save_pipeline",
    "used_in",
    "uses_of",
]
