#include "toolkit/graph/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <functional>
#include <memory>
#include <vector>

#include "toolkit/base/error.h"

namespace stapes::graph {
namespace {

constexpr size_t kLargestFile = size_t{1} << 28;  // guards against archives that unpack to anything

using ReadHandle = std::unique_ptr<archive, decltype(&archive_read_free)>;
using WriteHandle = std::unique_ptr<archive, decltype(&archive_write_free)>;

[[noreturn]] void fail(const std::string& name, const std::string& why,
                       const std::string& remedy = "") {
  throw Error("cannot read archive", name, why, remedy);
}

std::string reason(archive* handle) {
  const char* text = archive_error_string(handle);
  return text == nullptr ? "it is damaged" : text;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Bytes read_entry(archive* handle, const std::string& name) {
  Bytes bytes;
  Bytes block(1 << 16);
  for (;;) {
    const la_ssize_t n = archive_read_data(handle, block.data(), block.size());
    if (n < 0) fail(name, reason(handle));
    if (n == 0) return bytes;
    bytes.insert(bytes.end(), block.begin(), block.begin() + n);
    if (bytes.size() > kLargestFile) fail(name, "a file in it is too large");
  }
}

void for_each_entry(const Bytes& bytes, const std::string& name,
                    const std::function<void(archive*, archive_entry*)>& visit) {
  const ReadHandle handle(archive_read_new(), &archive_read_free);
  archive_read_support_format_zip(handle.get());
  if (archive_read_open_memory(handle.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    fail(name, reason(handle.get()));
  }
  archive_entry* entry = nullptr;
  int result = 0;
  while ((result = archive_read_next_header(handle.get(), &entry)) == ARCHIVE_OK) {
    visit(handle.get(), entry);
  }
  if (result != ARCHIVE_EOF) fail(name, reason(handle.get()));
}

std::string name_of(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  return name == nullptr ? "" : name;
}

}  // namespace

bool is_zip(const Bytes& bytes) {
  return bytes.size() >= 4 && bytes[0] == 'P' && bytes[1] == 'K' && bytes[2] == 3 && bytes[3] == 4;
}

ArchivedFile find_model(const Bytes& bytes, const std::string& name) {
  std::vector<ArchivedFile> found;
  for_each_entry(bytes, name, [&](archive* handle, archive_entry* entry) {
    const std::string file = name_of(entry);
    if (!ends_with(file, ".tflite") || ends_with(file, ".float32.tflite")) return;
    found.push_back({file, read_entry(handle, name)});
  });
  if (found.empty()) fail(name, "it contains no .tflite file", "quantize the model first");
  if (found.size() > 1) {
    fail(name, "it contains more than one .tflite file: " + found[0].name + ", " + found[1].name,
         "unpack it and name one");
  }
  return std::move(found[0]);
}

Bytes replace_file(const Bytes& bytes, const std::string& name, const ArchivedFile& file) {
  Bytes result(bytes.size() + file.bytes.size() + (1 << 20));
  size_t used = 0;
  const WriteHandle writer(archive_write_new(), &archive_write_free);
  archive_write_set_format_zip(writer.get());
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  if (archive_write_open_memory(writer.get(), result.data(), result.size(), &used) != ARCHIVE_OK) {
    fail(name, reason(writer.get()));
  }
  for_each_entry(bytes, name, [&](archive* handle, archive_entry* entry) {
    const bool replaced = name_of(entry) == file.name;
    const Bytes content = replaced ? file.bytes : read_entry(handle, name);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    if (archive_write_header(writer.get(), entry) != ARCHIVE_OK ||
        archive_write_data(writer.get(), content.data(), content.size()) !=
            static_cast<la_ssize_t>(content.size())) {
      fail(name, reason(writer.get()));
    }
  });
  if (archive_write_close(writer.get()) != ARCHIVE_OK) fail(name, reason(writer.get()));
  result.resize(used);
  return result;
}

}  // namespace stapes::graph
