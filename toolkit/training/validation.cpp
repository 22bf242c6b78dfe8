#include "toolkit/training/validation.h"

#include <algorithm>

#include "toolkit/base/interrupt.h"

namespace stapes::training {
namespace {

constexpr size_t kPiece = 32;  // examples

void run_piece(const Model& model, std::span<const float> weights,
               const augmentation::ExampleSource& source, size_t first, size_t count,
               Outcome* outcomes) {
  const size_t values = source.values_per_example();
  std::vector<float> features(count * values);
  std::vector<int> labels(count);
  for (size_t i = 0; i < count; ++i) {
    labels[i] = source.fill(0, first + i, std::span(features).subspan(i * values, values));
  }
  std::vector<float> logits(count * model.classes());
  model.logits(weights, features, count, logits);
  for (size_t i = 0; i < count; ++i) {
    outcomes[i] =
        outcome_of(std::span(logits).subspan(i * model.classes(), model.classes()), labels[i]);
  }
}

}  // namespace

Validation validate(const Model& model, std::span<const float> weights,
                    const augmentation::ExampleSource& source, WorkPool& pool,
                    Collective& processes) {
  const size_t pieces = (source.size() + kPiece - 1) / kPiece;
  const auto ranks = static_cast<size_t>(processes.size());
  const auto rank = static_cast<size_t>(processes.rank());
  const size_t per_rank = (pieces + ranks - 1) / ranks;
  static_assert(sizeof(Outcome) == 3 * sizeof(float));

  // Piece p belongs to rank p modulo ranks. One more record says whether to stop.
  std::vector<Outcome> sent(per_rank * kPiece + 1);
  const size_t own = rank < pieces ? (pieces - rank - 1) / ranks + 1 : 0;
  pool.run_now(own, [&](size_t i) {
    if (interrupted()) return;
    const size_t first = (i * ranks + rank) * kPiece;
    run_piece(model, weights, source, first, std::min(kPiece, source.size() - first),
              sent.data() + i * kPiece);
  });
  sent.back().label = interrupted() ? 1.0F : 0.0F;

  std::vector<Outcome> received(ranks * sent.size());
  processes.all_gather({&sent.data()->label, sent.size() * 3},
                       {&received.data()->label, received.size() * 3});
  Validation validation;
  for (size_t r = 0; r < ranks; ++r) {
    validation.stopped |= received[(r + 1) * sent.size() - 1].label != 0;
  }
  if (validation.stopped) return validation;
  std::vector<Outcome> outcomes;
  for (size_t p = 0; p < pieces; ++p) {
    const Outcome* piece = received.data() + (p % ranks) * sent.size() + (p / ranks) * kPiece;
    outcomes.insert(outcomes.end(), piece, piece + std::min(kPiece, source.size() - p * kPiece));
  }
  validation.figures = figures_of(outcomes, model.classes());
  return validation;
}

}  // namespace stapes::training
