"""Small tools on the standard library and parsing libraries; no Flask, no database."""
