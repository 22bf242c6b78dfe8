#include "toolkit/reporting/spectrogram_image.h"

#include <gtest/gtest.h>
#include <png.h>

#include <vector>

#include "tests/support/temporary_folder.h"

namespace stapes::test {
namespace {

struct Picture {
  uint32_t width = 0;
  uint32_t height = 0;
  std::vector<uint8_t> pixels;
  int brightness(uint32_t x, uint32_t y) const {
    const uint8_t* at = pixels.data() + 3 * (size_t{y} * width + x);
    return at[0] + at[1] + at[2];
  }
};

Picture read_picture(const Path& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0);
  image.format = PNG_FORMAT_RGB;
  Picture picture{image.width, image.height, std::vector<uint8_t>(PNG_IMAGE_SIZE(image))};
  EXPECT_NE(png_image_finish_read(&image, nullptr, picture.pixels.data(), 0, nullptr), 0);
  return picture;
}

TEST(SpectrogramImage, LowFrequenciesAreAtTheBottomAndTimeRunsRight) {
  const TemporaryFolder folder;
  // Two frames of three channels; the loudest value is the second frame's lowest channel.
  reporting::write_spectrogram_image(folder / "a.png", std::vector<float>{0, 1, 2, 9, 3, 0}, 3);
  const Picture picture = read_picture(folder / "a.png");
  EXPECT_EQ(picture.width, 1000U);
  EXPECT_EQ(picture.height, 399U);
  const uint32_t right = picture.width - 1;
  const uint32_t bottom = picture.height - 1;
  EXPECT_GT(picture.brightness(right, bottom), 650);
  EXPECT_LT(picture.brightness(0, bottom), 30);
  EXPECT_LT(picture.brightness(right, 0), 30);
  EXPECT_GT(picture.brightness(0, 0), picture.brightness(0, picture.height / 2));
}

TEST(SpectrogramImage, EqualValuesAndLongRecordings) {
  const TemporaryFolder folder;
  reporting::write_spectrogram_image(folder / "equal.png", std::vector<float>(40, 5.0F), 40);
  EXPECT_EQ(read_picture(folder / "equal.png").height, 400U);
  reporting::write_spectrogram_image(folder / "long.png", std::vector<float>(20001), 1);
  EXPECT_EQ(read_picture(folder / "long.png").width, 6667U);  // three frames a column
}

}  // namespace
}  // namespace stapes::test
