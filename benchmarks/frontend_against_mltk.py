#!/usr/bin/env python3
"""Our audio front end beside silabs-mltk's, on one core, in alternating runs:

    python3 benchmarks/frontend_against_mltk.py [--build build/release] [--rounds 7]

Installs silabs-mltk from PyPI (without what it depends on) into build/venv_mltk, builds
frontend_benchmark, and prints a table. Both compute spectrograms of one second of noise with the
settings of models/tutorial_numbers.toml. silabs-mltk is called through its Python module:
one call for the 98 frames of a second.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/conformance"))


def enter_environment():
    """Continues in the Python that has silabs-mltk."""
    folder = ROOT / "build/venv_mltk"
    python = folder / "bin/python"
    if pathlib.Path(sys.prefix) == folder:
        return
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "numpy"], check=True)
        subprocess.run([*pip, "--no-deps", "silabs-mltk==0.20.0"], check=True)
        (folder / "complete").touch()
    os.execv(python, [str(python), *sys.argv])


def microseconds_of_mltk(front_end, sound, seconds):
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        front_end.spectrogram(sound)
        times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times) / front_end.frames()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    enter_environment()
    import numpy
    import mltk_front_end

    subprocess.run(["cmake", "-S", ROOT, "-B", options.build, "-G", "Ninja",
                    "-DSTAPES_BENCHMARKS=ON"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", options.build, "--target", "frontend_benchmark"],
                   check=True, stdout=subprocess.DEVNULL)
    ours = options.build / "bin/frontend_benchmark"
    settings = mltk_front_end.KEYWORD_SPOTTING_NUMBERS
    reference = mltk_front_end.FrontEnd(mltk_front_end.load(), settings)
    sound = (1000 * numpy.random.default_rng(1).normal(size=16000)).astype(numpy.int16)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    times = {"silabs-mltk 0.20 (its Python call)": [], "Stapes": [], "Stapes, portable code": []}
    for _ in range(options.rounds):
        for name, command in zip(times, (None, [ours], [ours, "--plain"])):
            if command is None:
                times[name].append(microseconds_of_mltk(reference, sound, 0.5))
            else:
                output = subprocess.run([*command, "--seconds", "0.5"], check=True,
                                        capture_output=True, text=True).stdout
                times[name].append(float(output))
    peer = statistics.median(next(iter(times.values())))
    print(f"{'front end':36} {'us per frame':>12} {'of the peer':>12}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:36} {median:12.2f} {100 * median / peer:11.0f} %")


if __name__ == "__main__":
    main()
