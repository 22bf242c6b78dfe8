#include "device/graph/flatbuffer.h"

namespace stapes {

FlatTable::FlatTable(const FlatBuffer* file, size_t position) {
  if (position == 0 || !file->contains(position, 4)) return;
  const int64_t vtable = static_cast<int64_t>(position) - file->read<int32_t>(position);
  if (vtable < 0 || !file->contains(static_cast<size_t>(vtable), 4)) {
    file->mark_broken();
    return;
  }
  const size_t vtable_size = file->read<uint16_t>(static_cast<size_t>(vtable));
  const size_t table_size = file->read<uint16_t>(static_cast<size_t>(vtable) + 2);
  if (vtable_size < 4 || vtable_size % 2 != 0 || table_size < 4 ||
      !file->contains(static_cast<size_t>(vtable), vtable_size) ||
      !file->contains(position, table_size)) {
    file->mark_broken();
    return;
  }
  file_ = file;
  position_ = position;
  vtable_ = static_cast<size_t>(vtable);
  vtable_size_ = vtable_size;
  table_size_ = table_size;
}

size_t FlatTable::locate(int32_t field, size_t bytes) const {
  const size_t entry = 4 + 2 * static_cast<size_t>(field);
  if (file_ == nullptr || entry + 2 > vtable_size_) return 0;
  const size_t offset = file_->read<uint16_t>(vtable_ + entry);
  if (offset == 0) return 0;
  if (offset < 4 || offset + bytes > table_size_) {
    file_->mark_broken();
    return 0;
  }
  return position_ + offset;
}

FlatTable FlatTable::table(int32_t field) const {
  const size_t position = locate(field, 4);
  return position == 0 ? FlatTable() : FlatTable(file_, file_->follow(position));
}

FlatTableVector FlatTable::tables(int32_t field) const {
  const size_t position = locate(field, 4);
  return position == 0 ? FlatTableVector() : FlatTableVector(file_, file_->follow(position));
}

FlatTableVector::FlatTableVector(const FlatBuffer* file, size_t position) {
  if (position == 0) return;
  const uint32_t count = file->read<uint32_t>(position);
  if (count > file->size() / 4 || !file->contains(position + 4, size_t{count} * 4)) {
    file->mark_broken();
    return;
  }
  file_ = file;
  position_ = position + 4;
  size_ = static_cast<int32_t>(count);
}

FlatTable FlatTableVector::operator[](int32_t index) const {
  if (index < 0 || index >= size_) return {};
  return {file_, file_->follow(position_ + static_cast<size_t>(index) * 4)};
}

}  // namespace stapes
