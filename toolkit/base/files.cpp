#include "toolkit/base/files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "toolkit/base/error.h"

namespace stapes {
namespace {

Path temporary_name(const Path& path) {
  static std::atomic<unsigned> number{0};
  Path name = path.parent_path();
  name /= "." + path.stem().string() + "." + std::to_string(::getpid()) + "." +
          std::to_string(number++) + ".tmp" + path.extension().string();
  return name;
}

std::string remedy_for(int code) {
  if (code == ENOSPC || code == EDQUOT) return "free some space and run the command again";
  if (code == EACCES || code == EROFS) return "choose another place or change its permissions";
  return "";
}

[[noreturn]] void cannot_write(const Path& path, int code) {
  throw Error("cannot write", path.string(), std::strerror(code), remedy_for(code));
}

void write_all(const Path& temporary, const Path& path, std::span<const uint8_t> bytes) {
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) cannot_write(path, errno);
  size_t done = 0;
  int code = 0;
  while (done < bytes.size() && code == 0) {
    const ssize_t n = ::write(file, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno != EINTR) code = errno;
    if (n > 0) done += static_cast<size_t>(n);
  }
  if (code == 0 && ::fsync(file) != 0 && errno != EINVAL && errno != EROFS) code = errno;
  if (::close(file) != 0 && code == 0) code = errno;
  if (code != 0) cannot_write(path, code);
}

std::string digest(const EVP_MD* algorithm, const std::function<void(EVP_MD_CTX*)>& feed) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  std::array<uint8_t, EVP_MAX_MD_SIZE> value{};
  unsigned size = 0;
  EVP_DigestInit_ex(context.get(), algorithm, nullptr);
  feed(context.get());
  EVP_DigestFinal_ex(context.get(), value.data(), &size);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[value[i] >> 4];
    text += kDigits[value[i] & 15];
  }
  return text;
}

}  // namespace

Bytes read_file(const Path& path) {
  if (std::filesystem::is_directory(path)) {
    throw Error("cannot read", path.string(), "it is a folder", "name a file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int code = errno;
    throw Error("cannot read", path.string(), std::strerror(code),
                code == ENOENT ? "check the name" : "");
  }
  Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) throw Error("cannot read", path.string(), std::strerror(errno));
  return bytes;
}

std::string read_text_file(const Path& path) {
  const Bytes bytes = read_file(path);
  return {bytes.begin(), bytes.end()};
}

void write_through_temporary(const Path& path, const std::function<void(const Path&)>& writer) {
  std::error_code code;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), code);
  if (code) cannot_write(path, code.value());
  const Path temporary = temporary_name(path);
  try {
    writer(temporary);
    std::filesystem::rename(temporary, path, code);
    if (code) cannot_write(path, code.value());
  } catch (...) {
    std::filesystem::remove(temporary, code);
    throw;
  }
}

void write_file(const Path& path, std::span<const uint8_t> bytes) {
  write_through_temporary(path, [&](const Path& temporary) { write_all(temporary, path, bytes); });
}

void write_text_file(const Path& path, std::string_view text) {
  write_file(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

std::string sha256(std::span<const uint8_t> bytes) {
  return digest(EVP_sha256(),
                [&](EVP_MD_CTX* c) { EVP_DigestUpdate(c, bytes.data(), bytes.size()); });
}

std::string sha256_of_file(const Path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error("cannot read", path.string(), std::strerror(errno), "check the name");
  return digest(EVP_sha256(), [&](EVP_MD_CTX* c) {
    std::vector<char> block(1 << 16);
    while (file.read(block.data(), static_cast<std::streamsize>(block.size())) ||
           file.gcount() > 0) {
      EVP_DigestUpdate(c, block.data(), static_cast<size_t>(file.gcount()));
    }
  });
}

std::string md5(std::span<const uint8_t> bytes) {
  return digest(EVP_md5(), [&](EVP_MD_CTX* c) { EVP_DigestUpdate(c, bytes.data(), bytes.size()); });
}

}  // namespace stapes
