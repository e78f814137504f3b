"""Everything that changes files. Bytes are written first, then their row; what has no row is swept."""
