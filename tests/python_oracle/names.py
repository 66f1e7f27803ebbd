"""Prints what Python itself sees in its standard library: one JSON object for each file.

The argument is how many bytes of sources to read.
"""
import ast
import json
import pathlib
import sys
import sysconfig

FOLDERS = [".", "asyncio", "unittest", "email", "importlib", "json", "logging", "xml/dom"]


def blocks(node):
    """The statements within a statement, but for those of functions and classes."""
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, [])
    for part in getattr(node, "handlers", []) + getattr(node, "cases", []):
        yield from part.body


def functions(statements, path):
    for node in statements:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield path + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node.body, path + node.name + ".")
        else:
            yield from functions(blocks(node), path)


def is_accessor(decorator):
    """What is read together with another definition: setters, deleters, @overload."""
    text = ast.unparse(decorator)
    return text.endswith((".setter", ".deleter", ".getter", "overload"))


def places(lines, node):
    """Line and column of a parameter: characters, from 1."""
    before = lines[node.lineno - 1].encode()[: node.col_offset]
    return [node.lineno, len(before.decode()) + 1]


library = pathlib.Path(sysconfig.get_paths()["stdlib"])
left = int(sys.argv[1])
for file in [file for folder in FOLDERS for file in sorted((library / folder).glob("*.py"))]:
    text = file.read_text("utf-8")
    left -= len(text)
    if left < 0:
        break
    lines = text.split("\n")
    found = []
    for name, node in functions(ast.parse(text).body, ""):
        a = node.args
        parameters = [(p, "/") for p in a.posonlyargs] + [(p, "") for p in a.args]
        keyword = [(p, "*") for p in a.kwonlyargs]
        found.append(
            {
                "name": name,
                "line": node.lineno,
                "async": isinstance(node, ast.AsyncFunctionDef),
                "doc": ast.get_docstring(node),
                "accessor": any(map(is_accessor, node.decorator_list)),
                "variadic": bool(a.vararg or a.kwarg),
                "params": [[p.arg, mark, *places(lines, p)] for p, mark in parameters + keyword],
            }
        )
    print(json.dumps({"file": str(file), "functions": found}))
