"""`stapes profile` on the boards that QEMU has: profile_test.py STAPES MAKE_MODEL FIRMWARE_BUILD.

Exit code 77, which ctest shows as skipped, where QEMU or the firmware is missing.
"""
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import board_tests

PROGRAM, MAKE_MODEL, FIRMWARE = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
ROOT = pathlib.Path(__file__).resolve().parents[2]
BOARDS = {"cortex-m0plus": "mps2-an385", "cortex-m4": "mps2-an386", "cortex-m55": "mps3-an547",
          "riscv32": "virt-rv32"}
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="stapes_profile_"))
MODEL = FOLDER / "model.tflite"
STREAM = FOLDER / "stream.tflite"


def stapes(*words, **environment):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "STAPES_FIRMWARE_BUILD": str(FIRMWARE), **environment})


class Profile(unittest.TestCase):
    def profile(self, target, *words):
        result = stapes("profile", MODEL, "--target", target, "--json", *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_counts_what_one_inference_costs(self):
        described = json.loads(stapes("summarize", MODEL, "--json").stdout)
        for target in BOARDS:
            with self.subTest(target):
                profile = self.profile(target)
                summary, operators = profile["summary"], profile["operators"]
                self.assertEqual(summary["macs"], described["macs"])
                self.assertEqual(summary["lstm_macs"], described["lstm_macs"])
                self.assertEqual(summary["model_bytes"], MODEL.stat().st_size)
                self.assertEqual(len(operators), len(described["operators"]))
                self.assertLess(summary["arena_bytes"], described["runtime_memory_size"])
                self.assertGreater(summary["code_bytes"], 10000)
                self.assertGreater(summary["stack_bytes"], 64)
                self.assertEqual(max(o["live_bytes"] for o in operators),
                                 summary["activation_lower_bound"])
                # The whole was measured by itself; around an operator there is a loop or a call.
                between = summary["instructions"] - sum(o["instructions"] for o in operators)
                self.assertLess(abs(between), 100 * len(operators))
                self.assertAlmostEqual(sum(o["share"] for o in operators), 1.0, places=6)
                for row in operators:
                    if row["macs"] + row["lstm_macs"] > 0:
                        self.assertGreater(row["instructions_per_mac"], 0.1)

    def test_counts_what_a_frame_of_a_stream_costs(self):
        for target in BOARDS:
            with self.subTest(target):
                result = stapes("profile", STREAM, "--streaming", "--target", target, "--json")
                self.assertEqual(result.returncode, 0, result.stderr)
                profile = json.loads(result.stdout)
                summary, operators = profile["summary"], profile["operators"]
                # Two strides of 2: every fourth frame runs everything.
                self.assertEqual(summary["frames"], 4)
                self.assertEqual(summary["output_period_frames"], 4)
                self.assertEqual(summary["output_delay_frames"], 0)
                self.assertEqual({row["runs"] for row in operators}, {1, 2, 4})
                self.assertEqual(operators[-1]["runs"], 1)
                # All frames together do what the operators do, and one of them the most of it.
                between = summary["instructions"] - sum(o["instructions"] for o in operators)
                self.assertLess(abs(between), 100 * 4 * len(operators))
                self.assertLess(summary["worst_frame_instructions"], summary["instructions"])
                self.assertGreater(summary["worst_frame_instructions"],
                                   summary["instructions_per_frame"])
                # A window with each output would cost more, though its kernels have many pixels.
                self.assertLess(summary["instructions"], summary["window_instructions"])
                self.assertLess(summary["arena_bytes"], summary["window_arena_bytes"] * 2)
                self.assertGreater(summary["kept_bytes"], 0)
        text = stapes("profile", STREAM, "--streaming").stdout
        self.assertRegex(text, r"Instructions per 10 ms +\d+ on average, of 4 frames")
        self.assertRegex(text, r"worst frame +\d+ \(exact to 40\)")
        window = stapes("profile", MODEL, "--streaming")
        self.assertEqual(window.returncode, 1)
        self.assertIn('padding = "causal"', window.stderr)
        self.assertEqual(stapes("profile", STREAM, "--streaming", "--target", "host").returncode, 2)

    def test_gives_the_same_numbers_again(self):
        self.assertEqual(self.profile("cortex-m4"), self.profile("cortex-m4"))

    def test_the_counter_runs_at_the_rate_that_the_board_states(self):
        for board in BOARDS.values():
            result = subprocess.run(
                [ROOT / "scripts/run_on_board", board, "profile_float", MODEL.name], cwd=FOLDER,
                capture_output=True, text=True, timeout=120,
                env={**os.environ, "STAPES_FIRMWARE_BUILD": str(FIRMWARE)})
            counted = re.search(r"counter_of_200000 (\d+)", result.stdout + result.stderr)
            self.assertIsNotNone(counted, result.stderr)
            self.assertAlmostEqual(int(counted[1]), 200000, delta=100)

    def test_measures_on_this_computer(self):
        profile = self.profile("host", "--repetitions", "3")
        self.assertGreater(profile["summary"]["seconds"], 0.0)
        self.assertNotIn("instructions", profile["summary"])

    def test_estimates_time_from_clock_and_factor(self):
        summary = self.profile("cortex-m4", "--clock", "10MHz", "--cycles-per-instruction",
                               "2")["summary"]
        self.assertAlmostEqual(summary["estimated_seconds"], summary["instructions"] * 2 / 10e6)

    def test_a_budget_is_kept_or_named(self):
        fits = stapes("profile", MODEL, "--budget", "flash=4M,ram=4M,ms=10000")
        self.assertEqual(fits.returncode, 0, fits.stderr)
        small = stapes("profile", MODEL, "--budget", "flash=1k,ram=4M,ms=0.01")
        self.assertEqual(small.returncode, 1)
        self.assertRegex(small.stderr, r"over budget: flash: \d+ of 1024 bytes")
        self.assertRegex(small.stderr, r"over budget: ms: .* most goes into \d+ [A-Z_0-9]+ ")
        self.assertNotIn("over budget: ram", small.stderr)
        self.assertEqual(stapes("profile", MODEL, "--budget", "rom=1k").returncode, 2)

    def test_writes_files(self):
        folder = FOLDER / "written"
        result = stapes("profile", MODEL, "--output", folder, "--csv", folder / "rows.csv")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((folder / "profile.txt").read_text(), result.stdout)
        rows = list(csv.DictReader((folder / "rows.csv").read_text().splitlines()))
        written = json.loads((folder / "profile.json").read_text())
        self.assertEqual([int(row["instructions"]) for row in rows],
                         [row["instructions"] for row in written["operators"]])

    def test_says_in_one_line_what_is_missing(self):
        result = stapes("profile", MODEL, STAPES_FIRMWARE_BUILD=str(FOLDER / "none"),
                        PATH=str(FOLDER))
        self.assertEqual(result.returncode, 1)
        self.assertIn("scripts/install_packages firmware", result.stderr)
        broken = FOLDER / "broken.tflite"
        broken.write_bytes(MODEL.read_bytes()[:1000])
        self.assertEqual(stapes("profile", broken).returncode, 1)


if __name__ == "__main__":
    board_tests.run(FOLDER, MAKE_MODEL, FIRMWARE, BOARDS.values(),
                    ["qemu-system-arm", "qemu-system-riscv32"])
