#pragma once
// A small network of the kind that the tutorial's models are.
#include <fmt/format.h>

#include <string>

namespace stapes::test {

// The text of a specification with three words: TENet, layer norm, LSTM and classifier. `lstm`
// holds the keys of the LSTM, a line each.
inline std::string tutorial_specification(int channels, int blocks, const std::string& lstm,
                                          const std::string& padding = "same") {
  return fmt::format(R"(
[classes]
keywords = ["a", "b", "c"]
[[network.layers]]
type = "tenet"
channels = {}
blocks = {}
block_depth = 2
padding = "{}"
[[network.layers]]
type = "sequence"
[[network.layers]]
type = "layer_norm"
[[network.layers]]
type = "lstm"
{}
[[network.layers]]
type = "layer_norm"
[[network.layers]]
type = "last_step"
[[network.layers]]
type = "dense"
[[network.layers]]
type = "softmax"
)",
                     channels, blocks, padding, lstm);
}

}  // namespace stapes::test
