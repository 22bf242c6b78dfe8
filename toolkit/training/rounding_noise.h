#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "toolkit/training/model.h"

namespace stapes::training {

// Noise in the place of rounding (Node::rounding_noise): uniform numbers by a hash of (seed, epoch,
// example, node, element), because one is needed for each value of each activation and Philox would
// take longer than the network itself. cpu/kernels.inc computes the same ones, a vector at a time.

// A key for each example of the shard; to be mixed with each node's number.
std::vector<uint32_t> noise_keys(const Shard& shard);

// MurmurHash3's finalizer (A. Appleby, public domain).
constexpr uint32_t mix(uint32_t h) {
  h = (h ^ (h >> 16)) * 0x85EBCA6BU;
  h = (h ^ (h >> 13)) * 0xC2B2AE35U;
  return h ^ (h >> 16);
}
constexpr uint32_t noise_key(uint32_t example_key, size_t node) {
  return mix(example_key ^ static_cast<uint32_t>(node) * 0x9E3779B9U);
}
// -1/2 … 1/2, of 2^23 equal steps.
inline float unit_noise(uint32_t key, size_t element) {
  const uint32_t bits = mix(static_cast<uint32_t>(element) * 0x9E3779B9U ^ key);
  return static_cast<float>(bits >> 9) * 0x1p-23F - 0.5F;
}

}  // namespace stapes::training
