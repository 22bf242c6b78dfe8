// The dictionary in the metadata entry "SL_PARAMSv1": parameters.fbs and docs/formats.md.
#include <flatbuffers/flatbuffers.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <parameters_generated.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "toolkit/base/error.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/parameters.h"

namespace stapes::graph {
namespace {

namespace stored = parameters_format;
using flatbuffers::Offset;

// The shortest decimal that reads back as the same float, so that a stored 0.4F is 0.4 and not
// 0.4000000059604645.
double widen(float value) {
  if (!std::isfinite(value)) return static_cast<double>(value);
  return std::strtod(fmt::format("{}", value).c_str(), nullptr);
}

template <typename Table>
auto scalar(const stored::Entry& entry) {
  return static_cast<const Table*>(entry.value())->value();
}

template <typename To, typename Table>
std::vector<To> list(const stored::Entry& entry) {
  std::vector<To> values;
  const auto* items = static_cast<const Table*>(entry.value())->value();
  if (items == nullptr) return values;
  for (const auto item : *items) {
    if constexpr (std::is_same_v<To, std::string>) {
      values.push_back(item->str());
    } else if constexpr (std::is_same_v<To, double>) {
      values.push_back(widen(item));
    } else {
      values.push_back(item);
    }
  }
  return values;
}

ParameterValue read_value(const stored::Entry& entry, const std::string& key) {
  switch (entry.value_type()) {
    case stored::Value::Boolean:
      return scalar<stored::Boolean>(entry);
    case stored::Value::Int8:
      return int64_t{scalar<stored::Int8>(entry)};
    case stored::Value::Uint8:
      return int64_t{scalar<stored::Uint8>(entry)};
    case stored::Value::Int16:
      return int64_t{scalar<stored::Int16>(entry)};
    case stored::Value::Uint16:
      return int64_t{scalar<stored::Uint16>(entry)};
    case stored::Value::Int32:
      return int64_t{scalar<stored::Int32>(entry)};
    case stored::Value::Uint32:
      return int64_t{scalar<stored::Uint32>(entry)};
    case stored::Value::Int64:
      return scalar<stored::Int64>(entry);
    case stored::Value::Uint64: {
      const uint64_t value = scalar<stored::Uint64>(entry);
      if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return static_cast<int64_t>(value);
      }
      throw Error("cannot read parameters", key, fmt::format("{} is too large", value));
    }
    case stored::Value::Float32:
      return widen(scalar<stored::Float32>(entry));
    case stored::Value::Float64:
      return scalar<stored::Float64>(entry);
    case stored::Value::Text: {
      const auto* text = scalar<stored::Text>(entry);
      return text == nullptr ? std::string() : text->str();
    }
    case stored::Value::TextList:
      return list<std::string, stored::TextList>(entry);
    case stored::Value::Int32List:
      return list<int64_t, stored::Int32List>(entry);
    case stored::Value::Float32List:
      return list<double, stored::Float32List>(entry);
    case stored::Value::Binary:
      return list<uint8_t, stored::Binary>(entry);
    case stored::Value::NONE:
      break;
  }
  throw Error("cannot read parameters", key, "its value is of an unknown type");
}

using Builder = flatbuffers::FlatBufferBuilder;
using Union = std::pair<stored::Value, Offset<void>>;

template <typename T>
bool fits(int64_t value) {
  return value >= static_cast<int64_t>(std::numeric_limits<T>::min()) &&
         value <= static_cast<int64_t>(std::numeric_limits<T>::max());
}

// The smallest type that holds it, unsigned from 0 up.
Union write_integer(Builder& b, int64_t v) {
  using Value = stored::Value;
  if (fits<uint8_t>(v))
    return {Value::Uint8, stored::CreateUint8(b, static_cast<uint8_t>(v)).Union()};
  if (fits<uint16_t>(v))
    return {Value::Uint16, stored::CreateUint16(b, static_cast<uint16_t>(v)).Union()};
  if (fits<uint32_t>(v))
    return {Value::Uint32, stored::CreateUint32(b, static_cast<uint32_t>(v)).Union()};
  if (v >= 0) return {Value::Uint64, stored::CreateUint64(b, static_cast<uint64_t>(v)).Union()};
  if (fits<int8_t>(v)) return {Value::Int8, stored::CreateInt8(b, static_cast<int8_t>(v)).Union()};
  if (fits<int16_t>(v))
    return {Value::Int16, stored::CreateInt16(b, static_cast<int16_t>(v)).Union()};
  if (fits<int32_t>(v))
    return {Value::Int32, stored::CreateInt32(b, static_cast<int32_t>(v)).Union()};
  return {Value::Int64, stored::CreateInt64(b, v).Union()};
}

// A float where it is a normal one above 0, as MLTK decides: 0.0 and negative numbers are doubles.
Union write_number(Builder& b, double v) {
  if (v >= 1.175494351e-38 && v <= 3.402823466e38) {
    return {stored::Value::Float32, stored::CreateFloat32(b, static_cast<float>(v)).Union()};
  }
  return {stored::Value::Float64, stored::CreateFloat64(b, v).Union()};
}

struct Writer {
  Builder& b;
  const std::string& key;

