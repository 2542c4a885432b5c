"""A seeded war on the real map whose truth is known; no server and no file format of an upstream belongs here."""
