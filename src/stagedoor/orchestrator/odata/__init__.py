"""OData over what rooms declare: ``$filter`` and its siblings become SQL with bound parameters.

It owns the language (``lexer``, ``parser``, ``tree``), its meaning for an entity (``validate``, ``to_sql``), the
reading of pages (``read``), how values look in JSON (``render``) and the documents made from the declarations
(``metadata``).
Which rows a caller may see is the rooms' business: they hand it in as conditions.
"""
