"""Files of clients: taken in from both sides, checked by content, kept under random names, handed out as downloads."""
