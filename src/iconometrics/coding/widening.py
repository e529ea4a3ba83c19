"""From one row a coding to one row an image and coder."""

from __future__ import annotations

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import listed

__all__ = ["by_coder"]

_ROW = ["image", "coder", "sample", "codebook_version"]


def by_coder(data: pd.DataFrame) -> pd.DataFrame:
    """Spread codings over columns, one a variable."""
    keys = data[_ROW].astype(object).where(data[_ROW].notna(), "")
    twice = pd.concat([keys, data["variable"]], axis=1).duplicated()
    if twice.any():
        first = data[twice].iloc[0]
        raise InputError(
            f"{int(twice.sum())} images have more than one {first['variable']!r} by one coder "
            f"({listed(data['image'][twice].unique())}), such as regions or events; a wide table "
            "holds one. Write the long form."
        )
    order = keys.drop_duplicates()
    table = order.reset_index(drop=True)
    for name, part in data.groupby("variable", sort=False):
        values = part[["value"]].set_axis([str(name)], axis=1)
        table = table.merge(keys.loc[part.index].join(values), on=_ROW, how="left")
    empty = [name for name in _ROW[1:] if (table[name] == "").all()]
    table = table.drop(columns=empty)
    kept = {name: table[name].mask(table[name] == "") for name in _ROW if name in table}
    return table.assign(**{name: column.astype("str") for name, column in kept.items()})
