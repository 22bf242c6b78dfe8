#!/usr/bin/env python3
"""What int8 costs, step by step: one trained model quantized in every way, a line of a table each.

    python3 benchmarks/loss_explained.py STAPES FLOAT_MODEL --spec SPEC.toml --data DATA -o FOLDER

Per line: balanced accuracy and keywords right, clean and with noise at 10 dB; on how many test clips
the model decides as its float model, and in brackets how likely chance alone makes such a difference
in who is right (McNemar's exact test); rmse/scale of the LSTM's row and of the worst row of the report;
flash, RAM and instructions of one inference on Cortex-M4. Each line is what a few commands print, and
FOLDER/lines/NAME/commands.txt has them, as a reader would type them.

Run again, it does only what is missing: interrupt it as you like. Ten to twenty seconds per line on
two free cores (the lines of fine-tuning one to two minutes); what was left out or went wrong is said
at the end. --train adds the networks without layer norms, with a layer-normalized LSTM, and with bounds
and rounding noise, and the specification's own network beside them, trained for --epochs epochs each
(minutes). --no-profile leaves out what needs QEMU and the cross compiler (`scripts/install_packages
firmware`); --only NAME,... takes some lines, --list names them.
"""
import argparse
import csv
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

FORMS = ("decomposed", "l2", "float")
CALIBRATIONS = ("minmax", "percentile", "mse")
NEAREST = ("--rounding", "nearest")
BASE = ("--layer-norm", "float", "--calibration", "mse", *NEAREST)
LAYER_NORM = re.compile(r'\[\[network\.layers\]\]\s*type = "layer_norm"\s*\n')
LSTM = re.compile(r'(type = "lstm"\n)')
TENET = re.compile(r'(type = "tenet"\n)')
BOUNDED = r'''\1activation = "relu6"
contraction = "relu_n1_to_1"
rounding_noise = 16
'''
EXTENDS = re.compile(r'^extends = "(.*)"$', re.MULTILINE)


class Line:
    """A row of the table: a float model, how it becomes int8 (None: not at all), how it is tested."""

    def __init__(self, name, title, quantize=(), *, network=None, carry=False, finetune=None):
        self.name, self.title, self.quantize = name, title, quantize
        self.network, self.carry, self.finetune = network, carry, finetune


def lines(train):
    yield Line("float", "float model", None)
    for form in FORMS:
        for calibration in CALIBRATIONS:
            yield Line(f"{form}-{calibration}", f"{form}, {calibration}",
                       ("--layer-norm", form, "--calibration", calibration, *NEAREST))
    for calibration in ("minmax", "mse"):
        yield Line(f"joint-{calibration}", f"float, {calibration}, weights rounded jointly",
                   ("--layer-norm", "float", "--calibration", calibration, "--rounding", "joint"))
    yield Line("weights-tensor", "float, mse, weights one scale per tensor",
               (*BASE, "--weights", "tensor"))
    yield Line("weights-row", "float, mse, weights one scale per row", (*BASE, "--weights", "row"))
    yield Line("lstm-row", "float, mse, … the LSTM's too (STAPES_LSTM)",
               (*BASE, "--weights", "row", "--lstm-weights", "row"))
    yield Line("lstm-int16", "float, mse, hidden state int16 (STAPES_LSTM)",
               (*BASE, "--lstm-state", "int16"))
    yield Line("lstm-both", "float, mse, both: scales per row, hidden state int16 (STAPES_LSTM)",
               (*BASE, "--weights", "row", "--lstm-weights", "row", "--lstm-state", "int16"))
    yield Line("float-carried", "float model, state carried from clip to clip", None, carry=True)
    yield Line("int8-carried", "float, mse, state carried from clip to clip", BASE, carry=True)
    yield Line("fine-tuned", "float, mse, fine-tuned, best epoch", BASE, finetune="difference")
    yield Line("fine-tuned-last", "float, mse, fine-tuned, last epoch", BASE, finetune="last")
    if train:
        titles = {"ordinary": "the specification's network, {} epochs", "none": "no layer norms, {} epochs",
                  "fused": "layer norm inside the LSTM cell instead, {} epochs",
                  "both": "layer norm inside the LSTM cell, too, {} epochs",
                  "bounded": "bounds and rounding noise, {} epochs",
                  "bounded-none": "bounds and rounding noise, no layer norms, {} epochs"}
        for network, title in titles.items():
            title = title.format(train)
            yield Line(f"{network}-float", f"{title}: float model", None, network=network)
            how = "float, mse" if network in ("ordinary", "both", "bounded") else "mse"
            yield Line(f"{network}-int8", f"{title}: {how}", BASE, network=network)
            if network in ("none", "fused"):
                for calibration in ("minmax", "percentile"):
                    yield Line(f"{network}-{calibration}", f"{title}: {calibration}",
                               ("--calibration", calibration, *NEAREST), network=network)


