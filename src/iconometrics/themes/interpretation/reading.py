"""Reading themes: names given by people, metadata, captions, time; and themes as a variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.themes.interpretation.caption_words import PRIOR, word_differences
from iconometrics.themes.interpretation.metadata import metadata_differences
from iconometrics.themes.interpretation.theme_shares import ThemeShares, theme_shares

__all__ = ["Reading"]


class Reading:
    """What people do with themes once they are found; `Themes` has all of it."""

    labels: pd.Series
    scores: pd.DataFrame
    settings: dict[str, Any]
    data: pd.DataFrame | None
    membership: pd.DataFrame | None

    @property
    def names(self) -> dict[str, str]:
        """The names that people gave, by theme; empty where nobody did."""
        return dict(self.settings.get("names", {}))

    def heading(self, theme: str) -> str:
        """Say which theme is meant: its number, and its name where it has one.

        Parameters
        ----------
        theme
            "1" to "k", or "none".

        Returns
        -------
        str
        """
        name = self.names.get(theme)
        if theme == "none":
            return "In no theme"
        return f"Theme {theme}: {name}" if name else f"Theme {theme}"

    def named(self, names: Mapping[str, str]) -> Self:
        """Give themes names, which stay with them in files, reports and figures.

        Parameters
        ----------
        names
            A name by theme, such as ``{"1": "streets"}``; the others keep theirs.

        Returns
        -------
        Themes

        Raises
        ------
        InputError
            If there is no such theme, a name is empty, or two themes would have the same.
        """
        themes = set(self.labels.unique())
        for theme, name in names.items():
            if theme not in themes or not str(name).strip():
                raise InputError(
                    f"{theme!r}: {name!r}: expected a theme, one of "
                    f"{', '.join(sorted(themes, key=lambda t: (len(t), t)))}, and a name for it."
                )
        merged = self.names | {theme: str(name).strip() for theme, name in names.items()}
        # A theme without a name is called by its number.
        if len({merged.get(theme, theme) for theme in themes}) < len(themes):
            raise InputError(f"{merged}: two themes have the same name; give each its own.")
        return replace(self, settings={**self.settings, "names": merged})  # type: ignore[type-var]

    def metadata(self, metadata: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
        """Tell how metadata differs from theme to theme, with intervals.

        Themes were not made from metadata, so differences in it can be tested: all intervals hold
        together at the level (Bonferroni), and p-values are corrected for their number (Holm).
        They hold for the themes as they were found and for images drawn one by one.

        Parameters
        ----------
        metadata
            Numbers and categories by image id, such as ``corpus.metadata``. Columns of text with
            more than 30 different values are passed over.
        level
            With which all intervals together hold.

        Returns
        -------
        pandas.DataFrame
            theme, column, value (of a category), n (images inside with a known value), inside and
            outside (mean or share), difference, low, high, p; the smallest p first.

        Raises
        ------
        InputError
            If a column is one that the themes were made from, or none can be compared.
        """
        made_from = () if self.data is None else map(str, self.data.columns)
        return metadata_differences(self.labels, metadata, level=level, made_from=made_from)

    def words(
        self, captions: pd.Series, *, top: int = 10, prior: float = PRIOR, least: int = 3
    ) -> pd.DataFrame:
        """Tell which words of captions each theme uses more than all others.

        Parameters
        ----------
        captions
            Text by image id.
        top
            Words a theme.
        prior
            How many words the prior weighs: the more, the less rare words count.
        least
            Images whose captions have the word, at least.

        Returns
        -------
        pandas.DataFrame
            theme, word, n, inside and outside (uses in a thousand words), log_odds, low, high, z.

        Raises
        ------
        InputError
            If no image has a caption with such words.

        Notes
        -----
        Monroe, B. L., Colaresi, M. P. and Quinn, K. M. (2008). Fightin' words. Political Analysis
        16, 372-403.
        """
        return word_differences(self.labels, captions, top=top, prior=prior, least=least)

    def over(
        self,
        by: pd.Series,
        *,
        every: str | None = None,
        accounts: pd.Series | None = None,
        level: float = 0.95,
        seed: int = 1,
    ) -> ThemeShares:
        """Count themes in each period or group, with intervals.

        Parameters
        ----------
        by
            Times, numbers or groups by image id.
        every
            For times "year", "quarter", "month", "week" or "day"; for numbers their span.
        accounts
            The account by image id, if images of one account may resemble each other.
        level
            Of the intervals.
        seed
            Of the bootstrap by account.

        Returns
        -------
        ThemeShares

        Raises
        ------
        InputError
            If no image has a period or group, or there are too many for their number.
        """
        return theme_shares(
            self.labels,
            by,
            every=every,
            accounts=accounts,
            level=level,
            seed=seed,
            names=self.names,
        )

    def codings(self, variable: str = "theme") -> Codings:
        """Give the themes as codings, the coder called by how they were found.

        So they can be validated, compared and used as a variable as any other measure. Soft themes
        keep the probability of each.

        Parameters
        ----------
        variable
            What the variable is called.

        Returns
        -------
        Codings
        """
        names = self.names
        values = self.labels.map(lambda theme: names.get(theme, theme)).where(self.labels != "none")
        method, seed = self.settings.get("method", "themes"), self.settings.get("seed")
        coder = f"{method}, k = {len(set(self.labels) - {'none'})}, seed = {seed}"
        shares = self.membership
        if shares is not None:
            shares = shares.rename(columns=names)
        reason = pd.Series("in no theme", index=values.index[values.isna()])
        return Codings.from_series(
            values,
            variable=variable,
            coder=coder,
            probabilities=shares,
            reason=reason if len(reason) else None,
        )
