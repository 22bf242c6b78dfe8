#include "toolkit/dataset/download/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"

namespace stapes::dataset {
namespace {

constexpr char kCannotUnpack[] = "cannot unpack";
constexpr char kDistrust[] = "do not trust this archive; get it from another place";

using Reader = std::unique_ptr<struct archive, decltype(&archive_read_free)>;

// Where the entry goes below the folder; throws where it would not be below it.
Path safe_path(const Path& archive, archive_entry* entry) {
  const char* const name = archive_entry_pathname(entry);
  const auto refuse = [&](const std::string& why) {
    throw Error(kCannotUnpack, archive.string(),
                fmt::format("its entry \"{}\" {}", name == nullptr ? "" : name, why), kDistrust);
  };
  if (name == nullptr || *name == '\0') refuse("has no name");
  const Path path(name);
  if (path.is_absolute()) refuse("has an absolute path");
  for (const Path& part : path) {
    if (part == "..") refuse("would lie outside of the folder");
  }
  const auto type = archive_entry_filetype(entry);
  if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr) {
    refuse("is a link");
  }
  if (type != AE_IFREG && type != AE_IFDIR) refuse("is neither a file nor a folder");
  return path.lexically_normal();
}

class OutputFile {
 public:
  explicit OutputFile(const Path& path)
      : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
    if (file_ < 0) fail(errno);
  }
  ~OutputFile() { ::close(file_); }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write_at(const char* data, size_t size, int64_t offset) {
    size_t done = 0;
    while (done < size) {
      const ssize_t n =
          ::pwrite(file_, data + done, size - done, offset + static_cast<int64_t>(done));
      if (n < 0 && errno != EINTR) fail(errno);
      if (n > 0) done += static_cast<size_t>(n);
    }
  }

 private:
  [[noreturn]] void fail(int code) const {
    throw Error("cannot write", path_.string(),
                code == EEXIST ? "the archive holds it twice" : std::strerror(code),
                code == ENOSPC ? "make room and run the command again" : "");
  }

  Path path_;
  int file_;
};

}  // namespace

void unpack(const Path& archive, const Path& folder, const UnpackLimits& limits) {
  const Reader reader(archive_read_new(), &archive_read_free);
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  const auto check = [&](int result) {
    if (result < ARCHIVE_WARN) {
      const char* const why = archive_error_string(reader.get());
      throw Error(kCannotUnpack, archive.string(),
                  why == nullptr ? "it is damaged or not an archive" : why,
                  "delete it and fetch it again");
    }
    return result;
  };
  check(archive_read_open_filename(reader.get(), archive.c_str(), 1 << 16));
  std::filesystem::create_directories(folder);
  uint64_t bytes = 0;
  uint64_t files = 0;
  archive_entry* entry = nullptr;
  while (check(archive_read_next_header(reader.get(), &entry)) != ARCHIVE_EOF) {
    if (interrupted()) throw Interrupted();
    const Path path = folder / safe_path(archive, entry);
    if (++files > limits.files) {
      throw Error(kCannotUnpack, archive.string(),
                  fmt::format("it holds more than {} files", limits.files), kDistrust);
    }
    if (archive_entry_filetype(entry) == AE_IFDIR) {
      std::filesystem::create_directories(path);
      continue;
    }
    std::filesystem::create_directories(path.parent_path());
    OutputFile file(path);
    const void* data = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    while (check(archive_read_data_block(reader.get(), &data, &size, &offset)) != ARCHIVE_EOF) {
      bytes += size;
      if (bytes > limits.bytes || static_cast<uint64_t>(offset) > limits.bytes) {
        throw Error(kCannotUnpack, archive.string(),
                    fmt::format("it unpacks to more than {} bytes", limits.bytes), kDistrust);
      }
      file.write_at(static_cast<const char*>(data), size, offset);
    }
  }
}

}  // namespace stapes::dataset
