"""The endpoints of the platform, a module a subject (platform-api.md section B)."""
