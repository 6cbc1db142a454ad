"""The user key ("API Access" of old): one for each person, shown once, replaced as a whole."""
