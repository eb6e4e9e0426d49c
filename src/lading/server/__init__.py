"""The local platform: policies, S3 POST, callbacks, drafts and commits over SQLite and a folder of objects."""
