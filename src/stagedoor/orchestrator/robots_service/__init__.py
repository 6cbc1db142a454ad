"""The robots' own service: a real robot asks for work, hears what is to be stopped, and tells how jobs ended.

It tells as well what a suspended job waits for. A robot that asked lately shows as a session.

Real robots and scripted ones share the jobs. A process whose package came as a file with a program that is no Studio
workflow waits for a real robot in every folder where one has reported, until that one leaves; all others are left to
their scripts.
"""
