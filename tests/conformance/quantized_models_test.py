"""int8 models that `stapes quantize` makes give TensorFlow Lite Micro and our runtime the same bytes:
the outputs for every input, and every tensor in between for one.

usage: quantized_models_test.py WRITE_FLOAT_MODELS STAPES [FLOAT_MODEL INPUTS]

Every form of layer normalization, calibrated with random inputs; FLOAT_MODEL with the float32 values
in the file INPUTS is tried too, if both exist.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from runtimes import different_tensors, input_shape, run_micro, run_ours

INPUTS = 24
FORMS = ["decomposed", "l2", "float"]
# Written by write_float_models; the others are single operators of the same kinds.
MODELS = ["keyword_model", "causal_keyword_model", "lstm", "lstm_clipped", "lstm_time_major",
          "softmax", "tanh", "logistic"]


def quantize(stapes, model, form, inputs, folder):
    representative, output = folder / "representative.npy", folder / f"{model.stem}_{form}.tflite"
    np.save(representative, inputs)
    subprocess.run(
        [stapes, "quantize", str(model), "--representative", str(representative), "--layer-norm",
         form, "--calibration", "minmax", "--no-report", "--output", str(output)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return output


def main():
    writer, stapes = sys.argv[1:3]
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([writer, str(folder)], check=True)
        random = np.random.RandomState(1)
        cases = []
        for model in [folder / f"{stem}.tflite" for stem in MODELS]:
            if model.exists():
                shape = input_shape(model)
                cases.append((model, random.normal(0, 1, (INPUTS, *shape)).astype(np.float32)))
        if not cases:
            print("failed: the writer wrote none of the models")
            sys.exit(1)
        if len(sys.argv) > 4 and all(pathlib.Path(p).exists() for p in sys.argv[3:5]):
            model = pathlib.Path(sys.argv[3])
            values = np.fromfile(sys.argv[4], np.float32)
            cases.append((model, values.reshape(-1, *input_shape(model))[:INPUTS]))
        for model, inputs in cases:
            for form in FORMS:
                path = quantize(stapes, model, form, inputs, folder)
                ours = run_ours(stapes, path, inputs, folder)
                tflm = run_micro(path, inputs).reshape(ours.shape)
                equal = ours.tobytes() == tflm.tobytes()
                count, different = different_tensors(stapes, path, inputs[0], folder)
                print(f"{model.stem:40} {form:11} outputs {'equal' if equal else 'DIFFERENT'}, "
                      f"{count} tensors, different: {', '.join(different) or 'none'}")
                if not equal or different or count == 0:
                    failures.append(f"{model.stem} {form}")
    if failures:
        print("failed:", ", ".join(failures))
        sys.exit(1)


main()
