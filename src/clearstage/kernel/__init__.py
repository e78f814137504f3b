"""What every package stands on: who acts, what time it is, how things are refused, how rows are written."""
