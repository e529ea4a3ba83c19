"""Classical classifiers: features, scaling, a model, calibrated confidence."""

__all__: list[str] = []
