"""The script that builds an ngspice with OSDI: what it replaces, with stand-ins for the tools that build."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "tools" / "build-ngspice-osdi.sh"

#: A source package of which configure writes a makefile that installs one file of the form that it was asked for.
APT = r"""#!/bin/sh
touch "$ASKED"
case "$*" in
*indextargets*) . /etc/os-release; echo "http://nowhere $VERSION_CODENAME main" ;;
*source*)
    mkdir -p ngspice-99/src/osdi && cd ngspice-99
    touch src/osdi/osdinoise.c
    printf '#!/bin/sh\n' >autogen.sh
    cat >configure <<'END'
#!/bin/sh
file=bin/ngspice
for word; do
    case $word in --prefix=*) prefix=${word#--prefix=} ;; --with-ngshared) file=lib/libngspice.so ;; esac
done
printf 'all:\ninstall:\n\tinstall -D /bin/true "$(DESTDIR)%s/%s"\n' "$prefix" "$file" >Makefile
END
    chmod +x configure
    ;;
esac
"""

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or not Path("/etc/os-release").exists(), reason="needs make, and a Linux"
)


@pytest.fixture
def build(tmp_path):
    """Run the script on a folder with stand-ins; the status, what it said, whether it asked apt for anything."""
    tools = tmp_path / "tools"
    tools.mkdir()
    names = ["bison", "flex", "autoconf", "automake", "libtoolize", "gcc", "g++", "dpkg-source"]
    for name, text in {"apt-get": APT, **dict.fromkeys(names, "#!/bin/sh\n")}.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)

    def run(target):
        asked = tmp_path / "asked"
        asked.unlink(missing_ok=True)
        environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}", "ASKED": str(asked)}
        command = ["sh", str(SCRIPT), str(target)]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path)
        return ended.returncode, ended.stderr, asked.exists()

    return run


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_folder_with_something_else_in_it_is_refused_before_anything_is_done(build, tmp_path):
    target = tmp_path / "home"
    (target / "bin").mkdir(parents=True)
    (target / "thesis.tex").write_text("years of work")
    status, said, asked = build(target)
    assert status == 1 and "were not built here" in said and not asked
    assert files(target) == {"thesis.tex"}


@pytest.mark.parametrize("kind", ["file", "link to nothing"])
def test_what_is_no_folder_is_refused(kind, build, tmp_path):
    target = tmp_path / "target"
    if kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nothing")
    assert build(target)[::2] == (1, False)
    assert target.is_symlink() or target.read_text() == "mine"


@pytest.mark.parametrize("there", [False, True])
def test_it_builds_into_a_new_or_empty_folder_and_again_without_touching_other_files(there, build, tmp_path):
    target = tmp_path / "a cache" / "ngspice-osdi"
    if there:
        target.mkdir(parents=True)
    made = {"bin/ngspice", "lib/libngspice.so", ".built-by-synaspice"}
    assert build(target)[::2] == (0, True)
    assert files(target) == made
    assert build(target)[::2] == (0, False)  # it is complete
    (target / "bin" / "ngspice").unlink()
    assert build(target)[::2] == (0, True)
    assert files(target) == made
    (target / "lib" / "libngspice.so").unlink()
    (target / "lib" / "mine.txt").write_text("mine")
    assert build(target)[::2] == (0, True)
    assert files(target) == made | {"lib/mine.txt"}
    assert not list(target.parent.glob(".ngspice-osdi-*"))


def test_a_list_that_names_files_elsewhere_is_refused(build, tmp_path):
    target, mine = tmp_path / "target", tmp_path / "mine.txt"
    target.mkdir()
    mine.write_text("mine")
    (target / ".built-by-synaspice").write_text("./bin/../../mine.txt\n")
    assert build(target)[0] == 1
    assert mine.read_text() == "mine"
