#include "toolkit/base/npy.h"

#include <cstring>
#include <limits>
#include <regex>

#include "toolkit/base/error.h"

namespace stapes {
namespace {

size_t item_size(const std::string& type) {
  static constexpr const char* kKnown[] = {"f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8"};
  for (const char* known : kKnown) {
    if (type == known) return static_cast<size_t>(type[1] - '0');
  }
  return 0;
}

[[noreturn]] void malformed(const Path& path, const std::string& why) {
  throw Error("cannot read array", path.string(), why, "write it with numpy.save");
}

template <typename T>
std::vector<float> convert(const Bytes& data) {
  std::vector<float> values(data.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T item;
    std::memcpy(&item, data.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<float>(item);
  }
  return values;
}

}  // namespace

std::vector<float> NpyArray::to_float() const {
  if (type == "f4") return convert<float>(data);
  if (type == "f8") return convert<double>(data);
  if (type == "i1") return convert<int8_t>(data);
  if (type == "u1") return convert<uint8_t>(data);
  if (type == "i2") return convert<int16_t>(data);
  if (type == "u2") return convert<uint16_t>(data);
  if (type == "i4") return convert<int32_t>(data);
  if (type == "u4") return convert<uint32_t>(data);
  return convert<int64_t>(data);
}

NpyArray read_npy(const Path& path) {
  const Bytes bytes = read_file(path);
  if (bytes.size() < 10 || std::memcmp(bytes.data(), "\x93NUMPY", 6) != 0) {
    malformed(path, "it is not a .npy file");
  }
  const bool wide = bytes[6] >= 2;  // versions 2 and 3 have a four-byte header length
  const size_t start = wide ? 12 : 10;
  if (bytes.size() < start) malformed(path, "it is truncated");
  size_t length = bytes[8] + 256U * bytes[9];
  if (wide)
    length += (static_cast<size_t>(bytes[10]) << 16) + (static_cast<size_t>(bytes[11]) << 24);
  if (bytes.size() - start < length) malformed(path, "it is truncated");
  const std::string header(bytes.begin() + static_cast<std::ptrdiff_t>(start),
                           bytes.begin() + static_cast<std::ptrdiff_t>(start + length));

  NpyArray array;
  std::smatch match;
  if (!std::regex_search(header, match, std::regex("'descr':\\s*'([<>|=])(\\w+)'"))) {
    malformed(path, "its header has no type");
  }
  array.type = match[2];
  const size_t size = item_size(array.type);
  if (size == 0) malformed(path, "its type " + array.type + " is not supported");
  if (match[1] == ">") malformed(path, "it is big-endian");
  if (header.find("'fortran_order': True") != std::string::npos) {
    malformed(path, "it is in Fortran order");
  }
  if (!std::regex_search(header, match, std::regex("'shape':\\s*\\(([^)]*)\\)"))) {
    malformed(path, "its header has no shape");
  }
  const std::string dimensions = match[1];
  size_t count = 1;
  const std::regex number("\\d+");
  for (auto it = std::sregex_iterator(dimensions.begin(), dimensions.end(), number);
       it != std::sregex_iterator(); ++it) {
    if (it->str().size() > 9) malformed(path, "its shape is too large");
    const int64_t dimension = std::stoll(it->str());
    array.shape.push_back(dimension);
    if (dimension != 0 &&
        count > std::numeric_limits<uint32_t>::max() / static_cast<size_t>(dimension)) {
      malformed(path, "its shape is too large");
    }
    count *= static_cast<size_t>(dimension);
  }
  if (bytes.size() - start - length != count * size) {
    malformed(path, "its data does not have the size that its shape says");
  }
  array.data.assign(bytes.begin() + static_cast<std::ptrdiff_t>(start + length), bytes.end());
  return array;
}

void write_npy(const Path& path, const NpyArray& array) {
  std::string shape;
  for (const int64_t dimension : array.shape) shape += std::to_string(dimension) + ", ";
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  if (array.shape.size() == 1) shape.resize(shape.size() - 1);
  const std::string order = item_size(array.type) == 1 ? "|" : "<";
  std::string header =
      "{'descr': '" + order + array.type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string file = "\x93NUMPY";
  file += {1, 0, static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  file += header;
  file.append(reinterpret_cast<const char*>(array.data.data()), array.data.size());
  write_text_file(path, file);
}

void write_npy(const Path& path, const std::vector<int64_t>& shape,
               const std::vector<float>& values) {
  NpyArray array{"f4", shape, Bytes(values.size() * sizeof(float))};
  if (!values.empty()) std::memcpy(array.data.data(), values.data(), array.data.size());
  write_npy(path, array);
}

}  // namespace stapes
