"""The steps of the chain, one a file; ``door/app.py`` lists them in order."""
