"""Everything that changes chats."""
