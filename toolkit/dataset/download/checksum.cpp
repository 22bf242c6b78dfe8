#include "toolkit/dataset/download/checksum.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <memory>
#include <vector>

#include "toolkit/base/error.h"

namespace stapes::dataset {

Checksum parse_checksum(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool digits = text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!digits || (text.size() != 40 && text.size() != 64)) {
    throw UsageError("\"" + text +
                     "\" is not a checksum: 64 hexadecimal digits (SHA-256) or 40 (SHA-1)");
  }
  return {std::move(text)};
}

Checksum checksum_of_file(const Path& file, const Checksum& like) {
  if (like.hexadecimal.size() == 64) return {sha256_of_file(file)};
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error("cannot read", file.string(), "it does not open");
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr);
  std::vector<char> block(1 << 16);
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())) ||
         stream.gcount() > 0) {
    EVP_DigestUpdate(context.get(), block.data(), static_cast<size_t>(stream.gcount()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), value.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", value[i]);
  return {text};
}

}  // namespace stapes::dataset
