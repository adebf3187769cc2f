"""What a test undoes to make a library of an older layout out of a new one."""

NEW_IN_LAYOUT_6 = (
    "ALTER TABLE articles DROP COLUMN details",
    "ALTER TABLE files DROP COLUMN changed_ns",
    "DROP TABLE copies",
)
"""SQL that takes a library's tables back to layout 5, except the columns of tables it drops."""

NEW_TURNS_IN_LAYOUT_6 = (
    "ALTER TABLE turns DROP COLUMN details",
    "ALTER TABLE turn_citations DROP COLUMN details",
)
"""The same for the tables of conversations."""
