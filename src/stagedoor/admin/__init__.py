"""The management API: joins identity, access, upstream and audit for administrators and key holders."""
