"""One model, several runtimes: how the conformance tests run TensorFlow Lite Micro and ours.

Importing it without `tflite-micro` ends the test, reported as skipped.
"""

import subprocess
import sys

import numpy as np

try:
    from tflite_micro.python.tflite_micro import runtime as micro
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(0)

# With all tensors kept, nothing shares memory; TFLM's own guess from the file's size is too small.
KEPT_ARENA = 8_000_000


def input_shape(path):
    interpreter = micro.Interpreter.from_file(str(path))
    return tuple(interpreter.get_input_details(0)["shape"])


def run_micro(path, inputs):
    """TFLM's outputs, the state reset before each input."""
    interpreter = micro.Interpreter.from_file(str(path))
    outputs = []
    for x in inputs:
        interpreter.reset()
        interpreter.set_input(x, 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0).copy())
    return np.stack(outputs)


def run_ours(stapes, path, inputs, folder):
    """The outputs of `stapes run`, the state reset before each input."""
    given, result = folder / "given.npy", folder / "result.npy"
    np.save(given, inputs)
    command = [stapes, "run", str(path), "--input", str(given), "--output", str(result)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return np.load(result)


def different_tensors(stapes, path, x, folder):
    """Runs one input in both; (number of tensors compared, names of those whose bytes differ)."""
    interpreter = micro.Interpreter.from_file(
        str(path), arena_size=KEPT_ARENA,
        intrepreter_config=micro.InterpreterConfig.kPreserveAllTensors)
    interpreter.set_input(x, 0)
    interpreter.invoke()
    given, tensors = folder / "given.npy", folder / f"{path.stem}_tensors"
    np.save(given, x)
    subprocess.run([stapes, "run", str(path), "--input", str(given), "--all-tensors", str(tensors)],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    files = sorted(tensors.glob("t*.npy"))
    different = []
    for file in files:
        index = int(file.stem[1:].split("_")[0])
        theirs = np.asarray(interpreter.GetTensor(index, 0)["tensor_data"])
        if np.load(file).tobytes() != theirs.tobytes():
            different.append(file.stem)
    return len(files), different
