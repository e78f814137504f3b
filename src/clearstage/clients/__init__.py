"""Who is worked for: accounts, their contacts, tags and roles, and which member may see which account."""
