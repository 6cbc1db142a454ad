"""Assets: values that robots read by name, the same for all or one for each user; secrets among them are sealed.

A secret goes in by the API and comes out to a robot alone, by the robot's key (``robot_assets.py``).
"""
