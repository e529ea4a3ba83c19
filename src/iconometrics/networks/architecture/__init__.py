"""The architectures, one per file; `networks.create` builds them by name."""

__all__: list[str] = []
