"""The firm itself: its members and their rights, its settings, its tokens."""
