"""Snova: everything a travel agency does after the sale."""
