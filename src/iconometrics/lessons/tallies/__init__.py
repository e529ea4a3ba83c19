"""Reading vote tallies: handwriting to digits, digits to counts, counts to totals with their error.

After Cantu, F. (2019). The fingerprints of fraud. American Political Science Review 113, 710-726,
and Torres, M. & Cantu, F. (2022). Learning to see. Political Analysis 30, 113-131.
"""

from iconometrics.lessons.tallies.demo import Summary, run

__all__ = ["Summary", "run"]


def __dir__() -> list[str]:
    return __all__
