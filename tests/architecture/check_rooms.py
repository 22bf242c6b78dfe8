"""Checks who knows whom: every #include of another room must be allowed by the dependencies that
device/CMakeLists.txt, toolkit/CMakeLists.txt and toolkit/*/CMakeLists.txt write out, directly or
through rooms that pass theirs on; and a library that belongs to one room is included by no other.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWNED_HEADERS = {  # header prefix -> the rooms that may include it
    "torch/": {"toolkit/training", "toolkit/finetuning"},
    "ATen/": {"toolkit/training", "toolkit/finetuning"},
    "google/protobuf": {"toolkit/training"},
    "isa-l/": {"toolkit/training"},
    "flatbuffers/": {"toolkit/graph"},
    "sndfile": {"toolkit/audio"},
    "soxr": {"toolkit/audio"},
    "fftw3": {"toolkit/audio"},
    "portaudio": {"toolkit/audio"},
    "espeak-ng/": {"toolkit/dataset"},
    "curl/": {"toolkit/dataset"},
    "toml++/": {"toolkit/specification"},
    # stapes-train and stapes-finetune are programs, too
    "CLI/": {"cli", "toolkit/training", "toolkit/finetuning"},
}
DEVICE_FORBIDDEN = {"vector", "string", "map", "memory", "functional", "iostream", "cstdio",
                    "stdio.h", "stdexcept", "thread", "mutex", "cstdlib"}


def dependencies():
    rooms = {}
    for listing in [ROOT / "device/CMakeLists.txt", ROOT / "toolkit/CMakeLists.txt",
                    *sorted((ROOT / "toolkit").glob("*/CMakeLists.txt"))]:
        text = re.sub(r"#.*", "", listing.read_text())
        for body in re.findall(r"stapes_room\(([^)]*)\)", text):
            words = body.split()
            rooms[words[0]] = {w for w in words[1:] if re.match(r"(device|toolkit)/", w)}
    return rooms


def reachable(room, rooms, seen=None):
    seen = set() if seen is None else seen
    for other in rooms.get(room, ()):
        if other not in seen:
            seen.add(other)
            reachable(other, rooms, seen)
    return seen


def room_of(path, rooms):
    parts = pathlib.PurePosixPath(path).parts
    if parts[0] in ("device", "toolkit") and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0] if len(parts) > 1 else ""


def main():
    rooms = dependencies()
    faults = []
    files = [f for folder in ("device", "toolkit", "cli") for f in (ROOT / folder).rglob("*")
             if f.suffix in (".h", ".cpp")]
    for file in files:
        name = file.relative_to(ROOT).as_posix()
        room = room_of(name, rooms)
        allowed = reachable(room, rooms) | {room}
        for line, text in enumerate(file.read_text().splitlines(), 1):
            match = re.match(r'\s*#include\s*["<]([^">]+)[">]', text)
            if not match:
                continue
            header = match.group(1)
            where = f"{name}:{line} includes {header}"
            if room.startswith("device/") and header in DEVICE_FORBIDDEN:
                faults.append(f"{where}, which the device does not have")
            for prefix, owners in OWNED_HEADERS.items():
                if header.startswith(prefix) and room not in owners:
                    faults.append(f"{where}, which only {', '.join(sorted(owners))} may know")
            other = room_of(header, rooms)
            if other in rooms and room != "cli" and other not in allowed:
                faults.append(f"{where}, but {room} does not depend on {other}")
            if other == "cli" and room != "cli":
                faults.append(f"{where}, but nothing may know cli")
    for fault in faults:
        print(fault)
    print(f"{len(files)} files, {len(rooms)} rooms, {len(faults)} faults")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
