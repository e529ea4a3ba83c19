"""How often statements on themes are wrong where nothing is there, and how often they see what is.

2,000 draws per setting by default (the results say how many they have), seeds fixed beforehand;
each answer beside the former one, on the same draws. `claims` is the share of draws with at least
one statement that the null makes false (of draws with a true difference: that name it),
`claims_low` and `claims_high` bound the simulation's own error (95 %), `covered` is the share of
draws in which all intervals together hold the truth.

metadata: 4 themes of accounts with a style (`style` is the share of an account's images that keep
to its favorite theme); likes are lognormal, a count has many zeros, a language and a rare kind
are the account's. Accounts hold 2 to about 60 images, unequally.

shares: 4 themes over 8 years; images one by one, or of accounts with a style and some years of
their own. With a difference, theme 1 takes over many other images of the last year, or more and
more of them from year to year. The former summary named the theme that differs most, which
is counted as a claim where nothing differs and it set apart two years whose intervals part;
`covered` is of one interval of a share by itself.

intrusion: 5 themes, 2 coders, sets of 10 members with 3 intruders or 40 with 12; images differ in
how easy they are. A claim is that a theme is seen whose kappa is .4 or less, or not seen whose
kappa is .4 or more. The former intervals were the bootstrap's, theme by theme, and a theme whose
interval reached 0 was called one that people do not see, any other one that they see: a claim is
one that is false about 0. "All five rightly" counts draws with a right verdict on every theme.

words: captions of 6 words of 40; each account has its own vocabulary and now and then its slogan.
With a difference, captions of theme 1 use one word more. The former intervals held for each word by
itself; `alone` is Holm's p without accounts.

    python benchmarks/theme_tests.py metadata|shares|intrusion|words [--draws 2000] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.stats import wilson
from iconometrics.themes.interpretation.caption_words import word_differences
from iconometrics.themes.interpretation.metadata import metadata_differences
from iconometrics.themes.interpretation.recognition import Marks, kappa_interval, likeness
from iconometrics.themes.interpretation.theme_shares import ThemeShares, theme_shares

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_130
SHARES = np.array([0.4, 0.3, 0.2, 0.1])


class Answer(NamedTuple):
    """Of one draw: whether something false is said (or the truth, where it is there)."""

    claims: bool
    covered: float = np.nan


Draw = Callable[[np.random.Generator], Mapping[str, Answer]]


class Accounts(NamedTuple):
    """Images of accounts of unequal sizes, and the theme of each."""

    codes: np.ndarray
    labels: pd.Series
    names: pd.Series


def accounts_draw(random: np.random.Generator, accounts: int, style: float) -> Accounts:
    sizes = np.maximum(2, random.lognormal(2, 0.8, accounts)).astype(int)
    codes = np.arange(accounts).repeat(sizes)
    favorite = random.choice(4, accounts, p=SHARES)[codes]
    keeps = random.random(len(codes)) < style
    theme = np.where(keeps, favorite, random.choice(4, len(codes), p=SHARES))
    index = pd.Index([f"i{n:05d}" for n in range(len(codes))])
    return Accounts(
        codes,
        pd.Series(theme + 1, index).astype(str),
        pd.Series(codes, index, name="account").astype(str),
    )


def metadata_draw(
    random: np.random.Generator, *, accounts: int, style: float, effect: float
) -> Mapping[str, Answer]:
    """Likes of theme 1 are `effect` standard deviations higher; nothing else differs."""
    drawn = accounts_draw(random, accounts, style)
    codes, labels, n = drawn.codes, drawn.labels, len(drawn.codes)
    own = random.normal(size=(3, accounts))[:, codes]
    noise = random.normal(size=(2, n))
    first = (labels == "1").to_numpy() * effect
    log_likes = 0.8 * own[0] + 0.6 * noise[0]
    spread = 1.0 if effect == 0 else 0.0
    table = pd.DataFrame(
        {
            # With an effect, likes are on the log scale, where the difference is what it says.
            "likes": first + (np.exp(log_likes) if spread else log_likes),
            "count": np.maximum(0, np.round(own[1] + noise[1])),
            "language": np.where(own[2] > 0.5, "de", np.where(own[2] > 0, "fr", "en")),
            "rare": random.random(accounts)[codes] < 0.06,
        },
        labels.index,
    )
    return {
        answer: judged(
            metadata_differences(labels, table, level=0.95, made_from=(), groups=groups),
            labels, effect,
        )
        for answer, groups in (("former", None), ("by account", drawn.names))
    }  # fmt: skip


def judged(table: pd.DataFrame, labels: pd.Series, effect: float) -> Answer:
    sure = (table["p"] < 0.05).to_numpy()
    likes, theme = table["column"] == "likes", table["theme"]
    first = (labels == "1").groupby(labels).mean()
    outside = {t: float((labels[labels != t] == "1").mean()) for t in first.index}
    apart = theme.map(first - pd.Series(outside)).to_numpy()
    truth = np.where(likes, effect * apart, 0)
    known = table["low"].notna().to_numpy()
    held = (table["low"] <= truth + 1e-12) & (table["high"] >= truth - 1e-12)
    seen = sure & (likes & (theme == "1")).to_numpy() if effect else sure
    return Answer(bool(seen.any()), float(held[known].all()))


def shares_draw(
    random: np.random.Generator, *, accounts: int | None, last: float = 0.0, yearly: float = 0.0
) -> Mapping[str, Answer]:
    """8 years; theme 1 takes over some images of the last year, or more and more."""
    if accounts is None:
        labels = pd.Series(random.choice(4, 400, p=SHARES) + 1).astype(str)
        years, names = pd.Series(random.integers(8, size=400), labels.index, name="year"), None
    else:
        _, labels, names = accounts_draw(random, accounts, 0.9)
        first, span = random.integers(8, size=accounts), random.integers(1, 5, size=accounts)
        codes = names.astype(int).to_numpy()
        step = random.integers(8, size=len(codes)) % span[codes]
        years = pd.Series((first[codes] + step) % 8, labels.index, name="year")
    labels = labels.mask(random.random(len(labels)) < last * (years == 7) + yearly * years, "1")
    effect = last + yearly > 0
    answers = {"alone": theme_shares(labels, years)}
    if names is not None:
        answers["by account"] = theme_shares(labels, years, groups=names)
    former = Answer(former_claim(answers["alone"], effect), within(answers["alone"], effect))
    return {"former": former} | {
        answer: Answer(current_claim(shares, effect), within(shares, effect))
        for answer, shares in answers.items()
    }


def former_claim(shares: ThemeShares, effect: bool) -> bool:
    """The theme with the widest range, and the two years of it whose intervals were told."""
    spread = shares.shares.groupby("theme")["share"].agg(lambda s: s.max() - s.min())
    own = shares.shares[shares.shares["theme"] == spread.idxmax()].sort_values("share")
    parted = own.iloc[0]["high"] < own.iloc[-1]["low"]
    return bool(parted and (not effect or spread.idxmax() == "1"))


def current_claim(shares: ThemeShares, effect: bool) -> bool:
    told = shares.summary().startswith("Shares differ")
    return told and (not effect or "Theme 1 holds" in shares.summary())


def within(shares: ThemeShares, effect: bool) -> float:
    """Of single intervals, how many hold the share; with an effect the truth is another."""
    if effect:
        return np.nan
    table = shares.shares
    truth = table["theme"].map(dict(zip("1234", SHARES, strict=True)))
    return float(((table["low"] <= truth) & (truth <= table["high"])).mean())


def intrusion_draw(
    random: np.random.Generator, *, images: tuple[int, int], rates: tuple[float, float]
) -> Mapping[str, Answer]:
    """Marks of 5 themes alike; `rates` are those of intruders and of members."""
    cells = [marks_of(random, n, rate) for n, rate in [*zip(images, rates, strict=True)] * 5]
    pairs = list(zip(cells[::2], cells[1::2], strict=True))
    truth = Marks(*rates, *images, 1.0).kappa(*rates)
    worth = 2 / (1 + likeness(cells))
    ends = []
    for hits, alarms in pairs:
        marks = Marks(float(hits.mean()), float(alarms.mean()), *images, worth)
        ends.append(kappa_interval(marks, 0.99, kappa=mean_kappa(hits, alarms)))
    former = [resampled(random, *pair) for pair in pairs]
    return {
        "former": verdicts(former, truth, bar=0.0),
        "together": verdicts(ends, truth, bar=0.4),
        "together, all five rightly": Answer(
            all((low > 0.4) if truth > 0.4 else (high < 0.4) for low, high in ends)
        ),
    }


def marks_of(random: np.random.Generator, n: int, rate: float) -> np.ndarray:
    """(images, 2 coders) marks that are alike in an image (intraclass correlation .2)."""
    easy = random.beta(4 * rate, 4 * (1 - rate), size=(n, 1))
    return (random.random((n, 2)) < easy).astype(float)


def mean_kappa(hits: np.ndarray, alarms: np.ndarray) -> float:
    marks = Marks(0, 0, len(hits), len(alarms), 1)
    pairs = zip(hits.mean(axis=0), alarms.mean(axis=0), strict=True)
    return float(np.mean([marks.kappa(*pair) for pair in pairs]))


def resampled(
    random: np.random.Generator, hits: np.ndarray, alarms: np.ndarray
) -> tuple[float, float]:
    """Percentiles of the coders' mean kappa over 500 resamples of all images of a set."""
    both = np.vstack([hits, alarms])
    intruder = np.arange(len(both)) < len(hits)
    rows = random.integers(len(both), size=(500, len(both)))
    t, m = intruder[rows][..., None], both[rows]
    p, q = t.mean(axis=1), m.mean(axis=1)
    expected = p * q + (1 - p) * (1 - q)
    with np.errstate(invalid="ignore"):
        kappas = ((t == m).mean(axis=1) - expected) / (1 - expected)
    low, high = np.nanquantile(kappas.mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def verdicts(ends: list[tuple[float, float]], truth: float, *, bar: float) -> Answer:
    """False verdicts, each by its own bar: the former ones say that kappa is 0, or is not."""
    seen = any(low > bar for low, _ in ends)
    unseen = any((low <= 0 if bar == 0 else high < bar) for low, high in ends)
    claims = (seen and truth <= bar + 1e-4) or (unseen and truth >= bar - 1e-4 and truth > 1e-4)
    return Answer(claims, float(all(low <= truth <= high for low, high in ends)))


def words_draw(
    random: np.random.Generator, *, accounts: int, more: float = 0.0
) -> Mapping[str, Answer]:
    """Vocabularies that differ by account, and one word that theme 1 has more often."""
    codes, labels, names = accounts_draw(random, accounts, 0.9)
    base = 1 / np.arange(3, 43)
    vocabulary = random.dirichlet(30 * base / base.sum(), accounts).cumsum(axis=1)
    drawn = (random.random((len(codes), 6, 1)) > vocabulary[codes][:, None]).sum(axis=2)
    drawn[(random.random(len(codes)) < more) & (labels == "1").to_numpy(), 0] = 5
    slogan = np.where(random.random(len(codes)) < 0.3, 100 + codes, 0)
    letters = np.array([f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)])
    words = letters[np.column_stack([drawn, slogan])]
    texts = pd.Series([" ".join(row) for row in words], labels.index)
    alone = word_differences(labels, texts, top=200)
    together = word_differences(labels, texts, top=200, groups=names)
    wanted = alone["word"].eq(letters[5]) & alone["theme"].eq("1") if more else True
    former = Answer(bool(((alone["z"].abs() > 1.96) & wanted).any()))
    return {"former": former} | {
        name: Answer(
            bool(
                (
                    (table["p"] < 0.05)
                    & (not more or (table["word"].eq(letters[5]) & table["theme"].eq("1")))
                ).any()
            )
        )
        for name, table in (("alone", alone), ("by account", together))
    }


