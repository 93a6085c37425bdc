"""What an asset is: documents with line numbers, ids, the files a release carries. Pure."""
