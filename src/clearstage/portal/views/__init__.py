"""The client's views."""
