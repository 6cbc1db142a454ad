"""Task definitions: what an app's tasks are made of, version by version; they belong to the tenant."""
