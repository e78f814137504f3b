"""The ledger of effects on the outside: each message is a row with a key, held, claimed under a lease, sent once."""
