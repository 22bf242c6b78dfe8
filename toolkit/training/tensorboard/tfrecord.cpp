#include "toolkit/training/tensorboard/tfrecord.h"

#include <isa-l/crc.h>

namespace stapes::training {
namespace {

constexpr size_t kLengthBytes = 8;
constexpr size_t kChecksumBytes = 4;
constexpr size_t kHeaderBytes = kLengthBytes + kChecksumBytes;

uint32_t masked(uint32_t checksum) { return ((checksum >> 15) | (checksum << 17)) + 0xa282ead8U; }

void append(Bytes& bytes, uint64_t value, size_t count) {
  for (size_t i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

uint64_t number(std::span<const uint8_t> bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

bool matches(std::span<const uint8_t> data, std::span<const uint8_t> checksum) {
  return masked(crc32c(data)) == number(checksum);
}

}  // namespace

uint32_t crc32c(std::span<const uint8_t> data) {
  // The library writes to nothing; it only lacks the const.
  auto* const bytes = const_cast<uint8_t*>(data.data());
  return ~crc32_iscsi(bytes, static_cast<int>(data.size()), 0xffffffffU);
}

Bytes tfrecord(std::span<const uint8_t> data) {
  Bytes record;
  append(record, data.size(), kLengthBytes);
  append(record, masked(crc32c(record)), kChecksumBytes);
  record.insert(record.end(), data.begin(), data.end());
  append(record, masked(crc32c(data)), kChecksumBytes);
  return record;
}

std::vector<std::span<const uint8_t>> read_tfrecords(std::span<const uint8_t> bytes) {
  std::vector<std::span<const uint8_t>> records;
  while (bytes.size() >= kHeaderBytes + kChecksumBytes) {
    const std::span<const uint8_t> length_bytes = bytes.first(kLengthBytes);
    const uint64_t length = number(length_bytes);
    if (!matches(length_bytes, bytes.subspan(kLengthBytes, kChecksumBytes))) break;
    if (length > bytes.size() - kHeaderBytes - kChecksumBytes) break;
    const std::span<const uint8_t> data = bytes.subspan(kHeaderBytes, length);
    if (!matches(data, bytes.subspan(kHeaderBytes + length, kChecksumBytes))) break;
    records.push_back(data);
    bytes = bytes.subspan(kHeaderBytes + length + kChecksumBytes);
  }
  return records;
}

}  // namespace stapes::training
