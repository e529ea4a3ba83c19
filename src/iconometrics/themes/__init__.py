"""Themes: what a collection of images falls into when nobody says beforehand what to look for."""

from iconometrics.themes.building import read
from iconometrics.themes.k_means import kmeans
from iconometrics.themes.result import Themes

__all__ = ["Themes", "kmeans", "read"]
