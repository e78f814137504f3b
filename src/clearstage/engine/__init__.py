"""The pure engine: given facts and a command it says what would happen, and does nothing.

Imports nothing but the standard library: no database, clock, settings or translation. The same functions serve the
dialog, the move itself, the API's preview, *Try* and *Check*.
"""
