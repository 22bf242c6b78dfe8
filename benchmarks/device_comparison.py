#!/usr/bin/env python3
"""Stapes beside its peers, as a table: instructions on Cortex-M4 and M55, memory, time on this PC.

    python3 benchmarks/device_comparison.py STAPES [MODEL.tflite...] [--json FILE]

Per model: what `stapes profile` counts in QEMU (interpreter), what benchmarks/compiled_model_size
measures of the same model compiled, and the figures of TensorFlow Lite Micro with CMSIS-NN
(peer_figures.json says how they were measured). With a Python that has ai-edge-litert and numpy
(scripts/make_venv FOLDER) also the time on this computer beside LiteRT's in the same run.
Without models: those below ../shared, or $STAPES_REFERENCE_DATA, that the peer's figures name.
--quick leaves out what takes minutes, the compiled models and LiteRT. Needs what
`scripts/install_packages firmware` installs; takes some ten minutes. With --json FILE it goes on where
it was interrupted: FILE keeps each model's figures, and those of the same program and model stay.
"""
import argparse
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys

import inference_against_litert

ROOT = pathlib.Path(__file__).resolve().parents[1]
PEER = json.loads(pathlib.Path(__file__).with_name("peer_figures.json").read_text())
TARGETS = {"cortex-m4": "Cortex-M4", "cortex-m55": "Cortex-M55"}
BOARD_OF_FRONT_END = "mps2-an386"


def run(*command):
    """What the command prints to its standard output, or ends the program with all it printed."""
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def profile(stapes, model, target):
    return json.loads(run(stapes, "profile", model, "--target", target, "--json"))


def lstm_per_mac(profiled):
    rows = [row for row in profiled["operators"] if row["lstm_macs"] > 0]
    macs = sum(row["lstm_macs"] for row in rows)
    return sum(row["instructions"] for row in rows) / macs if macs else None


def compiled(stapes, model, target, optimization, *options):
    """What compiled_model_size says: code, constants, RAM (all bytes) and instructions."""
    table = run(ROOT / "benchmarks/compiled_model_size", stapes, *options, "--target", target,
                "--only", optimization, model)
    cells = [cell.strip() for cell in table.splitlines()[-1].strip("|").split("|")]
    return {"code_bytes": int(cells[2]), "constant_bytes": int(cells[3]),
            "ram_bytes": int(re.match(r"\d+", cells[4]).group()), "instructions": int(cells[5])}


def front_end_instructions():
    """Per row of the spectrogram, on Cortex-M4."""
    firmware = pathlib.Path(os.environ.get("STAPES_FIRMWARE_BUILD", ROOT / "build/firmware"))
    build = firmware / BOARD_OF_FRONT_END
    run("cmake", "-S", ROOT / "firmware", "-B", build, "--preset", BOARD_OF_FRONT_END)
    run("cmake", "--build", build, "--target", "front_end")
    # QEMU's semihosting console is the standard error.
    answer = subprocess.run([ROOT / "scripts/run_on_board", BOARD_OF_FRONT_END, "front_end"],
                            check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, env={**os.environ, "STAPES_FIRMWARE_BUILD": str(firmware)}).stdout
    return int(re.search(r"^instructions (\d+)$", answer, re.MULTILINE).group(1))


def measure(stapes, model, quick):
    result = {"model_bytes": model.stat().st_size, "interpreter": {}, "compiled": {}}
    for target in TARGETS:
        profiled = profile(stapes, model, target)
        summary = profiled["summary"]
        result["interpreter"][target] = {
            "instructions": summary["instructions"],
            "code_bytes": summary["code_bytes"],
            "ram_bytes": summary["arena_bytes"],
            "lstm_instructions_per_mac": lstm_per_mac(profiled),
        }
        if not quick:
            result["compiled"][target] = compiled(stapes, model, target, "-O3")
    if quick:
        return result
    result["compiled"]["small"] = compiled(stapes, model, "cortex-m4", "-Os")
    if importlib.util.find_spec("ai_edge_litert") is not None:
        result["pc"] = inference_against_litert.compare(stapes, model, 5, levels=("avx512",))
    return result


