"""Everything that changes client requests."""
