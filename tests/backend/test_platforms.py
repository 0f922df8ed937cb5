"""A processor that the kernel is not written for ends its build with a sentence; the package then does without."""

import os
import shutil
import subprocess
from pathlib import Path

import cmake
import nanobind
import pytest

ROOT = Path(__file__).parents[2]
CMAKE = Path(cmake.CMAKE_BIN_DIR, "cmake")


@pytest.mark.skipif(not (shutil.which("c++") or os.environ.get("CXX")), reason="no C++ compiler")
@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=ppc64le"], "ppc64le"),
        (["-DCMAKE_OSX_ARCHITECTURES=x86_64;arm64"], "x86_64;arm64"),
    ],
)
def test_another_processor_is_refused_by_name(options, named, tmp_path):
    command = [CMAKE, "-S", ROOT, "-B", tmp_path, f"-Dnanobind_DIR={nanobind.cmake_dir()}", *options]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode != 0
    said = " ".join(run.stderr.split())
    assert f"for x86-64 and for 64-bit ARM, one at a time, not for {named}: there selenite" in said
