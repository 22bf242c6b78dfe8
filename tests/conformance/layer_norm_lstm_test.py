"""Layer-normalized int8 LSTMs: ours against TensorFlow Lite's reference kernels, byte for byte.

usage: layer_norm_lstm_test.py WRITE_RANDOM_MODELS COUNT SEED
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

try:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(0)


def outputs_of_tflite(model, inputs):
    """All outputs in a row; the state is kept from one input to the next and reset before the last."""
    interpreter = Interpreter(model_content=model,
                              experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]
    made = interpreter.get_output_details()[0]
    outputs = b""
    invocations = np.frombuffer(inputs, np.int8).reshape(-1, *given["shape"])
    for number, values in enumerate(invocations):
        if number == len(invocations) - 1:
            interpreter.reset_all_variables()
        interpreter.set_tensor(given["index"], values)
        interpreter.invoke()
        outputs += interpreter.get_tensor(made["index"]).tobytes()
    return outputs


def fault(model):
    ours = model.with_suffix(".outputs")
    if not ours.exists():
        return "refused by Stapes"
    ours = np.frombuffer(ours.read_bytes(), np.int8)
    theirs = np.frombuffer(
        outputs_of_tflite(model.read_bytes(), model.with_suffix(".inputs").read_bytes()), np.int8)
    if ours.shape != theirs.shape:
        return f"{ours.size} values of output instead of {theirs.size}"
    different = np.flatnonzero(ours != theirs)
    if different.size == 0:
        return None
    i = different[0]
    return f"{different.size} of {ours.size} values, at {i}: {ours[i]}, not {theirs[i]}"


def main():
    writer, count, seed = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([writer, folder, count, seed, "layer_norm_lstm"], check=True)
        models = sorted(pathlib.Path(folder).glob("*.tflite"))
        faults = [(model.stem, text) for model in models if (text := fault(model))]
        for stem, text in faults[:50]:
            print(f"{stem}: {text}")
        print(f"{len(models) - len(faults)} of {len(models)} models equal")
        sys.exit(1 if faults or not models else 0)


if __name__ == "__main__":
    main()
