#pragma once
#include <cstdint>

namespace stapes::arm_mve {

constexpr int32_t kVectorBytes = 16;
constexpr int32_t kPixelsPerBlock = 4;

// Four output pixels that are computed together: where the inputs under their windows begin, and
// the first pixel's place in the output, in bytes.
struct PixelBlock {
  const int8_t* columns[kPixelsPerBlock];
  int32_t output;
};

// Up to 4 * kBlocks output pixels, which follow each other in the output.
template <int32_t kBlocks>
class PixelBlocks {
 public:
  static constexpr int32_t kCapacity = kBlocks * kPixelsPerBlock;

  void clear() { pixels_ = 0; }
  // REQUIRES: room.
  void add(const int8_t* column) {
    blocks_[pixels_ / kPixelsPerBlock].columns[pixels_ % kPixelsPerBlock] = column;
    ++pixels_;
  }
  // After the last pixel. The last block is filled up with the pixels before it, which are computed
  // twice, or, when there are fewer than four, by repeating the last one.
  void finish(int32_t output_step) {
    const int32_t whole = pixels_ / kPixelsPerBlock;
    for (int32_t b = 0; b < whole; ++b) blocks_[b].output = b * kPixelsPerBlock * output_step;
    if (pixels_ % kPixelsPerBlock == 0) return;
    PixelBlock last = {};
    const int32_t first = whole > 0 ? pixels_ - kPixelsPerBlock : 0;
    for (int32_t i = 0; i < kPixelsPerBlock; ++i) {
      const int32_t pixel = first + i < pixels_ ? first + i : pixels_ - 1;
      last.columns[i] = blocks_[pixel / kPixelsPerBlock].columns[pixel % kPixelsPerBlock];
    }
    last.output = first * output_step;
    blocks_[whole] = last;
  }

  int32_t pixels() const { return pixels_; }
  int32_t size() const { return (pixels_ + kPixelsPerBlock - 1) / kPixelsPerBlock; }
  const PixelBlock* begin() const { return blocks_; }
  const PixelBlock* end() const { return blocks_ + size(); }

 private:
  int32_t pixels_ = 0;
  PixelBlock blocks_[kBlocks];
};

}  // namespace stapes::arm_mve
