#!/usr/bin/env python3
"""clang-tidy over the files of a compile_commands.json; what was clean and has not changed is skipped.

  scripts/tidy.py build/lint [--jobs N] source...

Prints one line for each file that it checks and every finding; exit code 1 if there are findings.
A clean file is remembered in <build>/clean under a hash of everything the result depends on: the
file, the project's own headers it includes (directly or not), its compiler options, .clang-tidy and
the version of clang-tidy. An interrupted run therefore goes on where it stopped.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
NOISE = re.compile(r"^\d+ warnings? (generated|treated as error)|^Suppressed |^Use -header-filter")


def with_own_headers(source, build):
    """`source` and the headers of the project that it reaches by #include "...", sorted."""
    seen, waiting = set(), [source]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in INCLUDE.findall(path.read_bytes()):
            for folder in (path.parent, ROOT, build / "generated"):
                header = folder / name.decode()
                if header.is_file():
                    waiting.append(header.resolve())
                    break
    return sorted(seen)


def key_of(source, command, build, version):
    digest = hashlib.sha256((version + command).encode())
    digest.update((ROOT / ".clang-tidy").read_bytes())
    for path in with_own_headers(source, build):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def check(source, build):
    """What clang-tidy has to say about one file; an empty string if it is clean."""
    result = subprocess.run(["clang-tidy", "-p", build, "--quiet", source],
                            capture_output=True, text=True)
    lines = [line for line in (result.stdout + result.stderr).splitlines()
             if line and not NOISE.match(line)]
    if result.returncode == 0:
        return ""
    return "\n".join(lines) or f"clang-tidy ended with exit code {result.returncode}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("sources", nargs="+")
    options = parser.parse_args()
    build = options.build.resolve()

    commands = {entry["file"]: entry["command"]
                for entry in json.loads((build / "compile_commands.json").read_text())}
    unknown = [name for name in options.sources if str(ROOT / name) not in commands]
    for name in unknown:
        print(f"error: {name}: the build has no command for this file; "
              "add it to a CMakeLists.txt", file=sys.stderr)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True).stdout
    clean = build / "clean"
    clean.mkdir(exist_ok=True)
    waiting = {}
    for name in options.sources:
        if name not in unknown:
            source = ROOT / name
            key = key_of(source, commands[str(source)], build, version)
            if not (clean / key).exists():
                waiting[name] = key
    print(f"clang-tidy: {len(options.sources) - len(unknown) - len(waiting)} files are known to be "
          f"clean, {len(waiting)} to check", flush=True)

    dirty = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(check, str(ROOT / name), str(build)): name for name in waiting}
        try:
            for done, future in enumerate(concurrent.futures.as_completed(running), start=1):
                name = running[future]
                findings = future.result()
                print(f"[{done}/{len(waiting)}] {name}{': FINDINGS' if findings else ''}",
                      flush=True)
                if findings:
                    dirty += 1
                    print(findings, flush=True)
                elif key_of(ROOT / name, commands[str(ROOT / name)], build,
                            version) == waiting[name]:  # nobody wrote to it in the meantime
                    (clean / waiting[name]).touch()
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            sys.exit(130)
    if dirty or unknown:
        sys.exit(f"clang-tidy: {dirty} files with findings, {len(unknown)} without a command")
    print(f"clang-tidy: {len(options.sources)} files are clean")


if __name__ == "__main__":
    main()
