"""Runs the `stapes` program, whose path is in $STAPES_PROGRAM."""

import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("STAPES_PROGRAM", "stapes")


def run(*arguments, environment=None):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          timeout=240, env={**os.environ, **(environment or {})})


class CommandTest(unittest.TestCase):
    """Each test has an empty folder, self.folder."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="stapes_command_")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def succeeds(self, *arguments, **options):
        result = run(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def fails(self, *arguments, code=1, **options):
        """The one line that it prints as its error."""
        result = run(*arguments, **options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        errors = [line for line in result.stderr.splitlines() if line.startswith("error:")]
        self.assertEqual(len(errors), 1, result.stderr)
        return errors[0]