# With these rates of members the kappa is .4 exactly, for 3 intruders of 13 images.
AT_BAR = (0.336434, 0.55814)
METADATA = [
    *((10, 0.9, 0.0), (20, 0.9, 0.0), (20, 0.4, 0.0), (60, 0.9, 0.0), (60, 0.4, 0.0)),
    *((20, 0.4, 1.0), (60, 0.9, 1.0), (60, 0.4, 1.0)),
]
SETTINGS: dict[str, dict[str, Draw]] = {
    "metadata": {
        f"{accounts} accounts, style {style}, {f'difference {effect}' if effect else 'null'}": (
            partial(metadata_draw, accounts=accounts, style=style, effect=effect)
        )
        for accounts, style, effect in METADATA
    },
    "intrusion": {
        f"{members} members, {intruders} intruders, rates {found:.2f} and {false:.2f}": partial(
            intrusion_draw, images=(intruders, members), rates=(found, false)
        )
        for members, intruders in ((10, 3), (40, 12))
        for found, false in (
            (AT_BAR[0], 0.02),
            (AT_BAR[1], 0.15),
            (0.75, 0.1),
            (0.95, 0.03),
            (0.2, 0.2),
        )
    },
    "words": {
        **{
            f"{accounts} accounts, null": partial(words_draw, accounts=accounts)
            for accounts in (10, 20, 60)
        },
        "60 accounts, one word more": partial(words_draw, accounts=60, more=0.5),
    },
    "shares": {
        "400 images, null": partial(shares_draw, accounts=None),
        "400 images, last year": partial(shares_draw, accounts=None, last=0.5),
        "400 images, slowly": partial(shares_draw, accounts=None, yearly=0.06),
        **{
            f"{accounts} accounts, null": partial(shares_draw, accounts=accounts)
            for accounts in (10, 20, 60)
        },
        "60 accounts, last year": partial(shares_draw, accounts=60, last=0.9),
        "60 accounts, slowly": partial(shares_draw, accounts=60, yearly=0.1),
    },
}


