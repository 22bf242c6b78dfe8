// benchmarks/loss_explained.py on a model that knows high tones from low ones.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cstdlib>

#include "tests/support/tiny_project.h"

namespace stapes::test {
namespace {

using LossExplained = TinyProject;

TEST_F(LossExplained, MakesATableAndGoesOnWhereItWas) {
  const Path fitting = folder / "fitting.toml";
  write_text_file(fitting,
                  "extends = \"tiny.toml\"\n[frontend]\nsample_length_ms = 200\n"
                  "filterbank_n_channels = 8\n");
  const std::string command = fmt::format(
      "python3 -B {}/benchmarks/loss_explained.py {}/bin/stapes {} --spec {} --data {} -o {} "
      "--no-profile --only float,decomposed-minmax,int8-carried >{} 2>{}",
      STAPES_SOURCE_FOLDER, STAPES_BUILD_FOLDER, model.string(), fitting.string(), data.string(),
      (folder / "out").string(), (folder / "table").string(), (folder / "work").string());
  ASSERT_EQ(std::system(command.c_str()), 0) << read_text_file(folder / "work");
  const std::string table = read_text_file(folder / "table");
  for (const char* part : {"| float model | 66.67 | 100.00 |", "| decomposed, minmax | 66.67 |",
                           "| float, mse, state carried from clip to clip |", "100.00 %"}) {
    EXPECT_NE(table.find(part), std::string::npos) << part << "\n" << table;
  }
  EXPECT_NE(read_text_file(folder / "work").find("stapes quantize"), std::string::npos);
  const std::string commands = read_text_file(folder / "out/lines/decomposed-minmax/commands.txt");
  EXPECT_NE(commands.find("stapes quantize"), std::string::npos) << commands;

  ASSERT_EQ(std::system(command.c_str()), 0) << read_text_file(folder / "work");
  EXPECT_EQ(read_text_file(folder / "table"), table);
  EXPECT_EQ(read_text_file(folder / "work"), "");
}

}  // namespace
}  // namespace stapes::test
