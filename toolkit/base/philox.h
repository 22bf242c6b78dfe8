#pragma once
#include <array>
#include <cstdint>

namespace stapes {

// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", SC'11). A stream is named by (seed, purpose, epoch, index), so that what is drawn for
// a clip depends neither on the other clips nor on the number of threads, and a resumed run draws
// what an uninterrupted one would have drawn.
std::array<uint32_t, 4> philox4x32_10(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// What a stream is for; a new purpose gets a new number, and old ones keep theirs.
enum class Purpose : uint32_t {
  kAugmentation = 1,
  kShuffle = 2,
  kInitialization = 3,
  kDropout = 4,
  kSplit = 5,
  kSynthesis = 6,
  kEvaluationNoise = 7,
  kTest = 8,
  kSubset = 9,
  kSpecAugment = 10,
  kMixup = 11,
  kRoundingNoise = 12,
};

class Random {
 public:
  Random(uint64_t seed, Purpose purpose, uint64_t epoch = 0, uint64_t index = 0);

  uint32_t next();                          // uniform over all 32-bit values
  double uniform();                         // [0, 1), 53 bits
  double uniform(double low, double high);  // [low, high)
  uint64_t below(uint64_t bound);           // 0 … bound-1, unbiased. REQUIRES: bound > 0
  double normal();                          // mean 0, variance 1 (Box and Muller)

  // Fisher and Yates.
  template <typename Container>
  void shuffle(Container& items) {
    for (uint64_t i = items.size(); i > 1; --i) {
      using std::swap;
      swap(items[i - 1], items[below(i)]);
    }
  }

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace stapes