  Union operator()(bool v) const {
    return {stored::Value::Boolean, stored::CreateBoolean(b, v).Union()};
  }
  Union operator()(int64_t v) const { return write_integer(b, v); }
  Union operator()(double v) const { return write_number(b, v); }
  Union operator()(const std::string& v) const {
    return {stored::Value::Text, stored::CreateText(b, b.CreateString(v)).Union()};
  }
  Union operator()(const std::vector<std::string>& v) const {
    return {stored::Value::TextList, stored::CreateTextList(b, b.CreateVectorOfStrings(v)).Union()};
  }
  Union operator()(const std::vector<int64_t>& v) const {
    if (v.empty()) return (*this)(std::vector<std::string>());  // the format's empty list
    std::vector<int32_t> values;
    for (const int64_t item : v) {
      if (!fits<int32_t>(item)) {
        throw Error("cannot store parameters", key,
                    fmt::format("{} does not fit in the 32 bits of a list's element", item));
      }
      values.push_back(static_cast<int32_t>(item));
    }
    return {stored::Value::Int32List, stored::CreateInt32List(b, b.CreateVector(values)).Union()};
  }
  Union operator()(const std::vector<double>& v) const {
    if (v.empty()) return (*this)(std::vector<std::string>());
    std::vector<float> values;
    values.reserve(v.size());
    for (const double item : v) values.push_back(static_cast<float>(item));
    return {stored::Value::Float32List,
            stored::CreateFloat32List(b, b.CreateVector(values)).Union()};
  }
  Union operator()(const Bytes& v) const {
    return {stored::Value::Binary, stored::CreateBinary(b, b.CreateVector(v)).Union()};
  }
};

Bytes encode(const Parameters& parameters) {
  Builder builder;
  std::vector<Offset<stored::Entry>> entries;
  for (const auto& [key, value] : parameters.entries()) {
    const auto [type, table] = std::visit(Writer{builder, key}, value);
    entries.push_back(stored::CreateEntry(builder, builder.CreateString(key), type, table));
  }
  builder.Finish(stored::CreateDictionary(builder, 1, builder.CreateVector(entries)));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

std::string date_text(std::optional<int64_t> seconds) {
  using std::chrono::milliseconds;
  milliseconds time{};
  if (!seconds) {
    const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
    if (epoch != nullptr && *epoch != '\0') seconds = std::strtoll(epoch, nullptr, 10);
  }
  if (seconds) {
    time = std::chrono::seconds(*seconds);
  } else {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    time = std::chrono::duration_cast<milliseconds>(now);
  }
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(whole.count())), (time - whole).count());
}

// What the runtime needs for the model, where it can run it.
std::optional<int64_t> memory_size(const Graph& graph) {
  try {
    return static_cast<int64_t>(Executor(graph).arena_bytes());
  } catch (const Error&) {
    return std::nullopt;  // an operator that only other people's runtimes have
  }
}

}  // namespace

Parameters read_parameters(const Graph& graph) {
  Parameters parameters;
  const auto place = graph.metadata.find(kParametersMetadata);
  if (place == graph.metadata.end() || place->second.empty()) return parameters;
  const Bytes& bytes = place->second;
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<stored::Dictionary>(nullptr)) {
    throw Error("cannot read parameters", kParametersMetadata, "the dictionary is damaged",
                "set the parameters anew");
  }
  const auto* entries = stored::GetDictionary(bytes.data())->entries();
  if (entries == nullptr) return parameters;
  for (const stored::Entry* entry : *entries) {
    if (entry->key() == nullptr || entry->value() == nullptr) continue;
    const std::string key = entry->key()->str();
    parameters.set(key, read_value(*entry, key));
  }
  return parameters;
}

void store_parameters(Graph& graph, const Parameters& parameters, std::optional<int64_t> seconds) {
  Parameters all;
  const auto keep_or_add = [&](const std::string& key, ParameterValue value) {
    if (!parameters.contains(key)) all.set(key, std::move(value));
  };
  keep_or_add("name", std::string("model"));
  keep_or_add("version", int64_t{1});
  keep_or_add("hash", std::string());
  keep_or_add("date", std::string());
  const std::optional<int64_t> memory = memory_size(graph);
  if (memory) keep_or_add("runtime_memory_size", *memory);
  for (const auto& [key, value] : parameters.entries()) all.set(key, value);
  if (memory) all.set("runtime_memory_size", *memory);
  all.set("hash", std::string());
  all.set("date", std::string());
  all.set("hash", md5(encode(all)));
  all.set("date", date_text(seconds));
  graph.metadata[kParametersMetadata] = encode(all);
}

}  // namespace stapes::graph
