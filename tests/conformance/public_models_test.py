"""The int8 models that ship, and other people's, in TensorFlow Lite Micro and in Stapes, byte for byte:
every tensor of one inference of a kind and the outputs of several, on random inputs; those that ship
also on people's speech, where SPEECH is there.

usage: public_models_test.py STAPES MODELS SPEECH
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import runtimes

MODELS = ["mlperf_tiny_keyword_spotting", "keyword_spotting_on_off_v3", "micro_speech_lstm",
          "mnist_lstm_int8", "seed_shaped_random", "commands12_tensorflow215_int8"]
SHIPPED = sorted((pathlib.Path(__file__).resolve().parents[2] / "models").glob("*/*_int8.tflite"))


def random_inputs(path, count):
    interpreter = runtimes.micro.Interpreter.from_file(str(path))
    details = interpreter.get_input_details(0)
    random = np.random.default_rng(1)
    shape = (count, *details["shape"])
    if details["dtype"] == np.int8:
        return random.integers(-128, 128, shape, np.int8)
    return random.standard_normal(shape).astype(np.float32)


def spoken_inputs(stapes, model, speech, folder):
    """What the model's front end makes of one recording of each word that lasts as long as a window."""
    shape = runtimes.input_shape(model)
    inputs = []
    for word in sorted(path for path in speech.glob("speech_commands_subset/*") if path.is_dir()):
        clip, result = sorted(word.iterdir())[0], folder / "features.npy"
        command = [stapes, "features", str(clip), "--spec", f"{model.parent}.toml",
                   "--normalize", "-o", str(result)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        features = np.load(result).astype(np.float32)
        if features.size == np.prod(shape):
            inputs.append(features.reshape(shape))
    return np.stack(inputs)


def main():
    stapes, models, speech = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    paths = list(SHIPPED)
    if models.is_dir():
        paths += [models / f"{model}.tflite" for model in MODELS]
    else:
        print(f"other people's models are skipped: {models} is missing")
    faults = 0 if SHIPPED else 1
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path in paths:
            inputs = random_inputs(path, 4)
            examples = [inputs[0]]
            if path in SHIPPED and speech.is_dir():
                spoken = spoken_inputs(stapes, path, speech, folder)
                examples.append(spoken[0])
                inputs = np.concatenate([spoken, inputs])
            compared, different = 0, []
            for example in examples:
                count, names = runtimes.different_tensors(stapes, path, example, folder)
                compared += count
                different += names
            theirs = runtimes.run_micro(path, inputs)
            ours = runtimes.run_ours(stapes, path, inputs, folder)
            equal = np.array_equal(theirs.reshape(ours.shape), ours)
            print(f"{path.stem}: {compared} tensors compared, {len(different)} differ "
                  f"{different[:5]}; outputs of {len(inputs)} inputs {'equal' if equal else 'differ'}")
            faults += bool(different) or not equal or compared == 0
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
