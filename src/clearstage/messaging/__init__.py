"""Texts that go to people: e-mail templates, the messages made from them, and the members' inbox."""
