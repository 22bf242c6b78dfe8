#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes::training {

// TFRecord, the frame around each event of a TensorBoard file; numbers are little-endian:
//
//   uint64 length | uint32 masked CRC32C of the length | data | uint32 masked CRC32C of the data
//
// The mask rotates the checksum right by 15 bits and adds 0xa282ead8, because checksums of data
// that holds checksums are weak.
Bytes tfrecord(std::span<const uint8_t> data);

// The whole records at the beginning of a file's bytes, up to the first that is damaged or cut off:
// the last one of a program that was killed while it wrote.
std::vector<std::span<const uint8_t>> read_tfrecords(std::span<const uint8_t> bytes);

// Castagnoli's CRC (polynomial 0x1edc6f41, reflected), not masked.
uint32_t crc32c(std::span<const uint8_t> data);

}  // namespace stapes::training
