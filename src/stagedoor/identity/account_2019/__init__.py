"""The account host of 2019: its token endpoint, which reads JSON, and the page on which its guide shows the code.

Its ``/authorize`` is answered by ``authorize``, which knows both dialects.
"""
