"""What `stapes profile` counts against QEMU's own log of single steps, a line per instruction, which
knows of no timer and no clock: logged_count.py STAPES MAKE_MODEL FIRMWARE_BUILD.

The log is of the program that `stapes profile` runs, with the same model and input, from where
Interpreter::invoke() is entered to where its caller goes on. Exit code 77, which ctest shows as
skipped, where QEMU or the firmware is missing.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import board_tests

PROGRAM, MAKE_MODEL, FIRMWARE = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
BOARDS = {"cortex-m4": "mps2-an386", "cortex-m55": "mps3-an547"}
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="stapes_logged_"))
MODEL = FOLDER / "model.tflite"
INVOKE = "_ZN6stapes11Interpreter6invokeEv"
# Instructions around a call that belong to one count and not to the other: arguments, Status, loop.
CALL = 30


def profile(target):
    result = subprocess.run([PROGRAM, "profile", MODEL, "--target", target, "--json"],
                            capture_output=True, text=True, timeout=120,
                            env={**os.environ, "STAPES_FIRMWARE_BUILD": str(FIRMWARE)})
    if result.returncode != 0:
        raise RuntimeError(result.stderr)
    return json.loads(result.stdout)


def after_start_up(elf):
    """The addresses behind the start-up code, which clears megabytes word by word."""
    symbols = subprocess.run(["arm-none-eabi-nm", "--print-size", elf], check=True,
                             capture_output=True, text=True).stdout.splitlines()
    begin, size = next(line.split()[:2] for line in symbols if line.endswith(" reset_handler"))
    return f"{(int(begin, 16) & ~1) + int(size, 16):#x}..0xffffffff"


def logged_instructions(board, app):
    """Lines of the log that lie within the first invoke()."""
    elf = FIRMWARE / board / app
    words = f"enable=on,target=native,arg={app},arg={MODEL.name}"
    emulator = subprocess.Popen(
        ["qemu-system-arm", "-machine", board, "-display", "none", "-monitor", "none", "-serial",
         "null", "-semihosting-config", words, "-singlestep", "-d", "exec,nochain", "-dfilter",
         after_start_up(elf), "-kernel", elf],
        cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    caller = previous = None
    count = 0
    try:
        for line in emulator.stderr:
            function = line.rpartition(" ")[2].rstrip()  # each line ends with its function's name
            if caller is None and function == INVOKE:
                caller = previous
            if caller is not None:
                if function == caller:
                    return count
                count += 1
            previous = function
    finally:
        emulator.kill()
        emulator.communicate()
    raise RuntimeError(f"{board}: the log ends before invoke() does: {previous}")


class LoggedCount(unittest.TestCase):
    def test_is_what_the_profile_says(self):
        for target, board in BOARDS.items():
            with self.subTest(target):
                reported = profile(target)
                summary, operators = reported["summary"], reported["operators"]
                logged = logged_instructions(board, summary["firmware"])
                whole = summary["instructions"]
                rows = [row["instructions"] for row in operators]
                print(f"{target}: {logged:,} in the log, {whole:,} counted, "
                      f"{sum(rows):,} in {len(rows)} rows")
                exact_to = summary["counter_granularity"] + CALL
                self.assertAlmostEqual(whole, logged, delta=exact_to)
                self.assertAlmostEqual(sum(rows), logged, delta=exact_to * len(rows))


if __name__ == "__main__":
    board_tests.run(FOLDER, MAKE_MODEL, FIRMWARE, BOARDS.values(),
                    ["qemu-system-arm", "arm-none-eabi-nm"])
