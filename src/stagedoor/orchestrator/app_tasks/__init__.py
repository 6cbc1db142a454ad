"""App tasks: what a person does in an app, with the app named beside the data."""
