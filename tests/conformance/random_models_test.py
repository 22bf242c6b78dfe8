"""Runs the models of write_random_models with TensorFlow Lite Micro and compares byte for byte.

usage: random_models_test.py WRITE_RANDOM_MODELS COUNT SEED [KIND]

TensorFlow Lite Micro ends the process on a failed check, so the models are run in worker processes
that report after every model; a model that ended its worker counts as failed.
"""
import collections
import importlib.util
import multiprocessing
import pathlib
import subprocess
import sys
import tempfile

INVOCATIONS = 4  # of write_random_models; the state is reset before the last


def reference_outputs(stem):
    import numpy
    from tflite_micro import runtime

    model = pathlib.Path(stem + '.tflite').read_bytes()
    inputs = pathlib.Path(stem + '.inputs').read_bytes()
    subgraph = runtime.convert_bytearray_to_object(model).subgraphs[0]
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    details = [interpreter.get_input_details(i) for i in range(len(subgraph.inputs))]
    outputs = bytearray()
    position = 0
    one_invocation = len(inputs) // INVOCATIONS
    while position < len(inputs):
        if position == one_invocation * (INVOCATIONS - 1):
            interpreter.reset()
        for index, detail in enumerate(details):
            values = numpy.frombuffer(inputs, detail['dtype'], int(numpy.prod(detail['shape'])),
                                      position).reshape(detail['shape'])
            interpreter.set_input(values, index)
            position += values.nbytes
        interpreter.invoke()
        for index in range(len(subgraph.outputs)):
            outputs += interpreter.get_output(index).tobytes()
    return bytes(outputs)


def compare(stem):
    try:
        expected = reference_outputs(stem)
    except Exception as error:  # the interpreter's own errors
        return f'TensorFlow Lite Micro: {str(error)[:200]}'
    file = pathlib.Path(stem + '.outputs')
    if not file.exists():
        return 'refused by Stapes'
    actual = file.read_bytes()
    if len(actual) != len(expected):
        return f'{len(actual)} bytes of output instead of {len(expected)}'
    for i, (ours, theirs) in enumerate(zip(actual, expected)):
        if ours != theirs:
            return f'byte {i} of {len(actual)}: {ours}, not {theirs}'
    return 'equal'


def work(stems):
    for stem in stems:
        result = pathlib.Path(stem + '.result')
        result.write_text('ended TensorFlow Lite Micro')
        result.write_text(compare(stem))


def run(stems):
    """Results by stem; a new worker goes on behind a model that ended the last one."""
    while True:
        pending = [stem for stem in stems if not pathlib.Path(stem + '.result').exists()]
        if not pending:
            return {stem: pathlib.Path(stem + '.result').read_text() for stem in stems}
        worker = multiprocessing.Process(target=work, args=(pending,))
        worker.start()
        worker.join()


def report(results):
    kinds = collections.Counter()
    failures = []
    for stem, result in results.items():
        name = pathlib.Path(stem).name
        kinds[name.split('_', 1)[1], result == 'equal'] += 1
        if result != 'equal':
            failures.append(f'{name}: {result}')
    for kind in sorted({kind for kind, _ in kinds}):
        print(f'{kind}: {kinds[kind, True]} equal, {kinds[kind, False]} not')
    print('\n'.join(failures[:50]))
    print(f'{len(results) - len(failures)} of {len(results)} models equal')
    return not failures and bool(results)


def main():
    if importlib.util.find_spec('tflite_micro') is None:
        print('skipped: the virtual environment has no tflite-micro')
        return
    writer, *which = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([writer, folder, *which], check=True)
        stems = sorted(str(path.with_suffix('')) for path in pathlib.Path(folder).glob('*.tflite'))
        sys.exit(0 if report(run(stems)) else 1)


if __name__ == '__main__':
    main()
