"""The pages for people; a visitor that calls the door in-process through the client, like anyone else."""
