"""Imports go one way: the table of allowed imports, held against the source itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "src" / "lading"
PLUGINS = sorted((ROOT / "plugins").glob("*/src/lading_*"))

#: Package -> (packages of ours, third parties) that it may import; the standard library is free.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "wording": (set(), set()),
    "model": ({"errors"}, {"numpy", "msgspec", "pydantic", "ulid"}),
    "source": ({"model", "errors"}, {"msgspec"}),
    "pcd": ({"wording"}, set()),
    "wholeness": (set(), {"PIL"}),
    "media": ({"model", "pcd", "wholeness", "errors"}, {"PIL", "numpy", "msgspec"}),
    "plugin": ({"model", "source", "media", "errors"}, {"pluggy", "pydantic", "msgspec", "numpy"}),
    "backlog": ({"errors"}, set()),
    "workers": ({"backlog", "model", "errors"}, set()),
    "parallel": ({"workers", "backlog", "model", "errors"}, set()),
    "counting": ({"parallel", "model", "errors"}, set()),
    "summary": ({"counting", "model"}, set()),
    "stats": ({"counting", "model"}, set()),
    "compare": ({"model", "media", "errors"}, {"msgspec"}),
    "validate": (
        {"plugin", "parallel", "backlog", "stats", "render", "model", "media", "wording", "errors"},
        {"numpy", "msgspec", "shapely", "pydantic"},
    ),
    "render": ({"plugin", "model", "media", "errors"}, {"numpy", "PIL"}),
    "filters": ({"plugin", "validate", "model", "source", "errors"}, {"numpy", "msgspec"}),
    "convert": ({"plugin", "validate", "model", "source", "errors"}, {"numpy", "msgspec"}),
    "platform": ({"model", "errors"}, {"pydantic", "aiohttp"}),
    "stored": ({"platform", "server.archive", "model", "errors"}, {"msgspec"}),
    "opening": ({"stored", "plugin", "source", "model", "errors"}, set()),
    "home": (set(), {"platformdirs"}),
    "upload": ({"platform", "stored", "compare", "model", "source", "media", "home", "errors"}, {"msgspec", "numpy"}),
    "server": (
        {"platform.wire", "model", "validate", "home", "errors"},
        {
            "fastapi",
            "starlette",
            "uvicorn",
            "sqlalchemy",
            "python_multipart",
            "pydantic",
            "msgspec",
            "botocore",
        },
    ),
    "testing": ({"model", "plugin", "source", "validate", "errors"}, {"pytest", "msgspec", "numpy"}),
    "demo": (
        {"platform", "plugin", "server", "upload", "validate", "model", "media", "source", "errors"},
        {"msgspec"},
    ),
}

#: What everybody may import without the table saying so: the public names, resolved lazily.
NEVER_FOR_PLUGINS = ("lading.cli", "lading.platform", "lading.upload", "lading.server", "lading.demo")


def imported(tree: ast.AST, package: str) -> Iterator[tuple[str, int]]:
    """Every module that is imported anywhere in a file, also inside functions, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield (name if base == "lading" or is_module(name) else base), node.lineno


def is_module(name: str) -> bool:
    """Whether a dotted name is a module or package of the core: `from lading.platform import wire` imports one."""
    place = CORE.parent.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def stray_imports(package: str, tree: ast.AST) -> list[str]:
    """What a file of a package of the core imports against the table."""
    ours, others = ALLOWED[package]
    stray = []
    for name, line in imported(tree, f"lading.{package}"):
        root, _, rest = name.partition(".")
        if root == "lading":
            is_fine = any(f"{rest}.".startswith(f"{known}.") for known in {package, *ours})
        else:  # _typeshed is there for type checkers alone
            is_fine = root == "_typeshed" or root in sys.stdlib_module_names or root in others
        if not is_fine:
            stray.append(f"line {line}: {name}")
    return stray


def files_of(package: str) -> list[Path]:
    folder = CORE / package
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [CORE / f"{package}.py"]


def packages() -> list[str]:
    found = {path.stem for path in CORE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    return sorted(found - {"__init__", "__main__", "cli"})


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def test_every_package_is_in_the_table() -> None:
    assert set(packages()) <= set(ALLOWED)


@pytest.mark.parametrize("package", packages())
def test_a_package_imports_what_the_table_allows(package: str) -> None:
    stray = {str(path.relative_to(ROOT)): stray_imports(package, parse(path)) for path in files_of(package)}
    assert {path: lines for path, lines in stray.items() if lines} == {}


def test_nobody_imports_the_command_line() -> None:
    sources = [path for path in CORE.rglob("*.py") if "cli" not in path.relative_to(CORE).parts]
    sources += [path for plugin in PLUGINS for path in plugin.rglob("*.py")]
    importers = [
        str(path.relative_to(ROOT))
        for path in sources
        for name, _ in imported(parse(path), "lading")
        if f"{name}.".startswith("lading.cli.") and path.name != "__main__.py"
    ]
    assert importers == []


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_imports_public_names_only(plugin: Path) -> None:
    stray = []
    for path in sorted(plugin.rglob("*.py")):
        for name, line in imported(parse(path), plugin.name):
            root = name.partition(".")[0]
            is_private = root == "lading" and any(part.startswith("_") for part in name.split("."))
            is_another = root.startswith("lading_") and root != plugin.name
            if is_private or is_another or name.startswith(NEVER_FOR_PLUGINS):
                stray.append(f"{path.name}:{line}: {name}")
    assert stray == []


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugins_registration_imports_only_the_marker(plugin: Path) -> None:
    tree = parse(plugin / "__init__.py")
    top = ast.Module([node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))], [])
    names = {name for name, _ in imported(top, plugin.name)}
    assert names <= {"__future__", "collections.abc", "typing", "lading.hookimpl"}


def test_the_check_finds_what_is_forbidden() -> None:
    source = "def later():\n    from lading import cli\n    import aiohttp, json\n    from ..upload.engine import x\n"
    assert stray_imports("model", ast.parse(source)) == [
        "line 2: lading.cli",
        "line 3: aiohttp",
        "line 4: lading.upload.engine",
    ]


def test_the_check_tells_a_module_from_a_name_within_one() -> None:
    source = (
        "from lading.platform import wire\nfrom lading.platform import client\nfrom lading.platform.wire import Json\n"
    )
    assert stray_imports("server", ast.parse(source)) == ["line 2: lading.platform.client"]


def test_every_module_opens_with_a_line_on_what_it_is_for() -> None:
    sources = [*CORE.rglob("*.py"), *(path for plugin in PLUGINS for path in plugin.rglob("*.py"))]
    bare = [str(path.relative_to(ROOT)) for path in sources if not ast.get_docstring(parse(path))]
    assert bare == []


@pytest.mark.parametrize("module", ["lading", "lading.plugin.hooks", "lading.errors"])
def test_importing_a_marker_costs_nothing(module: str) -> None:
    script = (
        f"import sys, {module}\n"
        "heavy = ('numpy', 'PIL', 'pydantic', 'aiohttp', 'fastapi', 'click', 'rich', 'lading_coco', 'lading_voc')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
