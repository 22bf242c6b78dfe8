"""Our quantizer beside TensorFlow's, from the same float file, row by row of the quantization report.

    python3 benchmarks/report_against_tensorflow.py STAPES FLOAT.tflite SPEC.toml DATA TENSORFLOW.csv

TENSORFLOW.csv is what TensorFlow's quantization debugger wrote (tf.lite.experimental.QuantizationDebugger,
layer_statistics_dump) for its int8 model. Ours is made as TensorFlow makes its own: layer norms decomposed,
ranges of least and greatest value, each weight rounded by itself. Prints a Markdown table with a line for
each operator: the scale of its output, and its error in units of that scale, where rounding alone gives
0.289. Half a minute.
"""
import csv
import math
import pathlib
import subprocess
import sys
import tempfile


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def relative_error(row):
    scale = float(row["scale"])
    return math.sqrt(float(row["mean_squared_error"])) / scale if scale else 0.0


def main() -> None:
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    stapes, model, spec, data, theirs = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.csv"
        subprocess.run([stapes, "quantize", model, "--spec", spec, "--data", data, "--layer-norm",
                        "decomposed", "--calibration", "minmax", "--rounding", "nearest", "--report",
                        str(report), "-o", str(pathlib.Path(folder) / "int8.tflite")],
                       check=True, stdout=subprocess.DEVNULL)
        ours = read(report)
    theirs = read(theirs)
    if [row["op_name"] for row in ours] != [row["op_name"] for row in theirs]:
        sys.exit("error: the two reports are not of the same operators in the same order")
    print("| | operator | output | TensorFlow: scale | rmse/scale | Stapes: scale | rmse/scale |")
    print("|---|---|---|---|---|---|---|")
    for number, (their, our) in enumerate(zip(theirs, ours)):
        print(f"| {number} | {our['op_name']} | {int(float(our['num_elements'])):,} values "
              f"| {float(their['scale']):.5g} | {relative_error(their):.3f} "
              f"| {float(our['scale']):.5g} | {relative_error(our):.3f} |")


if __name__ == "__main__":
    main()
