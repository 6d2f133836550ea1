"""Mutants: a module's source with one thing broken in each.

Broken are comparisons (flipped, and moved by one), `and`/`or`, `not` (added, taken away), operands of `and`, `or`, `+`
and the ternary, numbers (one more, one less), texts, True and False, returned values (None), branches, cases, elements
of displays and words of `"…".split()`, keyword arguments, parts of patterns, statements kept for their effect, and
calls such as `.lower()`. Left alone are docstrings, annotations, aliases of types, base classes and decorators (the
sizes of `lru_cache`).
"""

import ast
import re
import warnings
from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple


class Mutant(NamedTuple):
    """One broken module: `code` is what to execute in its stead."""

    name: str
    """Where and what: `name: before → after`; the same for as long as that piece of source is."""
    line: int
    code: CodeType


_OPPOSITE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}
_TRIMS = {"lower", "upper", "strip", "lstrip", "rstrip"}
_SKIPPED = {"annotation", "returns", "decorator_list", "bases", "type_params"}
_PATTERN_PART = re.compile(r"\\x[0-9a-f]{2}|\\.|\(\?:|.", re.S)


def mutants(source: str, path: str) -> Iterator[Mutant]:
    """All mutants of a module's source, in its order, each with a name of its own."""
    tree = ast.parse(source)
    seen: dict[str, int] = {}
    for owner, field, new, place, what, line in _edits(tree, ""):
        old = getattr(owner, field)
        setattr(owner, field, new)
        code = compile(ast.fix_missing_locations(tree), path, "exec")
        setattr(owner, field, old)
        name = f"{place}: {what}" if place else what
        seen[name] = seen.get(name, 0) + 1
        yield Mutant(name if seen[name] == 1 else f"{name} ({seen[name]})", line, code)


_Edit = tuple[ast.AST, str, object, str, str, int]
"""Owner, field, the field's new value, function, description, line."""


def _edits(node: ast.AST, place: str) -> Iterator[_Edit]:
    place = f"{place}.{_name(node)}".strip(".")
    for field, value in ast.iter_fields(node):
        if field in _SKIPPED:
            continue
        children = value if isinstance(value, list) else [value]
        for number, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_left_alone(child, node, field, number):
                continue
            line = getattr(child, "lineno", 0)
            for new, what in _broken(child):
                changed = [*children[:number], new, *children[number + 1 :]] if isinstance(value, list) else new
                yield node, field, changed, place, what, line
            yield from _edits(child, place)


def _name(node: ast.AST) -> str:
    """What tells the mutants inside this node from others; "" where nothing does."""
    match node:
        case ast.FunctionDef(name) | ast.ClassDef(name):
            return name
        case ast.Assign([ast.Name(name)]) | ast.AnnAssign(ast.Name(name)):
            return name
        case ast.keyword(str(name)):
            return name
    return ""


def _is_left_alone(child: ast.AST, parent: ast.AST, field: str, number: int) -> bool:
    match child:
        case ast.Expr(value=ast.Constant()) | ast.Subscript(value=ast.Name(id="Literal" | "Iterable")):
            return True
    if isinstance(parent, ast.Call):  # broken as a whole, with the call
        return (_is_pattern(parent) and field == "args" and number == 0) or (_is_words(parent) and field == "func")
    return False


