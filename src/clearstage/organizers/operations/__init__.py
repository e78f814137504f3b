"""Everything that changes organizers."""
