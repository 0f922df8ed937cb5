"""A model in integers on an emulated Cortex-M0+: flash, memory, instructions, and the same answers."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.integer.fixed import FixedModel
from selenite.exporting.integer.program import RUNTIME, definitions, initialised
from selenite.exporting.writer import NotChecked, ran
from selenite.types import Indices

COMPILER, SIZE, EMULATOR = "arm-none-eabi-gcc", "arm-none-eabi-size", "qemu-system-arm"
FLAGS = (
    "-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=gnu99", "-Wall", "-Wextra", "-Werror",
    "-ffunction-sections", "-fdata-sections", "-nostartfiles", "-Wl,--gc-sections",
)  # fmt: skip
PLACES = (
    "-Wl,--section-start=.vectors=0",
    "-Wl,-Ttext=0x100",
    "-Wl,-Tbss=0x20000000",
    "-Wl,-e,start",
    "-Wl,-u,vectors",
)
_MACHINE = (
    "-M", "microbit", "-display", "none", "-serial", "none", "-monitor", "none", "-chardev", "stdio,id=out",
    "-semihosting-config", "enable=on,target=native,chardev=out", "-icount", "shift=6",
)  # fmt: skip
_TICKS = 62.5 / 64  # instructions of 64 ns in a tick of the clock of 16 MHz
_FLASH, _ROWS = 256 * 1024, 60_000  # bytes of the emulated device, and of them for rows


@dataclass(frozen=True)
class Device:
    """What a model takes of a Cortex-M0+."""

    flash: int  # bytes of program and tables, with the division that the processor lacks
    memory: int  # bytes of RAM that it keeps, and of the stack at most
    instructions: int  # of a row, on average
    n_rows: int

    def __str__(self) -> str:
        """Return it in a sentence."""
        return (
            f"On an emulated Cortex-M0+: {self.flash:,} bytes of flash, {self.memory:,} bytes of RAM, "
            f"{self.instructions:,} instructions a row; the same answers on {self.n_rows} rows."
        )


def on_device(fixed: FixedModel, folder: Path, rows: Indices, expected: Indices) -> Device:
    """Return what the source in a folder takes of a device; raises NotChecked where none can be emulated here."""
    absent = [tool for tool in (COMPILER, SIZE, EMULATOR) if shutil.which(tool) is None]
    if absent:
        raise NotChecked(f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} not here")
    rows, expected = rows[: _ROWS // (4 * rows.shape[1])], expected[: _ROWS // (4 * rows.shape[1])]
    with tempfile.TemporaryDirectory() as scratch:
        alone, whole, main = (Path(scratch) / name for name in ("alone.elf", "whole.elf", "main.c"))
        asked = f"{fixed.name}_predict"
        ran([COMPILER, *FLAGS, f"-Wl,-e,{asked}", f"-Wl,-u,{asked}", f"{fixed.name}.c", "-o", str(alone)], folder)
        text, data, bss = (int(one) for one in ran([SIZE, str(alone)], folder).splitlines()[1].split()[:3])
        if text + data > _FLASH - _ROWS:
            raise NotChecked(f"{text + data:,} bytes of flash are more than the emulated device has")
        start = (RUNTIME / "cortex_m.c").read_text(encoding="utf-8")
        known = f"#define N_ROWS {len(rows)}\nstatic const ROW rows[N_ROWS] = {{{initialised(rows)}}};\n"
        main.write_text(definitions(fixed) + known + start)
        ran([COMPILER, *FLAGS, *PLACES, "-I.", str(main), f"{fixed.name}.c", "-o", str(whole)], folder)
        printed = ran([EMULATOR, *_MACHINE, "-kernel", str(whole)], folder)
    found = np.array([[int(value) for value in line.split()] for line in printed.splitlines()])
    if found.shape != (len(rows), fixed.n_answers + 2) or (found[:, :-2] != expected).any():
        raise ExportError(f"{fixed.name}.c answers otherwise on an emulated Cortex-M0+ than here")
    return Device(text + data, data + bss + int(found[:, -1].max()), round(found[:, -2].mean() * _TICKS), len(rows))
