"""Small recordings and archives for tests of whole commands."""

import io
import math
import pathlib
import struct
import tarfile
import wave


def wav(seconds=0.25, rate=16000, channels=1, width=2) -> bytes:
    """A tone as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        for i in range(int(seconds * rate)):
            value = int(0.3 * (2 ** (8 * width - 1) - 1) * math.sin(2 * math.pi * 440 * i / rate))
            file.writeframes(value.to_bytes(width, "little", signed=True) * channels)
    return buffer.getvalue()


def float_wav(values) -> bytes:
    """32-bit float samples as a WAV file."""
    data = struct.pack(f"<{len(values)}f", *values)
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, 1,
                         16000, 64000, 4, 32, b"data", len(data))
    return header + data


def write(path, content: bytes):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def word_folders(folder, words, speakers):
    sound = wav()
    for word in words:
        for speaker in range(speakers):
            write(pathlib.Path(folder) / word / f"speaker{speaker}_nohash_0.wav", sound)


def archive(members) -> bytes:
    """A .tar.gz of (name, content); a content of str makes a symbolic link to it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type = tarfile.SYMTYPE
                member.linkname = content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def speech_commands() -> bytes:
    """An archive laid out like Speech Commands: two words of three speakers, and noise."""
    sound = wav()
    members = [(f"./{word}/{speaker}_nohash_0.wav", sound)
               for word in ("yes", "no") for speaker in ("aa", "bb", "cc")]
    members.append(("./_background_noise_/hum.wav", wav(2.0)))
    members.append(("./_background_noise_/README.md", b"noise"))
    members.append(("./validation_list.txt", b"yes/bb_nohash_0.wav\nno/bb_nohash_0.wav\n"))
    members.append(("./testing_list.txt", b"yes/cc_nohash_0.wav\nno/cc_nohash_0.wav\n"))
    return archive(members)
