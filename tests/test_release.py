"""What is given away: recipe, licences, citation file; none says anything else than setup.cfg."""

from __future__ import annotations

import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
#: Packages that conda names otherwise: of Matplotlib the part without a screen's toolkit.
IN_CONDA = {"matplotlib": "matplotlib-base"}


@pytest.fixture(scope="module")
def configuration():
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", "utf-8")
    return parser


@pytest.fixture(scope="module")
def recipe():
    return yaml.safe_load((ROOT / "conda" / "recipe.yaml").read_text(encoding="utf-8"))


def listed(text):
    return [line for line in text.split("\n") if line.strip()]


def test_the_recipe_needs_what_the_package_needs(configuration, recipe):
    wanted = [Requirement(line) for line in listed(configuration["options"]["install_requires"])]
    # a bound of newer Pythons says which wheels there are: conda's own packages are built for each of its Pythons
    assert all("python_version >= " in str(one.marker) for one in wanted if one.marker)
    wanted = [one for one in wanted if not one.marker]
    expected = {f"{IN_CONDA.get(one.name, one.name)} {one.specifier}" for one in wanted}
    python = f"python {configuration['options']['python_requires']}"
    assert {*recipe["requirements"]["run"]} == expected | {python}
    assert len(recipe["requirements"]["run"]) == len(expected) + 1
    assert python in recipe["requirements"]["host"]


def test_the_recipe_builds_as_the_package_does(configuration, recipe):
    build = re.search(r'requires = \["(setuptools>=\d+)"\]', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert build is not None
    assert build[1].replace(">=", " >=") in recipe["requirements"]["host"]
    (script,) = listed(configuration["options.entry_points"]["console_scripts"])
    assert recipe["build"]["python"]["entry_points"] == [script]
    assert (ROOT / "conda" / recipe["source"]["path"]).resolve() == ROOT
    (imported,) = (each["python"]["imports"] for each in recipe["tests"] if "python" in each)
    assert {"synaspice", *(f"synaspice.{part}" for part in ("devices", "circuits", "characterization", "figures"))} == {
        *imported
    }


def test_the_program_that_builds_it_takes_the_recipe(recipe):
    rattler = pytest.importorskip("rattler_build", reason="PyPI's py-rattler-build, which renders recipes")
    (rendered,) = rattler.Stage0Recipe.from_file(ROOT / "conda" / "recipe.yaml").render(rattler.VariantConfig())
    taken = rendered.recipe.to_dict()
    assert (taken["package"]["name"], str(taken["package"]["version"])) == ("synaspice", recipe["package"]["version"])
    assert taken["build"]["noarch"] == "python"
    assert [*map(str, taken["requirements"]["run"])] == recipe["requirements"]["run"]


def test_one_version_one_licence_one_summary(configuration, recipe):
    metadata, cited = configuration["metadata"], yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert recipe["package"] == {"name": metadata["name"], "version": metadata["version"]}
    assert (cited["title"], cited["version"]) == (metadata["name"], metadata["version"])
    assert recipe["about"]["license"] == metadata["license_expression"]
    assert recipe["about"]["license_file"] == listed(metadata["license_files"])
    assert all((ROOT / file).is_file() for file in recipe["about"]["license_file"])
    assert recipe["about"]["summary"] == metadata["description"]
    assert cited["license"] in metadata["license_expression"].split(" AND "), "that of the program"
    assert re.search(
        rf"^## {re.escape(metadata['version'])} ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )


def tool(code):
    """What a piece of code prints that runs beside the tools."""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=TOOLS)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_page_of_licences_has_every_package_and_every_file_of_data(configuration):
    text = tool("import licences; print(licences.page()); print('files', *sum((d.ships for d in licences.DATA), ()))")
    names = {Requirement(line).name for line in listed(configuration["options"]["install_requires"])}
    extras = configuration["options.extras_require"]
    names |= {Requirement(line).name for each in extras for line in listed(extras[each]) if "%(" not in extras[each]}
    assert {name for name in names if f"| `{name}` |" not in text} == set()
    assert "| `numpy` | always | BSD" in text, "numpy < 2.4 is a condition of Brian 2, and no extra's"
    data = {file for kind in ("*.npz", "*.npy", "*.csv", "*.parquet") for file in ROOT.glob(f"[dcf]*/**/{kind}")}
    shipped = text.rpartition("files ")[2].split()
    data = {file for file in data if not {"build", "docs", "conda"} & {*file.relative_to(ROOT).parts}}
    assert {file.relative_to(ROOT).as_posix() for file in data} == {name for name in shipped if name.endswith(".npz")}
    assert all((ROOT / name).exists() for name in shipped)


def test_changes_of_laws_that_are_explained_are_there():
    """tools/mutation.toml names changes of the present sources, and a reason each."""
    code = (
        "import mutation as m\n"
        "names = {each.name for file in (m.ROOT / m.FOLDER).glob('*.py') for each in m.mutants(file)}\n"
        "known = m.explained()\n"
        "print([entry for entry in known if entry not in names], [entry for entry, why in known.items() if not why])"
    )
    assert tool(code).strip() == "[] []"


def test_every_law_has_tests_that_mutations_run():
    modules = {file.stem for file in (ROOT / "devices" / "physics").glob("*.py")} - {"__init__"}
    code = f"import mutation as m; print(*(f for name in {sorted(modules)} for f in m.tests_of(name)))"
    assert all((ROOT / file).is_file() for file in tool(code).split())
