#pragma once
#include <string>

#include "tests/toolkit/training/synthetic_source.h"
#include "toolkit/network/network.h"
#include "toolkit/training/trainer.h"

namespace stapes::training {

inline Specification specification_of(const std::string& layers, const std::string& training = "") {
  return parse_specification(
      "[classes]\nkeywords = [\"a\", \"b\"]\n" + layers + "[training]\n" + training, "test");
}

// A TENet with LSTM, small enough for tests: 24 frames of 8 channels, 3 classes.
inline const char* const kTenetLstm =
    "[[network.layers]]\ntype = \"tenet\"\nchannels = 8\nblocks = 2\nblock_depth = 2\n"
    "expansion = 2\nkernel = 5\n"
    "[[network.layers]]\ntype = \"sequence\"\n"
    "[[network.layers]]\ntype = \"layer_norm\"\n"
    "[[network.layers]]\ntype = \"lstm\"\nunits = 6\n"
    "[[network.layers]]\ntype = \"layer_norm\"\n"
    "[[network.layers]]\ntype = \"last_step\"\n"
    "[[network.layers]]\ntype = \"dropout\"\nrate = 0.1\n"
    "[[network.layers]]\ntype = \"dense\"\n"
    "[[network.layers]]\ntype = \"softmax\"\n";

inline const char* const kDsCnn =
    "[[network.layers]]\ntype = \"reshape\"\nshape = [24, 8, 1]\n"
    "[[network.layers]]\ntype = \"ds_cnn\"\nchannels = 8\n"
    "[[network.layers]]\ntype = \"global_average_pool\"\n"
    "[[network.layers]]\ntype = \"dense\"\n"
    "[[network.layers]]\ntype = \"softmax\"\n";

inline network::Network network_of(const Specification& specification) {
  return network::expand(specification.network, {24, 1, 8}, 3);
}

// One whole training on synthetic examples: 8 steps in each epoch.
struct SmallTraining {
  Specification specification = specification_of(
      kTenetLstm,
      "batch_size = 12\nlearning_rate = 5e-3\nschedule = \"constant\"\nseed = 3\nepochs = 4\n"
      "label_smoothing = 0.1\nema_decay = 0.9\n");
  network::Network network = network_of(specification);
  SyntheticSource training{100, 24, 8, 3, 1};
  SyntheticSource validation{40, 24, 8, 3, 2};
  TrainingOptions options;

  explicit SmallTraining(const Path& output, int threads = 2) {
    options.output = output;
    options.threads = threads;
    options.fingerprint = "small";
    options.resume_command = "stapes train small.toml --resume";
  }

  TrainingResult run(Collective& processes) const {
    return train(network, specification.training, training, validation, options, processes);
  }
  TrainingResult run() const { return run(*alone()); }
};

// The weights' bits.
inline Bytes bits(const network::Weights& weights) {
  Bytes bytes;
  for (const auto& [name, array] : weights) {
    const auto* data = reinterpret_cast<const uint8_t*>(array.values.data());
    bytes.insert(bytes.end(), data, data + array.values.size() * sizeof(float));
  }
  return bytes;
}

}  // namespace stapes::training
