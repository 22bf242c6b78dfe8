"""Instructions of one inference against the recorded ones (instruction_counts.json): counts are exact,
so a rise of more than 2 % is somebody's doing and fails.

    instruction_counts.py STAPES MAKE_MODEL FIRMWARE_BUILD REFERENCE_DATA [--record]

scripts/record_instruction_counts builds what is needed and records. Measured are a small model that
MAKE_MODEL writes and, where REFERENCE_DATA has them, other people's. Exit code 77, which ctest shows
as skipped, where QEMU, the compiler that the counts were recorded with, or the firmware is missing.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORD = pathlib.Path(__file__).with_name("instruction_counts.json")
BOARDS = {"cortex-m4": "mps2-an386", "cortex-m55": "mps3-an547"}
OTHERS = ("seed_shaped_random", "keyword_spotting_on_off_v3", "micro_speech_lstm",
          "mnist_lstm_int8", "mlperf_tiny_keyword_spotting")
OWN = "board_model"  # of tests/firmware/make_model.cpp
ALLOWED = 0.02


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def compiler():
    if shutil.which("qemu-system-arm") is None or shutil.which("arm-none-eabi-g++") is None:
        skip("QEMU or arm-none-eabi-g++ is missing (scripts/install_packages firmware)")
    version = subprocess.run(["arm-none-eabi-g++", "-dumpfullversion"], check=True,
                             capture_output=True, text=True)
    return f"arm-none-eabi-g++ {version.stdout.strip()}"


def models(make_model, reference_data, folder):
    subprocess.run([make_model, folder], check=True, stdout=subprocess.DEVNULL)
    yield OWN, folder / "model.tflite"
    for name in OTHERS:
        path = reference_data / f"vectors/models/{name}.tflite"
        if path.exists():
            yield name, path
        else:
            print(f"without {name}: {path} is missing")


def measure(stapes, firmware, target, model):
    environment = {**os.environ, "STAPES_FIRMWARE_BUILD": str(firmware)}
    result = subprocess.run([stapes, "profile", model, "--target", target, "--json"],
                            capture_output=True, text=True, env=environment, timeout=120)
    if result.returncode != 0:
        sys.exit(result.stderr)
    return json.loads(result.stdout)["summary"]["instructions"]


def compare(name, target, count, recorded):
    """True unless the count is too high."""
    if recorded is None:
        print(f"{name} on {target}: {count:,}, not recorded (scripts/record_instruction_counts)")
        return True
    change = count / recorded - 1
    print(f"{name} on {target}: {count:,}, recorded {recorded:,} ({100 * change:+.2f} %)")
    if change > ALLOWED:
        print(f"  FAILED: more than {100 * ALLOWED:.0f} % above the record; where that is intended, "
              "run scripts/record_instruction_counts and say why in the commit")
        return False
    if change < -ALLOWED:
        print("  better than recorded: run scripts/record_instruction_counts to keep it")
    return True


def main():
    words = [word for word in sys.argv[1:] if word != "--record"]
    recording = "--record" in sys.argv
    stapes, make_model, firmware, reference_data = map(pathlib.Path, words)
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {"counts": {}}
    used = compiler()
    if not recording and record["compiler"] != used:
        skip(f"the counts were recorded with {record['compiler']}, this is {used}")
    for board in BOARDS.values():
        if not (firmware / board / "profile.elf").exists():
            skip(f"{firmware / board / 'profile.elf'} is missing; the test `firmware` builds it")
    good = True
    with tempfile.TemporaryDirectory(prefix="stapes_counts_") as folder:
        for name, model in models(make_model, reference_data, pathlib.Path(folder)):
            for target in BOARDS:
                count = measure(stapes, firmware, target, model)
                of_target = record["counts"].setdefault(target, {})
                good &= compare(name, target, count, of_target.get(name)) or recording
                of_target[name] = count
    if recording:
        record["compiler"] = used
        RECORD.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
        print(f"recorded in {RECORD.relative_to(ROOT)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
