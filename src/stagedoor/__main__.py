"""Run the command line: ``python -m stagedoor``."""

from stagedoor.cli.main import main

if __name__ == "__main__":
    main()
