"""The keys that seal what lies in the store: which there are, what each has sealed, and how one follows another."""
