"""A copy of a dump that is safe to send: pseudonyms in the place of what tells who, where and whose.

`command.run` takes captures through intake and decode, `rewrite.Rewriter` makes the tree of the copy out of
documented fields alone, `archive.Archive` writes it, and `compare` holds the rules and verdicts of the
two against each other. ``docs/share.md`` says what stays readable.
"""
