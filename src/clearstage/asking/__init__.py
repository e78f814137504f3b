"""What all kinds of items that ask the client for something share: organizers, client requests, chats."""
