#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stapes {

using Path = std::filesystem::path;
using Bytes = std::vector<uint8_t>;

// Whole files. Errors name the file and the system's reason.
Bytes read_file(const Path& path);
std::string read_text_file(const Path& path);

// Writes to a temporary name beside `path`, flushes it to the disk and renames it, so that an
// interruption or a full disk leaves what was there before. Makes missing folders.
void write_file(const Path& path, std::span<const uint8_t> bytes);
void write_text_file(const Path& path, std::string_view text);

// The same for writers that want a file name: `writer` gets the temporary path (which keeps the
// extension of `path`); if it throws, the temporary file is removed.
void write_through_temporary(const Path& path, const std::function<void(const Path&)>& writer);

// Lower-case hexadecimal SHA-256.
std::string sha256(std::span<const uint8_t> bytes);
std::string sha256_of_file(const Path& path);
// MD5 is used only where a foreign format asks for it.
std::string md5(std::span<const uint8_t> bytes);

}  // namespace stapes
