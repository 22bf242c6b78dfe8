#include "toolkit/dataset/synthesis/processes.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <map>
#include <vector>

#include "toolkit/base/error.h"

namespace stapes::dataset {
namespace {

TEST(Processes, LinesArriveInTheOrderOfEachUnit) {
  std::map<size_t, std::vector<std::string>> lines;
  run_in_processes(
      20, 4,
      [](size_t unit, const Report& report) {
        for (size_t i = 0; i <= unit; ++i) report(std::to_string(i));
      },
      [&lines](size_t unit, const std::string& line) { lines[unit].push_back(line); });
  ASSERT_EQ(lines.size(), 20U);
  for (const auto& [unit, of_unit] : lines) {
    ASSERT_EQ(of_unit.size(), unit + 1);
    for (size_t i = 0; i <= unit; ++i) EXPECT_EQ(of_unit[i], std::to_string(i));
  }
}

TEST(Processes, EachUnitStartsFromTheSameState) {
  static int state = 0;
  std::vector<std::string> lines;
  run_in_processes(
      5, 1, [](size_t, const Report& report) { report(std::to_string(++state)); },
      [&lines](size_t, const std::string& line) { lines.push_back(line); });
  EXPECT_EQ(lines, std::vector<std::string>(5, "1"));
  EXPECT_EQ(state, 0);
}

TEST(Processes, AnErrorEndsAll) {
  const auto fail = [](size_t unit, const Report&) {
    if (unit == 3) throw Error("cannot do it", "unit 3", "it is the third");
  };
  try {
    run_in_processes(10, 2, fail, [](size_t, const std::string&) {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cannot do it in unit 3: it is the third");
  }
}

TEST(Processes, ACrashIsAnError) {
  const auto crash = [](size_t, const Report&) { ::_exit(static_cast<int>(::raise(SIGKILL))); };
  EXPECT_THROW(run_in_processes(1, 1, crash, [](size_t, const std::string&) {}), Error);
}

}  // namespace
}  // namespace stapes::dataset
