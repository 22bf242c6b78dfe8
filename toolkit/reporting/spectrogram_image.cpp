#include "toolkit/reporting/spectrogram_image.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "toolkit/base/error.h"

namespace stapes::reporting {
namespace {

constexpr size_t kWidth = 1000;          // about; a frame is at least one pixel wide …
constexpr size_t kGreatestWidth = 8000;  // … up to here
constexpr size_t kHeight = 400;          // about; a channel is at least one pixel high

using Colour = std::array<double, 3>;

// Nine points of the colour map "magma" by Nathaniel Smith and Stéfan van der Walt (CC0), whose
// lightness rises evenly from black to nearly white.
constexpr std::array<Colour, 9> kMagma = {{{0, 0, 4},
                                           {28, 16, 68},
                                           {79, 18, 123},
                                           {129, 37, 129},
                                           {181, 54, 122},
                                           {229, 80, 100},
                                           {251, 135, 97},
                                           {254, 194, 135},
                                           {252, 253, 191}}};

// level: 0 … 1
std::array<uint8_t, 3> colour(double level) {
  const double position = std::clamp(level, 0.0, 1.0) * (kMagma.size() - 1);
  const auto below = std::min(static_cast<size_t>(position), kMagma.size() - 2);
  const double part = position - static_cast<double>(below);
  std::array<uint8_t, 3> result{};
  for (size_t i = 0; i < 3; ++i) {
    const double mixed = kMagma[below][i] * (1 - part) + kMagma[below + 1][i] * part;
    result[i] = static_cast<uint8_t>(std::lround(mixed));
  }
  return result;
}

}  // namespace

void write_spectrogram_image(const Path& path, std::span<const float> values, size_t channels) {
  const size_t frames = values.size() / channels;
  const size_t frames_per_column = (frames + kGreatestWidth - 1) / kGreatestWidth;
  const size_t columns = (frames + frames_per_column - 1) / frames_per_column;
  const size_t cell_width = std::max<size_t>(1, kWidth / columns);
  const size_t cell_height = std::max<size_t>(1, kHeight / channels);
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  const double range = *greatest > *least ? static_cast<double>(*greatest) - *least : 1.0;

  const size_t width = columns * cell_width;
  const size_t height = channels * cell_height;
  Bytes pixels(width * height * 3);
  for (size_t column = 0; column < columns; ++column) {
    const size_t first = column * frames_per_column;
    const size_t last = std::min(first + frames_per_column, frames);
    for (size_t channel = 0; channel < channels; ++channel) {
      double sum = 0;
      for (size_t frame = first; frame < last; ++frame) sum += values[frame * channels + channel];
      const double mean = sum / static_cast<double>(last - first);
      const auto rgb = colour((mean - *least) / range);
      const size_t top = (channels - 1 - channel) * cell_height;
      for (size_t y = top; y < top + cell_height; ++y) {
        for (size_t x = column * cell_width; x < (column + 1) * cell_width; ++x) {
          std::copy(rgb.begin(), rgb.end(),
                    pixels.begin() + static_cast<long>(3 * (y * width + x)));
        }
      }
    }
  }

  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  Bytes file(size);
  if (png_image_write_to_memory(&image, file.data(), &size, 0, pixels.data(), 0, nullptr) == 0) {
    throw Error("cannot make the picture", path.string(), image.message);
  }
  file.resize(size);
  write_file(path, file);
}

}  // namespace stapes::reporting
