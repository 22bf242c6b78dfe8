#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::graph {

// The model's parameters: labels, front-end settings, detector settings. They travel in the
// .tflite metadata entry "SL_PARAMSv1" (a flatbuffer dictionary; docs/formats.md), so that models
// can be exchanged with Silicon Labs' MLTK.
using ParameterValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>,
                                    std::vector<int64_t>, std::vector<double>, Bytes>;

// In stored order.
class Parameters {
 public:
  bool contains(const std::string& key) const;
  const ParameterValue* find(const std::string& key) const;
  void set(const std::string& key, ParameterValue value);  // replaces or appends
  bool erase(const std::string& key);

  // Typed access; numbers convert between int64_t, double and bool. Throws Error naming the key
  // when it is missing or has another kind of value.
  int64_t integer(const std::string& key) const;
  double number(const std::string& key) const;
  bool boolean(const std::string& key) const;
  std::string text(const std::string& key) const;
  std::vector<std::string> text_list(const std::string& key) const;
  // The same with a default for a missing key.
  int64_t integer(const std::string& key, int64_t otherwise) const;
  double number(const std::string& key, double otherwise) const;
  bool boolean(const std::string& key, bool otherwise) const;

  const std::vector<std::pair<std::string, ParameterValue>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, ParameterValue>> entries_;
};

inline constexpr const char* kParametersMetadata = "SL_PARAMSv1";

Parameters read_parameters(const Graph& graph);  // empty when the model has none

// Stores the parameters and adds what the format wants beside them where it is missing: name,
// version, hash (MD5 of the dictionary with empty hash and date), date, runtime_memory_size (the
// arena of our own runtime; left as it is for models that it cannot run). `classes` is the
// caller's. Numbers get the smallest type that holds them, as docs/formats.md says, so a stored
// double above 1.2e-38 has the precision of a float.
//
// `seconds` is the date, since 1970; without it $SOURCE_DATE_EPOCH, without that the clock.
void store_parameters(Graph& graph, const Parameters& parameters,
                      std::optional<int64_t> seconds = std::nullopt);

// What a person types: an integer, else a number, else true or false, else text; [a,b] is a list of
// integers, of numbers or of texts.
ParameterValue parse_parameter(const std::string& text);
std::string to_text(const ParameterValue& value);

}  // namespace stapes::graph
