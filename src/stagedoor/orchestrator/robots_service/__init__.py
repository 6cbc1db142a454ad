"""The robots' own service: a real robot asks for work, hears what is to be stopped, and tells how jobs ended.

Real robots and scripted ones share the jobs. A process whose package came as a file with a program that is no Studio
workflow waits for a real robot in every folder where one has reported, until that one leaves; all others are left to
their scripts.
"""
