"""benchmarks/device_comparison.py --quick on a small model: device_comparison_test.py STAPES MAKE_MODEL
FIRMWARE_BUILD. Exit code 77, which ctest shows as skipped, where QEMU or the firmware is missing.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM, MAKE_MODEL, FIRMWARE = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
ROOT = pathlib.Path(__file__).resolve().parents[2]


def compare(folder):
    return subprocess.run(
        [sys.executable, "-B", ROOT / "benchmarks/device_comparison.py", PROGRAM,
         folder / "model.tflite", "--quick", "--json", folder / "figures.json"],
        capture_output=True, text=True, timeout=250,
        env={**os.environ, "STAPES_FIRMWARE_BUILD": str(FIRMWARE)})


class DeviceComparison(unittest.TestCase):
    def test_every_figure_is_there(self):
        with tempfile.TemporaryDirectory(prefix="stapes_comparison_") as folder:
            folder = pathlib.Path(folder)
            subprocess.run([MAKE_MODEL, folder], check=True, stdout=subprocess.DEVNULL)
            result = compare(folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            figures = json.loads((folder / "figures.json").read_text())
            self.check_that_it_goes_on(folder, figures)
        for target in ("cortex-m4", "cortex-m55"):
            measured = figures["models"]["model"]["interpreter"][target]
            for name in ("instructions", "code_bytes", "ram_bytes", "lstm_instructions_per_mac"):
                self.assertGreater(measured[name], 0, name)
            self.assertIn(f"{measured['instructions']:,}", result.stdout)
        self.assertGreater(figures["front_end_instructions_per_row"], 1000)
        columns = {line.count("|") for line in result.stdout.splitlines()}
        self.assertEqual(columns, {6}, result.stdout)

    def check_that_it_goes_on(self, folder, figures):
        """Figures of the same program and model stay, those of another model are measured again."""
        changed = json.loads(json.dumps(figures))
        instructions = figures["models"]["model"]["interpreter"]["cortex-m4"]["instructions"]
        changed["models"]["model"]["interpreter"]["cortex-m4"]["instructions"] = 123456789
        (folder / "figures.json").write_text(json.dumps(changed))
        self.assertIn("123,456,789", compare(folder).stdout)
        changed["models"]["model"]["key"] = "of another model"
        (folder / "figures.json").write_text(json.dumps(changed))
        again = compare(folder).stdout
        self.assertNotIn("123,456,789", again)
        self.assertIn(f"{instructions:,}", again)
        (folder / "figures.json").write_text("[]")
        broken = compare(folder)
        self.assertEqual(broken.returncode, 1)
        self.assertIn("name another file", broken.stderr)


if __name__ == "__main__":
    if shutil.which("qemu-system-arm") is None or not FIRMWARE.exists():
        print("skipped: QEMU or the firmware is missing (scripts/install_packages firmware)")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
