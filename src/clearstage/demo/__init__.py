"""The demo firm: an accounting practice with ninety days behind it, made through the operations that people use."""
