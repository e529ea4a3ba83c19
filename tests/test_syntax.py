"""Text with names of columns as a tree."""

import ast

import pytest

from iconometrics.syntax import Syntax, pieces


def syntax(text, **options):
    return Syntax(text, pieces(text), **options)


def test_names_stand_for_columns_whatever_they_are_called():
    tree = syntax("`road type` + class * GDP.per.head > 'größe' and é", words=["and"])
    names = [tree.names[node.id].text for node in ast.walk(tree.tree) if isinstance(node, ast.Name)]
    assert sorted(names) == ["GDP.per.head", "class", "road type", "é"]


@pytest.mark.parametrize("text", ["a  + `b c`", "'größe' in  (a, `b`)", "(a - 1.50)**2"])
def test_a_part_is_shown_as_it_was_written(text):
    tree = syntax(text, words=["in"])
    assert tree.written(tree.tree) == text.strip()


def test_brackets_are_known():
    tree = syntax("(a + b) * f(c)")
    left, right = tree.tree.left, tree.tree.right
    assert tree.enclosed(left) and not tree.enclosed(right) and not tree.enclosed(right.args[0])
    assert tree.opens(left) and tree.opens(left.left) and not tree.opens(left.right)


def test_signs_are_written_as_others():
    tree = syntax("a : b", signs={":": "@"}).tree
    assert isinstance(tree.op, ast.MatMult)


@pytest.mark.parametrize("text", ["", "a b", "(a", "a)", "\0", "a +"])
def test_what_has_no_tree_is_an_error(text):
    with pytest.raises((SyntaxError, ValueError)):
        syntax(text)
