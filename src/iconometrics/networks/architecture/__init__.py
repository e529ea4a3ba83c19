"""The architectures, one a file; `networks.create` builds them by name."""

__all__: list[str] = []
