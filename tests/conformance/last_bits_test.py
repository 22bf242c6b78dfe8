"""Whether the runtimes form quotients of scales in float or in double: FULLY_CONNECTED with one scale,
as every gate of an LSTM, and SUB, in TensorFlow Lite Micro and in Stapes, byte for byte.

One result in a million tells the two apart, so scales are looked for that have such results, and the
model computes just these.

usage: last_bits_test.py STAPES
"""
import math
import pathlib
import sys
import tempfile

import flatbuffers
import numpy as np

import runtimes

try:
    from ai_edge_litert import schema_py_generated as schema
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(0)

MODELS = 8
INPUTS, LARGEST = 64, 127  # of a row of weights, whose inputs are all LARGEST but the last, which is 1


def multiplied(values, real):
    """The law of docs/runtime.md: values * real, rounded twice."""
    mantissa, shift = math.frexp(real)
    factor, left, right = int(math.floor(mantissa * 2**31 + 0.5)), max(shift, 0), max(-shift, 0)
    high = ((np.asarray(values, np.int64) << left) * factor + (1 << 30)) >> 31
    mask = (1 << right) - 1
    return (high >> right) + ((high & mask) > (mask >> 1) + (high < 0))


def clamped(values):
    return np.clip(values, -128, 127)


def model(operator, options_type, options, inputs, constant, constant_scale, scales):
    """One operator with an int8 input, an int8 constant and an int8 output; scales of the first and last."""
    def tensor(name, shape, scale, buffer):
        result = schema.TensorT()
        result.name, result.shape, result.buffer = name, list(shape), buffer
        result.type = schema.TensorType.INT8
        result.quantization = schema.QuantizationParametersT()
        result.quantization.scale, result.quantization.zeroPoint = [float(scale)], [0]
        return result

    def buffer(data=None):
        result = schema.BufferT()
        result.data = None if data is None else np.frombuffer(data.tobytes(), np.uint8)
        return result

    outputs = (1, constant.shape[0]) if constant.ndim == 2 else inputs
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = operator
    code.version = 2
    step = schema.OperatorT()
    step.inputs = [0, 1, -1] if constant.ndim == 2 else [0, 1]
    step.outputs, step.builtinOptionsType, step.builtinOptions = [2], options_type, options
    graph = schema.SubGraphT()
    graph.tensors = [tensor("input", inputs, scales[0], 1),
                     tensor("constant", constant.shape, constant_scale, 2),
                     tensor("output", outputs, scales[1], 3)]
    graph.operators, graph.inputs, graph.outputs = [step], [0], [2]
    whole = schema.ModelT()
    whole.version, whole.operatorCodes, whole.subgraphs = 3, [code], [graph]
    whole.buffers = [buffer(), buffer(), buffer(constant), buffer()]
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(whole.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def fully_connected(random):
    """(model, inputs) whose sums tell float from double; None: these scales have none."""
    first, weight, output = (np.float32(random.uniform(low, high))
                             for low, high in ((0.01, 0.05), (0.002, 0.02), (0.05, 0.3)))
    exact = float(first) * float(weight) / float(output)
    sums = np.arange(-LARGEST * LARGEST * (INPUTS - 1), LARGEST * LARGEST * (INPUTS - 1))
    sums = sums[np.abs(sums * exact) < 127]
    told = sums[multiplied(sums, exact) != multiplied(sums, float(first * weight) / float(output))]
    if told.size == 0:
        return None
    weights = np.zeros((told.size, INPUTS), np.int8)
    for row, wanted in zip(weights, told):
        whole = int(wanted) // LARGEST  # spread over the row; the rest is the last weight
        row[:-1] = np.diff(np.linspace(0, whole, INPUTS).astype(int))
        row[-1] = int(wanted) - LARGEST * int(row[:-1].astype(int).sum())
    values = np.full((1, INPUTS), LARGEST, np.int8)
    values[0, -1] = 1
    assert (weights.astype(int) @ values[0].astype(int) == told).all()
    return model(schema.BuiltinOperator.FULLY_CONNECTED, schema.BuiltinOptions.FullyConnectedOptions,
                 schema.FullyConnectedOptionsT(), (1, INPUTS), weights, weight,
                 (first, output)), values


def subtract(random):
    first, second, output = (np.float32(random.uniform(low, high))
                             for low, high in ((0.005, 0.08), (0.005, 0.08), (0.01, 0.15)))
    x = np.repeat(np.arange(-128, 128), 256)
    y = np.tile(np.arange(-128, 128), 256)

    def difference(kind):
        a, b, c = kind(first), kind(second), kind(output)
        twice = 2 * max(a, b)
        return clamped(multiplied(multiplied(x << 20, float(a / twice)) -
                                  multiplied(y << 20, float(b / twice)),
                                  float(twice / (kind(1 << 20) * c))))

    told = np.flatnonzero(difference(np.float32) != difference(float))
    if told.size == 0:
        return None
    shape = (1, 1, 1, told.size)
    return model(schema.BuiltinOperator.SUB, schema.BuiltinOptions.SubOptions, schema.SubOptionsT(),
                 shape, y[told].astype(np.int8).reshape(shape), second,
                 (first, output)), x[told].astype(np.int8).reshape(shape)


def main():
    stapes = sys.argv[1]
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for make in (fully_connected, subtract):
            random = np.random.default_rng(1)
            path, results, different = folder / f"{make.__name__}.tflite", 0, 0
            for _ in range(MODELS):
                made = None
                while made is None:
                    made = make(random)
                path.write_bytes(made[0])
                values = made[1][np.newaxis]
                theirs = runtimes.run_micro(path, values).reshape(-1)
                ours = runtimes.run_ours(stapes, path, values, folder).reshape(-1)
                results += ours.size
                different += int((theirs != ours).sum())
            print(f"{make.__name__}: {results} results that tell float from double, "
                  f"{different} differ")
            faults += different
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
