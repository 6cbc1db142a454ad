"""Translations: the words of the vendor's web pages, of which Stagedoor has none."""