def key(stapes, model, quick):
    """Of what a model's figures depend on."""
    contents = hashlib.sha256(stapes.read_bytes() + model.read_bytes()).hexdigest()
    litert = importlib.util.find_spec("ai_edge_litert") is not None
    return contents + (" quick" if quick else " with LiteRT" if litert else "")


def measured_before(file):
    if file is None or not file.exists():
        return {}
    try:
        return json.loads(file.read_text())["models"]
    except (ValueError, KeyError, TypeError) as error:
        sys.exit(f"error: {file} is not what an earlier run wrote ({error!r}); name another file")


def number(value):
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def row(name, interpreter, compiled_model, peer):
    ours = [value for value in (interpreter, compiled_model) if value is not None]
    ratio = f"{min(ours) / peer:.2f}" if ours and peer else "–"
    return f"| {name} | {number(interpreter)} | {number(compiled_model)} | {number(peer)} | {ratio} |"


def table(name, measured):
    peer = PEER["models"].get(name, {})
    own, made = measured["interpreter"], measured["compiled"]
    small = made.get("small", {})
    yield f"| **`{name}`** | | | | |"
    for target, title in TARGETS.items():
        yield row(f"instructions, {title}", own[target]["instructions"],
                  made.get(target, {}).get("instructions"),
                  peer.get("instructions", {}).get(target))
    for target, title in TARGETS.items():
        per_mac = own[target]["lstm_instructions_per_mac"]
        if per_mac is not None:
            yield row(f"LSTM, instructions per MAC, {title}", per_mac, None,
                      peer.get("lstm_instructions_per_mac", {}).get(target))
    yield row("code, bytes, M4 (compiled: `-Os`)", own["cortex-m4"]["code_bytes"],
              small.get("code_bytes"), peer.get("code_bytes", {}).get("cortex-m4"))
    if small:
        yield row("instructions, Cortex-M4, `-Os`", None, small["instructions"],
                  peer.get("instructions", {}).get("cortex-m4"))
    yield row("RAM: arena and state, bytes, M4", own["cortex-m4"]["ram_bytes"],
              small.get("ram_bytes"), peer.get("ram_bytes"))
    yield row("flash for the model's data, bytes", measured["model_bytes"],
              small.get("constant_bytes"), peer.get("model_bytes"))
    if "pc" in measured:
        yield row("this PC, one thread, us (peer: LiteRT, XNNPACK)", measured["pc"]["avx512"], None,
                  measured["pc"]["litert"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stapes", type=pathlib.Path, help="build/release/bin/stapes")
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="no compiled models, no LiteRT")
    parser.add_argument("--json", type=pathlib.Path,
                        help="also write the figures to this file, and go on from what it has")
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    shared = pathlib.Path(os.environ.get("STAPES_REFERENCE_DATA", ROOT.parent / "shared"))
    models = options.models or [path for name in PEER["models"] if
                                (path := shared / f"vectors/models/{name}.tflite").exists()]
    if not models:
        sys.exit(f"no models: none given, and {shared}/vectors/models has none")

    results = {"models": measured_before(options.json)}
    print("| | interpreter | compiled | TFLM + CMSIS-NN | best of ours / peer |\n|---|---|---|---|---|")
    for model in models:
        stapes, model = options.stapes.resolve(), model.resolve()
        measured = results["models"].get(model.stem, {})
        if measured.get("key") != key(stapes, model, options.quick):
            measured = {"key": key(stapes, model, options.quick), **measure(stapes, model, options.quick)}
            results["models"][model.stem] = measured
            if options.json:
                options.json.write_text(json.dumps(results, indent=2) + "\n")
        print("\n".join(table(model.stem, measured)), flush=True)
    results["front_end_instructions_per_row"] = front_end_instructions()
    print("| **front end** | | | | |")
    print(row("instructions per row (10 ms), Cortex-M4", results["front_end_instructions_per_row"],
              None, PEER["front_end_instructions_per_row"]["cortex-m4"]))
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