class Workplace:
    def __init__(self, options):
        self.options, self.folder = options, options.output
        self.commands = []

    def run(self, result, *arguments, inputs=(), keeps=None):
        """Runs `stapes ARGUMENTS` unless `result`, made by the same command from the same inputs, is
        there. keeps="output": what the command prints becomes the result."""
        command = ["stapes", *map(str, arguments)]
        self.commands.append(shlex.join(command) + (f" > {result}" if keeps else ""))
        key = hashlib.sha256("\0".join(command).encode())
        for path in inputs:
            key.update(path.read_bytes())
        stamp = result.with_suffix(result.suffix + ".done")
        if result.exists() and stamp.exists() and stamp.read_text() == key.hexdigest():
            return
        result.parent.mkdir(parents=True, exist_ok=True)
        start = time.monotonic()
        answer = subprocess.run([self.options.stapes, *map(str, arguments)], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if answer.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {answer.stderr.strip().splitlines()[-1:]}")
        if keeps == "output":
            result.write_text(answer.stdout)
        stamp.write_text(key.hexdigest())
        print(f"{time.monotonic() - start:6.0f} s  {' '.join(command[:2])} {result}", file=sys.stderr)

    def data(self):
        return ("--data", self.options.data) if self.options.data else ()

    def network(self, name):
        """(float model, specification) of a network that is trained here."""
        if name is None:
            return self.options.model, self.options.spec
        text = self.options.spec.read_text()
        text = EXTENDS.sub(lambda m: f'extends = "{self.options.spec.resolve().parent / m[1]}"', text)
        if name in ("none", "fused", "bounded-none"):
            text = LAYER_NORM.sub("", text)
        if name in ("fused", "both"):
            text = LSTM.sub(r"\1layer_norm = true\n", text)
        if name.startswith("bounded"):
            text = TENET.sub(BOUNDED, text)
        spec = self.folder / "networks" / f"{name}.toml"
        spec.parent.mkdir(parents=True, exist_ok=True)
        if not spec.exists() or spec.read_text() != text:
            spec.write_text(text)
        folder = spec.with_suffix("")
        model = folder / f"{name}_float.tflite"
        if not model.exists():
            resume = ("--resume",) if any(folder.glob("**/*checkpoint*")) else ()
            self.run(model, "train", spec, *self.data(), "--output", folder, *resume,
                     "--set", f"training.epochs={self.options.epochs}")
        return model, spec

    def measure(self, line):
        self.commands = []
        float_model, spec = self.network(line.network)
        place = self.folder / "lines" / line.name
        model, report = float_model, None
        if line.quantize is not None:
            model, report = place / f"{line.name}_int8.tflite", place / "report.csv"
            state = ("--carry-state",) if line.carry else ()
            if line.finetune:
                settings = dict(zip(("layer_norm", "calibration"), line.quantize[1::2]))
                sets = ["--set", f"finetuning.best_by={line.finetune}"]
                sets += [word for key, value in settings.items()
                        for word in ("--set", f"quantization.{key}={value}")]
                resume = ("--resume",) if (place / "finetuning").exists() else ()
                self.run(model, "finetune", float_model, "--spec", spec, *self.data(), *sets, *resume,
                         "-o", model, "--report", report, inputs=(float_model,))
            else:
                self.run(model, "quantize", float_model, "--spec", spec, *self.data(), *line.quantize,
                         *state, "-o", model, "--report", report, inputs=(float_model,))
        state = ("--carry-state",) if line.carry else ()
        reference = ("--reference", float_model) if line.quantize is not None else ("--no-reference",)
        evaluation = place / "evaluation.json"
        self.run(evaluation, "evaluate", model, *reference, "--spec", spec, *self.data(), *state,
                 "--noise", "clean,10", "--json", inputs=(model, float_model), keeps="output")
        measured = {"evaluation": json.loads(evaluation.read_text())}
        if report is not None:
            with report.open() as file:
                measured["report"] = list(csv.DictReader(file))
        if not self.options.no_profile:
            profile = place / "profile.json"
            self.run(profile, "profile", model, "--target", "cortex-m4", "--json", inputs=(model,),
                     keeps="output")
            measured["profile"] = json.loads(profile.read_text())["summary"]
        (place / "commands.txt").write_text("\n".join(self.commands) + "\n")
        return measured


def row(line, measured):
    cells = [line.title]
    for condition in measured["evaluation"]["conditions"]:
        agreement = condition.get("agreement")
        cells += [f"{100 * condition['balanced_accuracy']:.2f}", f"{100 * condition['keyword_accuracy']:.2f}",
                  f"{100 * agreement['same_decision']:.2f} % ({agreement['mcnemar_p_value']:.2g})"
                  if agreement else ""]
    if "report" in measured:
        rows = [(float(entry["rmse/scale"]), entry["op_name"]) for entry in measured["report"]]
        lstm = [value for value, name in rows if "LSTM" in name]
        worst, name = max(rows)
        cells += [f"{max(lstm):.3f}" if lstm else "", f"{worst:.3f} ({name})"]
    else:
        cells += ["", ""]
    if "profile" in measured:
        summary = measured["profile"]
        cells += [f"{summary[key]:,}" for key in ("flash_bytes", "ram_bytes", "instructions")]
    else:
        cells += ["", "", ""]
    return "| " + " | ".join(cells) + " |"


HEADER = """| | clean: balanced | keywords | as float (p) | 10 dB: balanced | keywords | as float (p) \
| LSTM's row | worst row | flash | RAM | instructions |
|---|---|---|---|---|---|---|---|---|---|---|---|"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     epilog=__doc__.split("\n", 2)[2],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stapes", type=pathlib.Path, help="build/release/bin/stapes")
    parser.add_argument("model", type=pathlib.Path, help="the trained float model")
    parser.add_argument("--spec", type=pathlib.Path, required=True, help="its specification")
    parser.add_argument("--data", help="where the specification's recordings lie")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, help="folder")
    parser.add_argument("--train", action="store_true", help="also networks trained here")
    parser.add_argument("--epochs", type=int, default=40, help="of those (40)")
    parser.add_argument("--only", help="names of lines, with commas between them")
    parser.add_argument("--no-profile", action="store_true", help="no flash, RAM, instructions")
    parser.add_argument("--list", action="store_true", help="the lines' names")
    options = parser.parse_args()
    options.stapes = options.stapes.resolve()
    wanted = list(lines(options.epochs if options.train else 0))
    if options.only:
        names = options.only.split(",")
        unknown = set(names) - {line.name for line in wanted}
        if unknown:
            sys.exit(f"error: no such line: {', '.join(sorted(unknown))}; --list names them")
        wanted = [line for line in wanted if line.name in names]
    if options.list:
        for line in wanted:
            print(f"{line.name:20} {line.title}")
        return
    workplace, failures = Workplace(options), []
    print(HEADER)
    for line in wanted:
        try:
            print(row(line, workplace.measure(line)), flush=True)
        except (RuntimeError, OSError) as error:
            failures.append(f"{line.name}: {error}")
            print(f"{failures[-1]}", file=sys.stderr)
    if failures:
        sys.exit("left out:\n" + "\n".join(failures))


if __name__ == "__main__":
    main()
