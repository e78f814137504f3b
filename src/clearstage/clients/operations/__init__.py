"""Everything that changes clients."""
