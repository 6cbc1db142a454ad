"""The catalogue for reading and searching; open to anybody, since it is the vendor's public list."""
