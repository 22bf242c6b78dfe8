"""Float models that our writer makes give LiteRT, TensorFlow Lite Micro and our runtime the same.

LiteRT (without its XNNPACK delegate) and ours agree to 1e-5, TensorFlow Lite Micro and ours to the
bit, except to 1e-6 where the C library's exp and tanh come in.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from runtimes import run_micro, run_ours

try:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(0)

BATCH = 5
# TensorFlow Lite Micro has not got these.
ONLY_LITERT = {"lstm_layer_norm"}
# These use exp or tanh, whose last bit is the C library's. Everything else is a sum or a product in
# the same order, so a float island in an int8 model changes no bit of TFLM's result.
TRANSCENDENTAL = {
    "keyword_model", "logistic", "lstm", "lstm_batches", "lstm_clipped", "lstm_time_major",
    "softmax", "tanh",
}


def run_litert(path, inputs):
    interpreter = Interpreter(
        str(path),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    where = interpreter.get_input_details()[0]["index"]
    result = interpreter.get_output_details()[0]["index"]
    outputs = []
    for x in inputs:
        interpreter.reset_all_variables()
        interpreter.set_tensor(where, x)
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(result).copy())
    return np.stack(outputs)


def main():
    writer, stapes = sys.argv[1:3]
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([writer, str(folder)], check=True)
        paths = sorted(folder.glob("*.tflite"))
        assert len(paths) > 30, "the writer wrote too few models"
        for path in paths:
            probe = Interpreter(str(path))
            shape = probe.get_input_details()[0]["shape"]
            random = np.random.RandomState(1)
            inputs = random.uniform(-2, 2, (BATCH, *shape)).astype(np.float32)
            ours = run_ours(stapes, path, inputs, folder)
            litert = run_litert(path, inputs).reshape(ours.shape)
            to_litert = float(np.abs(ours - litert).max())
            text = f"{path.stem:30} LiteRT {to_litert:.1e}"
            good = to_litert <= 1e-5
            if path.stem in ONLY_LITERT:
                print(text)
                if not good:
                    failures.append(path.stem)
                continue
            tflm = run_micro(path, inputs).reshape(ours.shape)
            to_micro = float(np.abs(ours - tflm).max())
            equal = np.array_equal(ours, tflm)
            text += f"  TFLM {to_micro:.1e}{' (equal bits)' if equal else ''}"
            good = good and (equal or (path.stem in TRANSCENDENTAL and to_micro <= 1e-6))
            if not good:
                failures.append(path.stem)
                text += "  TOO FAR"
            print(text)
    if failures:
        print("failed:", ", ".join(failures))
        sys.exit(1)


main()
