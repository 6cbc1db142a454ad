"""How long the tasks of a catalogue are kept once they are completed."""
