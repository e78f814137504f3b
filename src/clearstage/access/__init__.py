"""Asking for access to what is closed (X2): requests, and those who may grant them from their inboxes."""
