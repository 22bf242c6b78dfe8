#include "toolkit/training/teachers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "toolkit/base/error.h"
#include "toolkit/network/model_parameters.h"
#include "toolkit/training/checkpoint.h"

namespace stapes::training {
namespace {

// Front end, normalization and classes as the model's metadata have them.
bool hear_and_name_the_same(const Specification& a, const Specification& b) {
  const auto front_end = [](const Specification& specification) {
    std::map<std::string, graph::ParameterValue> values;
    const graph::Parameters parameters = network::model_parameters(specification);
    for (const auto& [key, value] : parameters.entries()) {
      if (key.starts_with("fe.") || key.starts_with("samplewise_norm.")) values[key] = value;
    }
    return values;
  };
  return a.classes() == b.classes() && front_end(a) == front_end(b);
}

network::Network network_of(const Specification& specification) {
  const FrontEndSettings& front_end = specification.features.front_end;
  return network::expand(specification.network,
                         {front_end.frames(), 1, front_end.filterbank_n_channels},
                         static_cast<int>(specification.classes().size()));
}

void add_softmax(std::span<const float> logits, float temperature, float share,
                 std::span<float> sum) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  std::vector<float> powers;
  float total = 0;
  for (const float logit : logits) {
    powers.push_back(std::exp((logit - largest) / temperature));
    total += powers.back();
  }
  for (size_t i = 0; i < sum.size(); ++i) sum[i] += share * powers[i] / total;
}

}  // namespace

Teachers::Teachers(const network::Network& network, const std::vector<Path>& folders,
                   double temperature, const std::string& device)
    : model_(network, device), temperature_(static_cast<float>(temperature)) {
  for (const Path& folder : folders) {
    const std::vector<Path> checkpoints =
        CheckpointFolder(folder / "train" / "checkpoints", 1).newest_first();
    if (checkpoints.empty()) {
      throw Error("cannot learn from a teacher", folder.string(), "it holds no checkpoint",
                  "train the teacher first, with this as its output folder");
    }
    const Path& path = checkpoints.front();
    Checkpoint checkpoint = parse_checkpoint(read_file(path), path.string());
    if (checkpoint.best_weights.size() != model_.layout().size()) {
      throw Error("cannot learn from a teacher", path.string(), "its network is another one",
                  "name the teacher's specification in training.distillation.specification");
    }
    weights_.push_back(std::move(checkpoint.best_weights));
  }
}

void Teachers::probabilities(std::span<const float> features, size_t count,
                             std::span<float> out) const {
  const size_t classes = model_.classes();
  std::fill(out.begin(), out.end(), 0.0F);
  std::vector<float> logits(count * classes);
  const auto share = 1.0F / static_cast<float>(weights_.size());
  for (const std::vector<float>& weights : weights_) {
    model_.logits(weights, features, count, logits);
    for (size_t i = 0; i < count; ++i) {
      add_softmax(std::span(logits).subspan(i * classes, classes), temperature_, share,
                  out.subspan(i * classes, classes));
    }
  }
}

std::optional<Teachers> teachers_of(const Specification& specification, const std::string& device) {
  const TrainingSettings::Distillation& settings = specification.training.distillation;
  if (settings.teachers.empty()) return std::nullopt;
  const Path here = specification.file.parent_path();
  std::vector<Path> folders;
  for (const Path& folder : settings.teachers) folders.push_back(here / folder);
  if (settings.specification.empty()) {
    return Teachers(network_of(specification), folders, settings.temperature, device);
  }
  const Specification theirs = read_specification(here / settings.specification);
  if (!hear_and_name_the_same(specification, theirs)) {
    throw Error("cannot learn from a teacher", theirs.file.string(),
                "its classes or its front end are not those of " + specification.file.string(),
                "take a teacher of the same words and features");
  }
  return Teachers(network_of(theirs), folders, settings.temperature, device);
}

}  // namespace stapes::training
