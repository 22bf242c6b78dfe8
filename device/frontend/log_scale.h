#pragma once
#include <cstdint>

namespace stapes {

// `fraction` holds round(2^16 (log2(1 + i/128) - i/128)) for i = 0 … 128, then 0.
constexpr int32_t kLogTableSize = 130;

// 2^shift ln(value) in fixed point with a table for the fractional part of log2, rounded to
// nearest. REQUIRES: value > 1
uint32_t scaled_log(const uint16_t* fraction, uint32_t value, int32_t shift);

// output[i] = scaled_log(signal[i] * 2^correction_bits), 0 for values below 2, at most 65535.
void log_scale(const uint16_t* fraction, int32_t shift, int32_t correction_bits,
               const uint32_t* signal, int32_t channels, uint16_t* output);

// Without a logarithm: the values themselves, at most 65535.
void saturate(const uint32_t* signal, int32_t channels, uint16_t* output);

}  // namespace stapes
