"""stapes dataset fetch, from a server of its own."""

import csv
import hashlib
import pathlib
import random
import unittest

import recordings
from http_server import serve
from stapes import CommandTest


class Fetch(CommandTest):
    def setUp(self):
        super().setUp()
        self.archive = recordings.speech_commands()
        self.output = self.folder / "speech"

    def arguments(self, url, content=None):
        checksum = hashlib.sha256(content or self.archive).hexdigest()
        return ["dataset", "fetch", "speech_commands", "--url", url, "--sha256", checksum,
                "--output", self.output]

    def check_output(self):
        with open(self.output / "manifest.csv", newline="") as file:
            rows = {row["path"]: row for row in csv.DictReader(file)}
        self.assertEqual(len(rows), 7)
        row = rows["yes/cc_nohash_0.wav"]
        self.assertEqual((row["word"], row["speaker"], row["split"]), ("yes", "cc", "test"))
        self.assertEqual(row["licence"], "CC BY 4.0")
        for path, row in rows.items():
            content = (self.output / path).read_bytes()
            self.assertEqual(hashlib.sha256(content).hexdigest(), row["sha256"])
        self.assertFalse((self.output / ".download").exists())

    def test_downloads_verifies_and_unpacks(self):
        with serve(self.archive) as (url, behaviour):
            self.assertIn("6 clips of 3 speakers", self.succeeds(*self.arguments(url)))
            self.check_output()
            again = self.succeeds(*self.arguments(url))
        self.assertIn("there already", again)
        self.assertEqual(behaviour.requests, [None])

    def test_resumes_a_cut_connection(self):
        with serve(self.archive) as (url, behaviour):
            behaviour.cut_after, behaviour.cuts_left = 300, 2
            self.succeeds(*self.arguments(url))
        self.assertEqual(behaviour.requests, [None, "bytes=300-", "bytes=600-"])
        self.check_output()

    def test_goes_on_in_a_second_run(self):
        with serve(self.archive) as (url, behaviour):
            behaviour.cut_after, behaviour.cuts_left = 300, 1
            error = self.fails(*self.arguments(url), "--attempts", 1)
            self.assertIn("run the command again: 300 bytes are kept", error)
            self.succeeds(*self.arguments(url))
        self.assertEqual(behaviour.requests, [None, "bytes=300-"])
        self.check_output()

    def test_server_without_ranges(self):
        with serve(self.archive) as (url, behaviour):
            behaviour.ranges = False
            behaviour.cut_after, behaviour.cuts_left = 300, 1
            self.succeeds(*self.arguments(url))
        self.assertEqual(len(behaviour.requests), 2)
        self.check_output()

    def test_wrong_checksum(self):
        with serve(self.archive + b"!") as (url, _):
            error = self.fails(*self.arguments(url))
        self.assertIn("wrong checksum", error)
        self.assertIn("SHA-256", error)
        self.assertEqual([p for p in self.output.rglob("*") if p.is_file()], [])

    def test_what_was_kept_is_of_another_version(self):
        recordings.write(self.output / ".download" / "collection.tar.gz.part", b"something else")
        with serve(self.archive) as (url, behaviour):
            self.succeeds(*self.arguments(url))
        self.assertEqual(behaviour.requests, ["bytes=14-", None])
        self.check_output()

    def test_built_in_checksum(self):
        with serve(self.archive) as (url, _):
            error = self.fails("dataset", "fetch", "speech_commands", "--url", url, "--output",
                               self.output)
        self.assertIn("4264eb9753e38eef2ec1d15dfac8441f09751ca9", error)

    def test_server_refuses(self):
        with serve(self.archive) as (url, behaviour):
            behaviour.status = 404
            error = self.fails(*self.arguments(url))
        self.assertIn("404", error)
        self.assertEqual(len(behaviour.requests), 1)

    def test_no_server(self):
        error = self.fails(*self.arguments("http://127.0.0.1:9/x.tar.gz"), "--attempts", 1)
        self.assertIn("check the address and the network", error)

    def refused(self, members):
        content = recordings.archive(members)
        with serve(content) as (url, _):
            error = self.fails(*self.arguments(url, content))
        self.assertIn("do not trust this archive", error)
        left = [p.name for p in self.folder.rglob("*") if p.is_file()]
        self.assertEqual(left, ["collection.tar.gz"])
        return error

    def test_archive_that_climbs_out(self):
        self.assertIn("outside of the folder", self.refused([("yes/../../../escaped.wav", b"x")]))

    def test_archive_with_an_absolute_path(self):
        target = self.folder / "escaped.wav"
        self.assertIn("absolute path", self.refused([(str(target), b"x")]))

    def test_archive_with_a_link(self):
        error = self.refused([("yes", str(self.folder)), ("yes/escaped.wav", b"x")])
        self.assertIn("is a link", error)

    def test_archive_that_is_cut(self):
        noise = random.Random(1).randbytes(4000)
        content = recordings.archive([("yes/a.wav", noise)])[:-2000]
        with serve(content) as (url, _):
            error = self.fails(*self.arguments(url, content))
        self.assertIn("cannot unpack", error)

    def test_folder_with_other_things(self):
        recordings.write(self.output / "notes.txt", b"mine")
        error = self.fails(*self.arguments("http://127.0.0.1:9/x.tar.gz"))
        self.assertIn("not empty", error)
        self.assertEqual((self.output / "notes.txt").read_bytes(), b"mine")

    def test_unknown_collection(self):
        error = self.fails("dataset", "fetch", "speech_comands", code=2)
        self.assertIn("speech_commands", error)


if __name__ == "__main__":
    unittest.main()
