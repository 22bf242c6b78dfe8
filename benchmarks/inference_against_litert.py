#!/usr/bin/env python3
"""One inference on this computer beside LiteRT's (XNNPACK), one thread each, in alternating runs:

    python3 benchmarks/inference_against_litert.py STAPES MODEL.tflite... [--rounds 7] [--json FILE]

Needs a Python that has ai-edge-litert and numpy (scripts/make_venv FOLDER makes one). Every run is a
process of its own on one core; the input is all zeros, which costs these integer kernels as much as
any other. Of each run the median over its inferences, of the runs their median. The state of LSTMs
is reset before our inferences; LiteRT carries it, which costs it nothing. Rows of other instruction
sets are the same program with less of the processor (STAPES_INSTRUCTIONS).
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

LEVELS = ("avx512", "avx2", "plain")


def time_litert(model, seconds):
    """In a process of its own: microseconds, the median over `seconds`."""
    import numpy
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(model), num_threads=1)
    interpreter.allocate_tensors()
    for details in interpreter.get_input_details():
        interpreter.set_tensor(details["index"], numpy.zeros(details["shape"], details["dtype"]))
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times)


def run_litert(model, seconds):
    command = [sys.executable, __file__, "--litert", str(model), "--seconds", str(seconds)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(result.stdout)


def run_ours(stapes, model, level, repetitions):
    result = subprocess.run([stapes, "profile", model, "--target", "host", "--json",
                             "--repetitions", str(repetitions)], check=True, capture_output=True,
                            text=True, env={**os.environ, "STAPES_INSTRUCTIONS": level})
    return 1e6 * json.loads(result.stdout)["summary"]["seconds"]


def compare(stapes, model, rounds, seconds=0.3, repetitions=200, levels=LEVELS):
    """{"litert": us, "avx512": us, ...}: medians over alternating rounds."""
    times = {name: [] for name in ("litert", *levels)}
    for _ in range(rounds):
        times["litert"].append(run_litert(model, seconds))
        for level in levels:
            times[level].append(run_ours(stapes, model, level, repetitions))
    return {name: statistics.median(values) for name, values in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stapes", nargs="?", type=pathlib.Path, help="build/release/bin/stapes")
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures to this file")
    parser.add_argument("--litert", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each of LiteRT's runs")
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if options.litert:
        print(time_litert(options.litert, options.seconds))
        return
    if not options.models:
        parser.error("a program and at least one model are needed")
    results = {}
    print("| model | LiteRT, us | " + " | ".join(f"Stapes {level}, us" for level in LEVELS) +
          " | ratio of the fastest |")
    print("|---" * (len(LEVELS) + 3) + "|")
    for model in options.models:
        times = compare(options.stapes, model, options.rounds, options.seconds)
        results[model.stem] = times
        ours = [times[level] for level in LEVELS]
        print(f"| `{model.stem}` | {times['litert']:.1f} | " +
              " | ".join(f"{value:.1f}" for value in ours) +
              f" | {min(ours) / times['litert']:.2f} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
