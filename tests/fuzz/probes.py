"""Coverage by probes: chosen modules are compiled with a counter in every branch.

A tracer of the interpreter costs ten times as much, and differs between Python 3.11 and 3.12.
"""

from __future__ import annotations

import ast
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from types import CodeType, ModuleType
from typing import Any

_HITS = "__hits__"
_WORD_MAX = 24
"""Longer texts are messages and docstrings."""
_BUCKETS = bytes([0, 1, 2, 3, *[4] * 4, *[5] * 8, *[6] * 16, *[7] * 96, *[8] * 128])


@dataclass(frozen=True, slots=True)
class Block:
    """Where a probe stands."""

    module: str
    line: int


@dataclass
class Coverage:
    """The probes of all instrumented modules, and how often each was passed since `clear`."""

    prefixes: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)
    words: dict[bytes, None] = field(default_factory=dict)
    """What the modules' own text holds as values: an input is often compared with one of these."""

    def add(self, module: str, line: int) -> int:
        """A new probe; its number."""
        self.blocks.append(Block(module, line))
        self.hits.append(0)
        return len(self.hits) - 1

    def clear(self) -> None:
        """Forget what was passed."""
        self.hits[:] = bytes(len(self.hits))

    def features(self) -> list[tuple[int, int]]:
        """(probe, how often, roughly) of what was passed."""
        return [(at, _BUCKETS[min(n, 255)]) for at, n in enumerate(self.hits) if n]

    def install(self) -> None:
        """From now on, modules with these prefixes are instrumented when they are imported."""
        early = [name for name in sys.modules if name.startswith(self.prefixes)]
        assert not early, f"imported before the probes: {early}"
        sys.meta_path.insert(0, _Finder(self))

    def wants(self, module: str) -> bool:
        """Whether a module is to be instrumented."""
        return any(module == prefix or module.startswith(prefix + ".") for prefix in self.prefixes)


class _Finder(MetaPathFinder):
    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not self._coverage.wants(fullname):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path, self._coverage)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, coverage: Coverage) -> None:
        super().__init__(fullname, path)
        self._coverage = coverage

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_data(self.path), self.path)
        self._coverage.words.update(dict.fromkeys(_words(tree)))
        tree = ast.fix_missing_locations(_Prober(fullname, self._coverage).visit(tree))
        code: CodeType = compile(tree, self.path, "exec", dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, _HITS, self._coverage.hits)
        super().exec_module(module)


class _Prober(ast.NodeTransformer):
    """Puts a counter at the head of each branch, also of those within an expression."""

    def __init__(self, module: str, coverage: Coverage) -> None:
        self._module = module
        self._coverage = coverage

    def _count(self, line: int) -> ast.stmt:
        number = self._coverage.add(self._module, line)
        return ast.parse(f"{_HITS}[{number}] += 1").body[0]

    def _counted(self, value: ast.expr) -> ast.expr:
        """``value``, counted when it is evaluated."""
        number = self._coverage.add(self._module, value.lineno)
        # `__setitem__` gives None, so that the value is what comes out.
        text = f"{_HITS}.__setitem__({number}, {_HITS}[{number}] + 1) or 0"
        node = ast.parse(text, mode="eval").body
        assert isinstance(node, ast.BoolOp)
        node.values[1] = value
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        is_branch = isinstance(
            node,
            ast.FunctionDef | ast.AsyncFunctionDef | ast.If | ast.For | ast.AsyncFor | ast.While
            | ast.ExceptHandler | ast.match_case,
        )  # fmt: skip
        if is_branch:
            body: list[ast.stmt] = node.body  # type: ignore[attr-defined]  # each of these has one
            line = body[0].lineno
            docstring = 1 if _is_docstring(body[0]) and len(body) > 1 else 0
            body.insert(docstring, self._count(line))
        if isinstance(node, ast.If):
            # A branch that is not written is one too.
            node.orelse.insert(
                0, self._count(node.orelse[0].lineno if node.orelse else node.lineno)
            )
        elif isinstance(node, ast.IfExp):
            node.body, node.orelse = self._counted(node.body), self._counted(node.orelse)
        elif isinstance(node, ast.BoolOp):
            node.values[1:] = [self._counted(value) for value in node.values[1:]]
        elif isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            node.elt = self._counted(node.elt)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        # Annotations are evaluated by msgspec and must stay as they are written.
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arguments(self, node: ast.arguments) -> Any:
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> Any:
        return node


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _words(tree: ast.AST) -> Iterator[bytes]:
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, int) and 0 <= value < 1 << 16:
            yield value.to_bytes(1 if value < 256 else 2, "big")
        elif isinstance(value, str) and 0 < len(value) <= _WORD_MAX and " " not in value:
            yield value.encode()
        elif isinstance(value, bytes) and 0 < len(value) <= _WORD_MAX:
            yield value