def simulated(kind: str, draws: int) -> Iterator[dict[str, object]]:
    for number, (setting, draw) in enumerate(SETTINGS[kind].items()):
        random = np.random.default_rng([SEED, *kind.encode(), number])
        answers = [draw(random) for _ in range(draws)]
        for name in answers[0]:
            claims = sum(answer[name].claims for answer in answers)
            low, high = wilson(claims, draws)
            covered = np.array([answer[name].covered for answer in answers])
            row = {
                "kind": kind,
                "setting": setting,
                "answer": name,
                "draws": draws,
                "claims": claims / draws,
                "claims_low": float(low),
                "claims_high": float(high),
                "covered": float(np.nanmean(covered)) if np.isfinite(covered).any() else "",
            }
            print(f"{setting}, {name}: {row['claims']:.3f} {row['covered']}", flush=True)
            yield {k: f"{v:.4f}" if isinstance(v, float) else v for k, v in row.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("kind", choices=sorted(SETTINGS))
    options.add_argument("--draws", type=int, default=2000)
    options.add_argument("--out", type=Path)
    asked = options.parse_args()
    # That accounts are too few for a theme is counted, not told, here.
    warnings.simplefilter("ignore")
    known = {
        "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }
    rows = [row | known for row in simulated(asked.kind, asked.draws)]
    path = asked.out or RESULTS / f"theme-tests-{asked.kind}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)


if __name__ == "__main__":
    main()
