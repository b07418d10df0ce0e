"""The language server: what a check finds, in the editor while one types."""

from sparkguard.server.lsp import serve

__all__ = ["serve"]
