#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace stapes::training {

// What validation measures.
struct Figures {
  double loss = 0;               // mean cross entropy, not weighted, labels not smoothed
  double accuracy = 0;           // fraction of examples
  double balanced_accuracy = 0;  // mean over the classes that occur of their fraction
};

// One example's outcome; floats, because that is what processes exchange.
struct Outcome {
  float label = 0;
  float predicted = 0;
  float loss = 0;
};

Outcome outcome_of(std::span<const float> logits, int label);
Figures figures_of(std::span<const Outcome> outcomes, size_t classes);

// One line of OUT/train/history.csv.
struct HistoryRow {
  int64_t epoch = 0;  // counts from 1
  int64_t step = 0;
  double learning_rate = 0;  // of the epoch's last step
  double loss = 0;           // as trained: with class weights and label smoothing
  double accuracy = 0;
  Figures validation;
  double clips_per_second = 0;
};

}  // namespace stapes::training
