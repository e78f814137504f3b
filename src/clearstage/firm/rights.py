"""The rights an employee may be given (X1). Owner and admins have them all."""

RIGHTS = (
    "view all accounts",
    "accounts",
    "contacts",
    "tags",
    "templates",
    "pipelines",
    "recurrences",
    "organizers",
    "requests",
    "documents",
    "invoices",
    "payments",
    "proposals",
    "time",
    "view as client",
    "export",
    "assign teammates",
    "see reports",
)
"""“manage …” in words: `accounts`, `tags` and so on are the rights to manage them."""
