#pragma once
#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace stapes::test {

// A file system of one megabyte. Mounting it takes rights that not everyone has: tests skip where
// is_mounted() is false.
class SmallDisk {
 public:
  SmallDisk() { mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=1m") == 0; }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return mounted_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const {
    return folder_.path() / name;
  }

  // Fills all but so many bytes, in whole pages.
  void leave(size_t bytes) {
    const size_t available = std::filesystem::space(folder_.path()).available;
    if (available <= bytes) return;
    std::ofstream file(folder_ / "filling", std::ios::binary);
    const std::vector<char> content(available - bytes, 'x');
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
  }

 private:
  TemporaryFolder folder_;
  bool mounted_ = false;
};

}  // namespace stapes::test
