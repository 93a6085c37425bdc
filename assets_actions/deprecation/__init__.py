"""The edits that deprecate an asset. Values in, values out: no files, processes or network."""
