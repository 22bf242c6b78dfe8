"""How the tests that run programs on simulated boards begin and end."""
import pathlib
import shutil
import subprocess
import sys
import unittest


def run(folder, make_model, firmware, boards, tools):
    """Runs the tests of the calling script with the small model in `folder`, which is removed. Exit code
    77, which ctest shows as skipped, where one of `tools` or the firmware of one of `boards` is missing."""
    if not all(map(shutil.which, tools)) or not all(
            (pathlib.Path(firmware) / board / "profile_float.elf").exists() for board in boards):
        print("skipped: QEMU or the firmware is missing (scripts/install_packages firmware)")
        sys.exit(77)
    try:
        subprocess.run([make_model, folder], check=True)
        unittest.main(argv=sys.argv[:1])
    finally:
        shutil.rmtree(folder)
