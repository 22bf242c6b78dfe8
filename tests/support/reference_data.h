#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

// Golden vectors and speech that are not part of the project: $STAPES_REFERENCE_DATA, else a folder
// `shared` beside the checkout. Tests that need it skip where it is missing, and say so.
namespace stapes::test {

inline std::filesystem::path reference_data() {
  const char* folder = std::getenv("STAPES_REFERENCE_DATA");
  if (folder != nullptr && *folder != '\0') return folder;
  return std::filesystem::path(STAPES_SOURCE_FOLDER).parent_path() / "shared";
}

}  // namespace stapes::test

#define STAPES_REQUIRE_REFERENCE_DATA(relative)                              \
  if (!std::filesystem::exists(stapes::test::reference_data() / (relative))) \
  GTEST_SKIP() << "needs reference data that is not part of the project: "   \
               << (stapes::test::reference_data() / (relative)).string()     \
               << " (set STAPES_REFERENCE_DATA)"
