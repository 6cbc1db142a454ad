"""How much a key may do, and how keys share what an upstream tenant allows.

``key_limits``, ``permits`` and ``fair_share`` decide over plain values, without clock or store. ``machine_accounts``
and ``shared_budget`` keep those values in memory that the processes of one machine share, ``leased_accounts`` in the
store where several machines serve it. ``fair_shares`` lets visits wait for their turn.
"""
