#include "device/spotter/metadata.h"

#include <cstring>

namespace stapes {
namespace {

namespace model_fields {
constexpr int32_t kBuffers = 4, kMetadata = 6;
}
namespace metadata_fields {
constexpr int32_t kName = 0, kBuffer = 1;
}
namespace entry_fields {
constexpr int32_t kKey = 0, kType = 1, kValue = 2;
}
constexpr int32_t kBufferData = 0;
constexpr int32_t kDictionaryEntries = 1;
constexpr int32_t kValueField = 0;

// Members of the union in the file's order.
enum StoredType : uint8_t {
  kBoolean = 1,
  kInt8,
  kUint8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kUint64,
  kFloat32,
  kFloat64,
  kText,
  kTextList,
  kInt32List,
};

bool equal(const FlatVector<uint8_t>& text, const char* prefix, const char* rest) {
  const size_t first = std::strlen(prefix);
  const size_t second = std::strlen(rest);
  return static_cast<size_t>(text.size()) == first + second && text.size() > 0 &&
         std::memcmp(text.bytes(), prefix, first) == 0 &&
         std::memcmp(text.bytes() + first, rest, second) == 0;
}

Metadata::Value integer(int64_t value) {
  Metadata::Value result;
  result.kind = Metadata::Kind::kInteger;
  result.integer = value;
  result.number = static_cast<double>(value);
  return result;
}

Metadata::Value number(double value) {
  Metadata::Value result;
  result.kind = Metadata::Kind::kNumber;
  result.number = value;
  return result;
}

Metadata::Value list(Metadata::Kind kind, int32_t size, const FlatTable& table) {
  Metadata::Value result;
  result.kind = kind;
  result.size = size;
  result.table = table;
  return result;
}

Metadata::Value read(uint8_t type, const FlatTable& table) {
  switch (type) {
    case kBoolean: {
      Metadata::Value result = integer(table.boolean(kValueField) ? 1 : 0);
      result.kind = Metadata::Kind::kBoolean;
      return result;
    }
    case kInt8:
      return integer(table.scalar<int8_t>(kValueField, 0));
    case kUint8:
      return integer(table.scalar<uint8_t>(kValueField, 0));
    case kInt16:
      return integer(table.scalar<int16_t>(kValueField, 0));
    case kUint16:
      return integer(table.scalar<uint16_t>(kValueField, 0));
    case kInt32:
      return integer(table.scalar<int32_t>(kValueField, 0));
    case kUint32:
      return integer(table.scalar<uint32_t>(kValueField, 0));
    case kInt64:
    case kUint64:  // what doesn't fit becomes negative, which no setting allows
      return integer(table.scalar<int64_t>(kValueField, 0));
    case kFloat32:
      return number(static_cast<double>(table.scalar<float>(kValueField, 0.0F)));
    case kFloat64:
      return number(table.scalar<double>(kValueField, 0.0));
    case kTextList:
      return list(Metadata::Kind::kTextList, table.vector<uint32_t>(kValueField).size(), table);
    case kInt32List:
      return list(Metadata::Kind::kIntegerList, table.vector<int32_t>(kValueField).size(), table);
    default:
      return list(type == kText ? Metadata::Kind::kText : Metadata::Kind::kOther, 0, table);
  }
}

}  // namespace

bool Metadata::open(const uint8_t* model, size_t size) {
  file_ = FlatBuffer(model, size);
  const FlatTable root(&file_, file_.follow(0));
  const FlatTableVector all = root.tables(model_fields::kMetadata);
  for (int32_t i = 0; i < all.size(); ++i) {
    if (!equal(all[i].vector<uint8_t>(metadata_fields::kName), "SL_PARAMS", "v1")) continue;
    const auto index = all[i].scalar<uint32_t>(metadata_fields::kBuffer, 0);
    const FlatTableVector buffers = root.tables(model_fields::kBuffers);
    if (index >= static_cast<uint32_t>(buffers.size())) return false;
    const auto bytes = buffers[static_cast<int32_t>(index)].vector<uint8_t>(kBufferData);
    if (bytes.size() < 8) return false;
    dictionary_ = FlatBuffer(bytes.bytes(), static_cast<size_t>(bytes.size()));
    const FlatTable dictionary(&dictionary_, dictionary_.follow(0));
    entries_ = dictionary.tables(kDictionaryEntries);
    return intact();
  }
  return false;
}

Metadata::Value Metadata::find(const char* prefix, const char* key) const {
  for (int32_t i = 0; i < entries_.size(); ++i) {
    const FlatTable entry = entries_[i];
    if (!equal(entry.vector<uint8_t>(entry_fields::kKey), prefix, key)) continue;
    return read(entry.scalar<uint8_t>(entry_fields::kType, 0), entry.table(entry_fields::kValue));
  }
  return Value();
}

int32_t Metadata::integer_at(const Value& list, int32_t index) const {
  return list.table.vector<int32_t>(kValueField)[index];
}

const char* Metadata::text_at(const Value& list, int32_t index) const {
  const auto offsets = list.table.vector<uint32_t>(kValueField);
  if (index < 0 || index >= offsets.size()) return nullptr;
  const uint8_t* const at = offsets.bytes() + static_cast<size_t>(index) * sizeof(uint32_t);
  const size_t position = dictionary_.follow(static_cast<size_t>(at - dictionary_.data()));
  const size_t length = position == 0 ? 0 : dictionary_.read<uint32_t>(position);
  if (position == 0 || length > dictionary_.size() ||
      !dictionary_.contains(position + 4, length + 1)) {
    return nullptr;
  }
  const auto* const text = reinterpret_cast<const char*>(dictionary_.data() + position + 4);
  return text[length] == '\0' ? text : nullptr;
}

}  // namespace stapes
