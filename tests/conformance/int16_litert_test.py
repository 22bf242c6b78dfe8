"""Operators with int16 activations: ours against TensorFlow Lite's kernels, byte for byte.

usage: int16_litert_test.py WRITE_RANDOM_MODELS COUNT SEED

Not compared are those that TensorFlow Lite computes otherwise than TensorFlow Lite Micro, which is what
we follow (FULLY_CONNECTED with 64-bit and CONV_2D with 32-bit biases, LOGISTIC, TANH), and those that it
has not got (SQUARED_DIFFERENCE; the LSTM with these operands).
"""
import collections
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

INVOCATIONS = 4  # of write_random_models
OTHERWISE = {"fully_connected_int16", "conv_2d_int16_int32_bias", "logistic_int16", "tanh_int16",
             "squared_difference_int16", "lstm_int16"}


def kind_of(model):
    return model.stem.split("_", 1)[1]


def outputs_of_litert(model):
    """All outputs in a row; None for a convolution without bias, which it refuses."""
    interpreter = Interpreter(
        str(model), experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    try:
        interpreter.allocate_tensors()
    except RuntimeError as error:
        if "has_bias was not true" in str(error):
            return None
        raise
    inputs = model.with_suffix(".inputs").read_bytes()
    position = 0
    outputs = b""
    for _ in range(INVOCATIONS):
        for details in interpreter.get_input_details():
            count = int(np.prod(details["shape"]))
            values = np.frombuffer(inputs, details["dtype"], count, position)
            interpreter.set_tensor(details["index"], values.reshape(details["shape"]))
            position += values.nbytes
        interpreter.invoke()
        for details in interpreter.get_output_details():
            outputs += interpreter.get_tensor(details["index"]).tobytes()
    return outputs


def main():
    writer, count, seed = sys.argv[1:]
    equal, faults = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([writer, folder, count, seed], check=True)
        for model in sorted(pathlib.Path(folder).glob("*int16*.tflite")):
            if kind_of(model) in OTHERWISE:
                continue
            theirs = outputs_of_litert(model)
            if theirs is None:
                continue
            if theirs == model.with_suffix(".outputs").read_bytes():
                equal[kind_of(model)] += 1
            else:
                faults.append(model.stem)
    for kind, number in sorted(equal.items()):
        print(f"{kind}: {number} equal")
    print("different: " + (", ".join(faults) or "none"))
    sys.exit(1 if faults or not equal else 0)


if __name__ == "__main__":
    main()
