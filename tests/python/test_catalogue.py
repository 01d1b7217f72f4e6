"""Functions, texts and stubs come from the one definition and agree with each other."""
import ast
import importlib
import inspect
import pathlib

import assay
import pytest

OPERATIONS = list(assay._operations.CATALOGUE.values())
FOLDER = pathlib.Path(assay.__file__).parent
BY_HAND = ("fairness.assess", "evaluate.run")


def function(operation):
    return getattr(getattr(assay, operation.noun), assay._operations.python_name(operation.verb))


def test_every_operation_is_there():
    assert len(OPERATIONS) >= 28
    assert len({each.id for each in OPERATIONS}) == len(OPERATIONS)
    for name in ("fairness", "stats", "train", "gate", "model", "hallmark"):
        assert name in assay.__all__ and importlib.import_module(f"assay.{name}") is getattr(assay, name)
    assert callable(assay.model.import_)  # a word of Python takes an underscore


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_texts(operation):
    text = function(operation).__doc__
    assert text.startswith(operation.summary)
    for part in ("Arguments", "Returns", "Raises"):
        assert f"\n{part}\n" in text
    for argument in operation.arguments:
        assert f"    {argument.python}: " in text and argument.help in text
    for line in text.splitlines():
        if line.strip().startswith(">>>") and operation.example:
            call = ast.parse(line.strip().removeprefix(">>> ")).body[0].value
            assert isinstance(call, ast.Call)
            given = {each.arg for each in call.keywords}
            assert given <= set(operation.by_name)
            places = [each for each in operation.ordered() if each.required or each.positional]
            named = given | {each.python for each in places[:len(call.args)]}
            assert {each.python for each in operation.arguments if each.required} <= named


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_signatures(operation):
    signature = inspect.signature(function(operation))
    for argument in operation.arguments:
        parameter = signature.parameters[argument.python]
        assert (parameter.default is inspect.Parameter.empty) == argument.required
        assert parameter.annotation == argument.annotation
        ast.parse(parameter.annotation, mode="eval")
    for name in ("workspace", "threads", "progress"):
        assert signature.parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
    assert hasattr(assay, signature.return_annotation)


def stub_parameters(node: ast.FunctionDef) -> dict:
    spec = node.args
    places = [*spec.posonlyargs, *spec.args]
    gaps = [None] * (len(places) - len(spec.defaults))
    out = {each.arg: (ast.unparse(each.annotation), default)
           for each, default in zip(places, [*gaps, *spec.defaults])}
    named = zip(spec.kwonlyargs, spec.kw_defaults)
    out |= {each.arg: (ast.unparse(each.annotation), default) for each, default in named}
    return {name: (text, "none" if default is None else ast.literal_eval(default))
            for name, (text, default) in out.items()}


@pytest.mark.parametrize("noun", sorted({each.noun for each in OPERATIONS}))
def test_stubs_agree_with_signatures(noun):
    tree = ast.parse((FOLDER / f"{noun}.pyi").read_text())
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(node)
    operations = [each for each in OPERATIONS if each.noun == noun]
    assert set(found) == {assay._operations.python_name(each.verb) for each in operations}
    for operation in operations:
        signature = inspect.signature(function(operation))
        first, *others = found[function(operation).__name__]
        assert stub_parameters(first) == {
            name: (ast.unparse(ast.parse(each.annotation, mode="eval")),
                   "none" if each.default is inspect.Parameter.empty else each.default)
            for name, each in signature.parameters.items()}
        assert ast.get_docstring(first).startswith(operation.summary)
        assert len(others) == (operation.id in BY_HAND)
        names = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
        init = ast.parse((FOLDER / "__init__.pyi").read_text())
        known = {each.asname or each.name for node in [*tree.body, *init.body] if isinstance(node, ast.ImportFrom)
                 for each in node.names} | {"str", "int", "float", "bool", "dict", "object", "overload"}
        known |= {node.name for node in init.body if isinstance(node, ast.ClassDef)}
        known |= {each.id for node in init.body if isinstance(node, ast.Assign) for each in node.targets}
        assert names <= known, names - known


def test_the_package_says_that_it_is_typed():
    assert (FOLDER / "py.typed").exists()
    names = {each.asname or each.name for node in ast.parse((FOLDER / "__init__.pyi").read_text()).body
             if isinstance(node, ast.ImportFrom) for each in node.names} | {"run", "__version__", "code_version"}
    assert set(assay.__all__) <= names


def test_the_native_stub_names_what_there_is():
    tree = ast.parse((FOLDER / "_native.pyi").read_text())
    told = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    there = {name for name in dir(assay._native) if not name.startswith("__")} - {"code_version"}
    assert set(told) == there
    for name in ("Problem", "Outcome", "MemoryFile"):
        fields = {each.target.id for each in told[name].body}
        assert fields == {each for each in vars(getattr(assay._native, name)) if not each.startswith("__")}


def test_no_leak_of_private_names():
    assert [name for name in dir(assay) if not name.startswith("_") and name not in assay.__all__] == []
