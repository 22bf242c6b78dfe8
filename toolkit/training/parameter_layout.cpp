#include "toolkit/training/parameter_layout.h"

#include <algorithm>

#include "toolkit/base/error.h"

namespace stapes::training {
namespace {

bool is_kernel(const std::string& name) {
  return name.ends_with("/kernel") || name.ends_with("/recurrent_kernel");
}

}  // namespace

ParameterLayout::ParameterLayout(const network::Network& network) {
  for (const network::Parameter* parameter : network.parameters()) {
    Entry entry;
    entry.name = parameter->name;
    entry.shape = parameter->shape;
    entry.offset = size_;
    entry.size = 1;
    for (const int64_t extent : parameter->shape) entry.size *= static_cast<size_t>(extent);
    entry.trainable = parameter->trainable;
    entry.decays = parameter->trainable && is_kernel(parameter->name);
    size_ += entry.size;
    entries_.push_back(std::move(entry));
  }
}

size_t ParameterLayout::index_of(const std::string& name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  if (found == entries_.end()) {
    throw Error("cannot build the network", name, "there is no such parameter");
  }
  return static_cast<size_t>(found - entries_.begin());
}

std::vector<float> ParameterLayout::flatten(const network::Weights& weights) const {
  std::vector<float> values(size_);
  for (const Entry& entry : entries_) {
    const auto found = weights.find(entry.name);
    if (found == weights.end()) {
      throw Error("cannot use the weights", entry.name, "this parameter is missing");
    }
    if (found->second.values.size() != entry.size) {
      throw Error("cannot use the weights", entry.name, "it has another shape");
    }
    std::copy(found->second.values.begin(), found->second.values.end(),
              values.begin() + static_cast<std::ptrdiff_t>(entry.offset));
  }
  return values;
}

network::Weights ParameterLayout::unflatten(std::span<const float> values) const {
  network::Weights weights;
  for (const Entry& entry : entries_) {
    const auto part = values.subspan(entry.offset, entry.size);
    weights[entry.name] = {entry.shape, {part.begin(), part.end()}};
  }
  return weights;
}

}  // namespace stapes::training
