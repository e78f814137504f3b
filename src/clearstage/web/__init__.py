"""The firm's pages."""
