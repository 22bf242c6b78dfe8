"""STAPES_LSTM is ours alone: TensorFlow Lite and TensorFlow Lite Micro must refuse it, and not compute
something else.

usage: extended_lstm_test.py WRITE_RANDOM_MODELS
"""
import pathlib
import subprocess
import sys
import tempfile

try:
    from ai_edge_litert.interpreter import Interpreter
    from tflite_micro.python.tflite_micro import runtime
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(0)


def accepted_by(model):
    """The names of the runtimes that take the model, and what the others say."""
    accepted, messages = [], []
    try:
        Interpreter(model_content=model).allocate_tensors()
        accepted.append("LiteRT")
    except RuntimeError as error:
        messages.append(str(error))
    try:
        runtime.Interpreter.from_bytes(model)
        accepted.append("TensorFlow Lite Micro")
    except RuntimeError as error:
        messages.append(str(error))
    return accepted, messages


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder, "5", "1", "extended_lstm"], check=True)
        models = sorted(pathlib.Path(folder).glob("*.tflite"))
        for model in models:
            accepted, messages = accepted_by(model.read_bytes())
            if accepted or not any("STAPES_LSTM" in message for message in messages):
                print(f"{model.stem}: accepted by {accepted}, {messages}")
                return 1
        print(f"{len(models)} models with STAPES_LSTM, refused by both")
    return 0 if models else 1


sys.exit(main())
