#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "device/graph/schema.h"

namespace stapes {

// A bounds-checked reader of FlatBuffers (https://flatbuffers.dev/internals) for bytes that nobody
// has vouched for. Every read is checked against the end of the file each time, so that nothing
// outside the file is ever read, whatever it contains. A read that fails gives zero, an empty
// vector or an absent table, and is remembered in FlatBuffer::intact(), which the caller asks once
// after having read everything that it will use.
class FlatBuffer {
 public:
  FlatBuffer() = default;
  FlatBuffer(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  bool intact() const { return intact_; }

  // True when `count` bytes from `position` on lie in the file; otherwise the file isn't intact.
  bool contains(size_t position, size_t count) const {
    if (position <= size_ && count <= size_ - position) return true;
    intact_ = false;
    return false;
  }
  void mark_broken() const { intact_ = false; }

  template <typename T>
  T read(size_t position) const {
    T value{};
    if (contains(position, sizeof(T))) std::memcpy(&value, data_ + position, sizeof(T));
    return value;
  }
  // Position that the 32-bit offset stored at `position` points to; 0 when it leaves the file.
  size_t follow(size_t position) const {
    const size_t target = position + read<uint32_t>(position);
    return contains(target, 4) ? target : 0;
  }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  mutable bool intact_ = true;
};

// A vector of scalars. Elements need not be aligned in memory: operator[] copies them out.
template <typename T>
class FlatVector {
 public:
  FlatVector() = default;
  FlatVector(const FlatBuffer* file, size_t position);

  int32_t size() const { return size_; }
  const uint8_t* bytes() const { return bytes_; }
  T operator[](int32_t index) const {  // zero outside the vector
    T value{};
    if (index >= 0 && index < size_) {
      std::memcpy(&value, bytes_ + static_cast<size_t>(index) * sizeof(T), sizeof(T));
    }
    return value;
  }

 private:
  const uint8_t* bytes_ = nullptr;
  int32_t size_ = 0;
};

class FlatTableVector;

// A table; an absent one (present() == false) gives the default for every field.
class FlatTable {
 public:
  FlatTable() = default;
  FlatTable(const FlatBuffer* file, size_t position);

  bool present() const { return file_ != nullptr; }

  template <typename T>
  T scalar(int32_t field, T otherwise) const {
    const size_t position = locate(field, sizeof(T));
    return position == 0 || file_ == nullptr ? otherwise : file_->read<T>(position);
  }
  bool boolean(int32_t field, bool otherwise = false) const {
    return scalar<uint8_t>(field, otherwise ? 1 : 0) != 0;
  }
  FlatTable table(int32_t field) const;
  FlatTableVector tables(int32_t field) const;
  template <typename T>
  FlatVector<T> vector(int32_t field) const {
    const size_t position = locate(field, 4);
    return position == 0 ? FlatVector<T>() : FlatVector<T>(file_, file_->follow(position));
  }

 private:
  size_t locate(int32_t field, size_t bytes) const;  // 0: not stored

  const FlatBuffer* file_ = nullptr;
  size_t position_ = 0;
  size_t vtable_ = 0;
  size_t vtable_size_ = 0;
  size_t table_size_ = 0;
};

// A vector of tables.
class FlatTableVector {
 public:
  FlatTableVector() = default;
  FlatTableVector(const FlatBuffer* file, size_t position);

  int32_t size() const { return size_; }
  FlatTable operator[](int32_t index) const;  // absent outside the vector

 private:
  const FlatBuffer* file_ = nullptr;
  size_t position_ = 0;  // of the first offset
  int32_t size_ = 0;
};

template <typename T>
FlatVector<T>::FlatVector(const FlatBuffer* file, size_t position) {
  if (position == 0) return;
  const uint32_t count = file->read<uint32_t>(position);
  if (count > file->size() / sizeof(T) || !file->contains(position + 4, count * sizeof(T))) {
    file->mark_broken();
    return;
  }
  bytes_ = file->data() + position + 4;
  size_ = static_cast<int32_t>(count);
}

}  // namespace stapes
