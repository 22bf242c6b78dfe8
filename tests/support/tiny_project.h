#pragma once
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/tones.h"
#include "toolkit/base/files.h"

// What a user has for the model of tiny_model.h: the model, recordings of its words in three
// splits, of noise and of continuous sound, and a specification.
namespace stapes::test {

class TinyProject : public testing::Test {
 protected:
  TinyProject() {
    write_tiny_model(model);
    std::string list = "path,split,speaker,source\n";
    const auto add = [&](const std::string& name, const std::string& split,
                         const audio::Clip& clip) {
      audio::write_audio(data / name, clip);
      list += name + "," + split + "," + name + ",test\n";
    };
    int number = 0;
    for (const std::string split : {"train", "validation", "test"}) {
      for (int i = 0; i < 4; ++i) {
        const double hz = 40.0 * number++;
        add("words/high/" + split + std::to_string(i) + ".wav", split, tone(4500.0 + hz, 0.3));
        add("words/low/" + split + std::to_string(i) + ".wav", split, tone(200.0 + hz, 0.3));
        add("words/hush/" + split + std::to_string(i) + ".wav", split, tone(900.0 + hz, 0.3));
      }
      add("noise/" + split + ".wav", split, tone(1000.0, 2.0));
    }
    add("talk/long.wav", "test", tone(1500.0, 4.0));
    audio::write_audio(data / "made/words/hush.wav", tone(950.0, 0.3));
    audio::write_audio(data / "made/talk/long.wav", tone(1400.0, 4.0));
    write_text_file(data / "splits.csv", list);
    write_text_file(spec, R"toml([classes]
keywords = ["high", "low"]
[[data.sources]]
path = "words"
splits = "splits.csv"
[data.noise]
ambient = ["noise"]
splits = "splits.csv"
[evaluation]
speech = ["talk"]
splits = "splits.csv"
threshold_words = ["made/words"]
threshold_speech = ["made/talk"]
[card]
about = "Two tones."
data = ["Tones, made here (CC0)"]
not_for = ["Music."]
rebuild = "make tiny"
made = ["In a test."]
[[network.layers]]
type = "softmax"
)toml");
  }

  TemporaryFolder folder;
  const Path model = folder / "tiny.tflite";
  const Path data = folder / "data";
  const Path spec = folder / "tiny.toml";
};

}  // namespace stapes::test
