// benchmarks/loss_explained.py on a model that knows high tones from low ones.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cstdlib>

#include "tests/support/temporary_folder.h"
#include "tests/support/tones.h"
#include "toolkit/base/files.h"

namespace stapes::test {
namespace {

TEST(LossExplained, MakesATableAndGoesOnWhereItWas) {
  const TemporaryFolder folder;
  const Path model = folder / "tiny_float.tflite";
  write_tiny_model(model);
  std::string list = "path,split,speaker,source\n";
  for (const std::string split : {"train", "validation", "test"}) {
    for (int i = 0; i < 4; ++i) {
      for (const auto& [word, hz] : {std::pair("high", 4500.0), {"low", 200.0}, {"hush", 900.0}}) {
        const std::string name = fmt::format("{}/{}{}.wav", word, split, i);
        audio::write_audio(folder / "words" / name, tone(hz + 20.0 * i, 0.3));
        list += fmt::format("words/{0},{1},{0},test\n", name, split);
      }
    }
    audio::write_audio(folder / "noise" / (split + ".wav"), tone(1000.0, 2.0));
    list += fmt::format("noise/{0}.wav,{0},,test\n", split);
  }
  write_text_file(folder / "splits.csv", list);
  const Path spec = folder / "tiny.toml";
  write_text_file(spec, R"toml([classes]
keywords = ["high", "low"]
[[data.sources]]
path = "words"
splits = "splits.csv"
[data.noise]
ambient = ["noise"]
splits = "splits.csv"
[frontend]
sample_length_ms = 200
filterbank_n_channels = 8
[[network.layers]]
type = "softmax"
)toml");
  const std::string command = fmt::format(
      "python3 -B {}/benchmarks/loss_explained.py {}/bin/stapes {} --spec {} --data {} -o {} "
      "--no-profile --only float,decomposed-minmax,int8-carried >{} 2>{}",
      STAPES_SOURCE_FOLDER, STAPES_BUILD_FOLDER, model.string(), spec.string(),
      folder.path().string(), (folder / "out").string(), (folder / "table").string(),
      (folder / "work").string());
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
