"""Chats: conversations with clients, with things to do in them, internal messages and files."""
