"""The folders of remote Orchestrators: which there are, by path, by key and by the numbers they have or once had."""
