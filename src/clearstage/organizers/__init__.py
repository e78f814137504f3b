"""Organizers: questionnaires that clients answer. One kind of item that jobs wait for."""