def _broken(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """What may stand in a node's stead, and how to call that."""
    if isinstance(node, ast.expr):
        for new in _broken_expression(node):
            yield new, f"{_text(node)} → {_text(new)}"
        yield from _with_less(node)
    elif isinstance(node, ast.stmt):
        yield from _broken_statement(node)
    elif isinstance(node, ast.ExceptHandler):
        yield ast.ExceptHandler(node.type, node.name, [ast.Raise()]), f"{_text(node)} raises"


def _broken_expression(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, ops, comparators):
            for number, op in enumerate(ops):
                for other in _OPPOSITE[type(op)]:
                    yield ast.Compare(left, [*ops[:number], other(), *ops[number + 1 :]], comparators)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for number in range(len(values)):
                rest = [*values[:number], *values[number + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(test, body, orelse):
            yield from (ast.IfExp(_negated(test), body, orelse), body, orelse)
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.BitOr(), right):
            yield from (left, right)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(str(value)):
            yield ast.Constant("XX" + value)
        case ast.Call(ast.Attribute(value, name)) if name in _TRIMS:
            yield value


def _with_less(node: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """Displays without an element, calls without a keyword argument, patterns without a part."""
    match node:
        case ast.Call() if _is_pattern(node):
            for pattern in _shorter_patterns(ast.literal_eval(node.args[0])):
                yield (
                    ast.Call(node.func, [ast.Constant(pattern), *node.args[1:]], node.keywords),
                    f"pattern `{pattern}`",
                )
        case ast.Call(ast.Attribute(ast.Constant(str(text)), "split")):
            words = text.split()
            for number, word in enumerate(words):
                rest = " ".join([*words[:number], *words[number + 1 :]])
                yield ast.Call(ast.Attribute(ast.Constant(rest), "split", ast.Load()), [], []), f"without `{word}`"
        case ast.Call(func, args, keywords):
            for number, keyword in enumerate(keywords):
                rest = [*keywords[:number], *keywords[number + 1 :]]
                yield ast.Call(func, args, rest), f"without {_text(keyword)}"
        case ast.Set(elements) | ast.List(elements, ast.Load()) | ast.Tuple(elements, ast.Load()):
            for number, element in enumerate(elements):
                rest = [*elements[:number], *elements[number + 1 :]]
                less = ast.Tuple(rest, ast.Load()) if isinstance(node, ast.Tuple) else ast.List(rest, ast.Load())
                yield less, f"{_text(node)} without {_text(element)}"
        case ast.Dict(keys, values):
            for number, key in enumerate(keys):
                less = ast.Dict([*keys[:number], *keys[number + 1 :]], [*values[:number], *values[number + 1 :]])
                yield less, f"without {_text(key or values[number])}"


def _broken_statement(node: ast.stmt) -> Iterator[tuple[ast.stmt, str]]:
    match node:
        case ast.Return(value) if value is not None and not _is_singleton(value):
            yield ast.Return(ast.Constant(None)), f"{_text(node)} → `return None`"
        case ast.If(test, body, orelse):
            head = f"if {_text(test)}"
            yield ast.If(test, [ast.Pass()], orelse), f"{head} does nothing"
            if not isinstance(test, ast.Compare | ast.UnaryOp):  # those are negated anyway
                yield ast.If(_negated(test), body, orelse), f"{head} negated"
            if orelse and not isinstance(orelse[0], ast.If):
                yield ast.If(test, body, []), f"{head} without its `else`"
        case ast.Match(subject, cases):
            for number, case in enumerate(cases):
                rest = [*cases[:number], *cases[number + 1 :]]
                yield ast.Match(subject, rest), f"without the case {_text(case.pattern)}"
        case ast.Continue():
            yield from ((ast.Break(), "`continue` → `break`"), (ast.Pass(), "`continue` → `pass`"))
        case ast.AugAssign() | ast.Delete() | ast.Expr():
            yield ast.Pass(), f"without {_text(node)}"


def _text(node: ast.AST) -> str:
    """A node's source on one line, cut where it's long."""
    text = " ".join(ast.unparse(node).split())
    return f"`{text if len(text) <= 120 else text[:119] + '…'}`"


def _is_singleton(value: ast.expr) -> bool:
    """None, True or False: the last two are flipped anyway."""
    return isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, bool))


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _is_words(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute) and node.func.attr == "split" and isinstance(node.func.value, ast.Constant)
    )


def _is_pattern(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and isinstance(node.args[0], ast.Constant)
    )


def _shorter_patterns(pattern: str) -> Iterator[str]:
    parts = _PATTERN_PART.findall(pattern)
    for number in range(len(parts)):
        shorter = "".join([*parts[:number], *parts[number + 1 :]])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                re.compile(shorter)
        except (re.error, FutureWarning):
            continue
        yield shorter
