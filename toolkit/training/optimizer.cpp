#include "toolkit/training/optimizer.h"

#include <cmath>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/specification/training_choices.h"

namespace stapes::training {

Optimizer::Optimizer(const TrainingSettings& settings, const ParameterLayout& layout)
    : settings_(settings), entries_(layout.entries()) {
  if (settings.optimizer == "sgd") {
    kind_ = Kind::kSgd;
  } else if (settings.optimizer == "adam") {
    kind_ = Kind::kAdam;
  } else if (settings.optimizer == "adamw") {
    kind_ = Kind::kAdamW;
  } else {
    throw Error("cannot train", "training.optimizer",
                "there is no optimizer \"" + settings.optimizer + "\"",
                suggestion(settings.optimizer, known_optimizers()));
  }
  state_.first.assign(layout.size(), 0.0F);
  if (kind_ != Kind::kSgd) state_.second.assign(layout.size(), 0.0F);
}

void Optimizer::restore(State state) {
  if (state.first.size() != state_.first.size() || state.second.size() != state_.second.size()) {
    throw Error("cannot continue", "the optimizer's state", "it belongs to another network");
  }
  state_ = std::move(state);
}

void Optimizer::clip(std::span<float> gradient) const {
  double squares = 0;
  for (const ParameterLayout::Entry& entry : entries_) {
    if (!entry.trainable) continue;
    for (const float g : gradient.subspan(entry.offset, entry.size)) squares += double{g} * g;
  }
  const double norm = std::sqrt(squares);
  if (norm <= settings_.gradient_clip) return;
  const auto factor = static_cast<float>(settings_.gradient_clip / norm);
  for (float& g : gradient) g *= factor;
}

void Optimizer::update(std::span<float> weights, std::span<float> gradient, double learning_rate) {
  if (settings_.gradient_clip > 0) clip(gradient);
  ++state_.updates;
  for (const ParameterLayout::Entry& entry : entries_) {
    if (!entry.trainable) continue;
    float* w = weights.data() + entry.offset;
    float* g = gradient.data() + entry.offset;
    const auto rate = static_cast<float>(learning_rate);
    if (entry.decays && settings_.weight_decay > 0) {
      const auto decay = static_cast<float>(settings_.weight_decay);
      if (kind_ == Kind::kAdamW) {
        const auto kept = static_cast<float>(1.0 - learning_rate * settings_.weight_decay);
        for (size_t i = 0; i < entry.size; ++i) w[i] *= kept;
      } else {
        for (size_t i = 0; i < entry.size; ++i) g[i] += decay * w[i];
      }
    }
    kind_ == Kind::kSgd ? sgd(entry, w, g, rate) : adam(entry, w, g, rate);
  }
}

void Optimizer::sgd(const ParameterLayout::Entry& entry, float* w, float* g, float rate) {
  float* velocity = state_.first.data() + entry.offset;
  const auto momentum = static_cast<float>(settings_.momentum);
  for (size_t i = 0; i < entry.size; ++i) {
    velocity[i] = momentum * velocity[i] + g[i];
    w[i] -= rate * velocity[i];
  }
}

void Optimizer::adam(const ParameterLayout::Entry& entry, float* w, float* g, float rate) {
  float* m = state_.first.data() + entry.offset;
  float* v = state_.second.data() + entry.offset;
  const auto updates = static_cast<double>(state_.updates);
  const auto beta_1 = static_cast<float>(settings_.beta_1);
  const auto beta_2 = static_cast<float>(settings_.beta_2);
  const auto epsilon = static_cast<float>(settings_.epsilon);
  const auto correction_1 = static_cast<float>(1.0 / (1.0 - std::pow(settings_.beta_1, updates)));
  const auto correction_2 = static_cast<float>(1.0 / (1.0 - std::pow(settings_.beta_2, updates)));
  const float step = rate * correction_1;
  for (size_t i = 0; i < entry.size; ++i) {
    m[i] = beta_1 * m[i] + (1.0F - beta_1) * g[i];
    v[i] = beta_2 * v[i] + (1.0F - beta_2) * (g[i] * g[i]);
    w[i] -= step * m[i] / (std::sqrt(v[i] * correction_2) + epsilon);
  }
}

}  // namespace stapes::training
