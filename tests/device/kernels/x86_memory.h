#pragma once
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "device/kernels/reference/fixed_point.h"
#include "toolkit/base/philox.h"

// For the tests of the kernels in device/kernels/x86: memory behind which nothing may be read, and
// random and extreme numbers.
namespace stapes::x86 {

using reference::Multiplier;

// `count` elements with a page behind them that cannot be read.
template <typename T>
class Fenced {
 public:
  explicit Fenced(int64_t count) : count_(static_cast<size_t>(count)) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t bytes = count_ * sizeof(T);
    size_ = (bytes + page - 1) / page * page + page;
    memory_ = static_cast<uint8_t*>(
        mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(memory_, MAP_FAILED);
    EXPECT_EQ(mprotect(memory_ + size_ - page, page, PROT_NONE), 0);
    data_ = reinterpret_cast<T*>(memory_ + size_ - page - bytes);
  }
  Fenced(const Fenced&) = delete;
  Fenced& operator=(const Fenced&) = delete;
  ~Fenced() { munmap(memory_, size_); }

  T* data() { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + count_; }
  T& operator[](size_t i) { return data_[i]; }
  std::vector<T> values() const { return {data_, data_ + count_}; }

 private:
  size_t count_;
  size_t size_ = 0;
  uint8_t* memory_ = nullptr;
  T* data_ = nullptr;
};

// How many of a test's cases are run: all, or STAPES_TEST_CASES percent of them, where the
// processor is simulated.
inline int32_t cases(int32_t all) {
  const char* percent = std::getenv("STAPES_TEST_CASES");
  return percent == nullptr ? all : std::max(1, all * std::atoi(percent) / 100);
}

class RandomNumbers {
 protected:
  int32_t draw(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(
                     random_.below(static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1));
  }
  bool chance(uint64_t one_in) { return random_.below(one_in) == 0; }
  int32_t zero_point() { return chance(3) ? INT8_MIN : chance(3) ? INT8_MAX : draw(-128, 127); }

  // Random bytes, or the extremes everywhere or at random.
  template <typename Range>
  void fill(Range& range) {
    const int32_t kind = draw(0, 5);
    for (int8_t& value : range) {
      const auto byte = static_cast<int8_t>(random_.below(256));
      value = kind == 0   ? int8_t{INT8_MIN}
              : kind == 1 ? int8_t{INT8_MAX}
              : kind == 2 ? (byte < 0 ? int8_t{INT8_MIN} : int8_t{INT8_MAX})
                          : byte;
    }
  }
  // Mostly of a size that spreads the outputs; sometimes any that quantize_multiplier() gives.
  Multiplier multiplier(bool any) {
    if (any && chance(8)) return {};
    const auto value = static_cast<int32_t>((1U << 30) | (random_.next() >> 2));
    return {chance(10) ? 1 << 30 : value, any ? draw(-31, 8) : draw(-12, -5)};
  }
  int32_t bias() {
    return chance(100) ? static_cast<int32_t>(random_.next()) : draw(-20000, 20000);
  }
  void fill_channels(int32_t channels) {
    const bool any = chance(4);
    multipliers_.clear();
    biases_.clear();
    for (int32_t i = 0; i < channels; ++i) {
      multipliers_.push_back(multiplier(any));
      biases_.push_back(bias());
    }
  }
  void draw_range(int32_t* minimum, int32_t* maximum) {
    *minimum = chance(3) ? draw(INT8_MIN, 0) : INT8_MIN;
    *maximum = chance(3) ? draw(0, INT8_MAX) : INT8_MAX;
  }

  Random random_{7, Purpose::kTest};
  std::vector<Multiplier> multipliers_;
  std::vector<int32_t> biases_;
};

// Runs both into memory of their own, and compares.
template <typename Reference, typename Fast>
void expect_same_bytes(int64_t outputs, const Reference& run_reference, const Fast& run_fast) {
  Fenced<int8_t> expected(outputs);
  Fenced<int8_t> actual(outputs);
  run_reference(expected.data());
  run_fast(actual.data());
  ASSERT_EQ(expected.values(), actual.values());
}

}  // namespace stapes::x86
