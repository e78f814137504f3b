"""Client requests: a list of named things that a client answers or uploads, and the firm accepts or returns."""
