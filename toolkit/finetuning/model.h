#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "toolkit/finetuning/student.h"

namespace stapes::finetuning {

// Some examples of a batch, computed together on one thread.
struct Examples {
  std::span<const float> features;  // [count, values of one input]
  std::span<const int32_t> labels;  // [count]
  std::span<const float> weights;   // [count], class weights; only the labels' share has them
  size_t batch_size = 0;            // of the whole batch
  float label_weight = 0;
};

struct Sums {
  double loss = 0;     // of the batch: sums over its parts add up to it
  int64_t agreed = 0;  // examples that the int8 model decides as the float model
};

// The float model that is imitated (the student's initial parameters), and the gradient of how far
// the int8 model is from it:
//
//   loss = mean over the batch of (1 - label_weight) * KL(float's scores || int8's scores)
//                               + label_weight * weight * cross entropy(int8's scores, label)
//
// int8's scores are the softmax of the logits that the int8 model computes. Thread-safe; computes
// on the calling thread alone, so that the result does not depend on the number of threads.
class Model {
 public:
  explicit Model(const Student& student);

  // `gradient` has layout().size() values. `quantized` is student.quantized(parameters).
  Sums gradient(std::span<const float> parameters, const quantization::QuantizedGraph& quantized,
                const Examples& examples, std::span<float> gradient) const;

  // int8 logits [count, classes] as that pass sees them, dequantized.
  std::vector<float> logits(std::span<const float> parameters,
                            const quantization::QuantizedGraph& quantized,
                            std::span<const float> features, size_t count) const;

 private:
  const Student& student_;
  std::vector<float> float_parameters_;
};

}  // namespace stapes::finetuning
