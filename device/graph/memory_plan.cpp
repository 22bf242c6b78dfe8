#include "device/graph/memory_plan.h"

#include <initializer_list>

#include "device/graph/arena.h"

namespace stapes {
namespace {

// Values of MemoryBlock::next: placed blocks form a list in the order of their offsets.
constexpr int16_t kEnd = -1;
constexpr int16_t kUnplaced = -2;

bool takes_memory(const MemoryBlock& block) { return block.bytes > 0 && block.alias < 0; }

bool live_together(const MemoryBlock& a, const MemoryBlock& b) {
  return a.first <= b.last && b.first <= a.last;
}

uint64_t aligned_bytes(const MemoryBlock& block) {
  return (uint64_t{block.bytes} + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
}

// Orders in which blocks are placed. None is best for all graphs, so each is tried.
enum class Order { kSize, kSizeTimesLife, kLife };

uint64_t priority(const MemoryBlock& block, Order order) {
  const auto life = static_cast<uint64_t>(block.last) - static_cast<uint64_t>(block.first) + 1;
  switch (order) {
    case Order::kSize:
      return (uint64_t{block.bytes} << 16) + life;
    case Order::kSizeTimesLife:
      return uint64_t{block.bytes} * life;
    default:
      return (life << 32) + block.bytes;
  }
}

// The unplaced block of highest priority, the first of equals so that a plan is reproducible; kEnd
// when none is left.
int16_t next_to_place(const MemoryBlock* blocks, int32_t count, Order order) {
  int16_t best = kEnd;
  for (int32_t i = 0; i < count; ++i) {
    if (takes_memory(blocks[i]) && blocks[i].next == kUnplaced &&
        (best < 0 || priority(blocks[i], order) > priority(blocks[best], order))) {
      best = static_cast<int16_t>(i);
    }
  }
  return best;
}

// Lowest offset from which on `block` overlaps none of the placed blocks that live with it.
uint64_t lowest_gap(const MemoryBlock* blocks, int16_t head, const MemoryBlock& block) {
  uint64_t offset = 0;
  for (int16_t i = head; i != kEnd; i = blocks[i].next) {
    const MemoryBlock& placed = blocks[i];
    if (!live_together(placed, block)) continue;
    if (offset + aligned_bytes(block) <= placed.offset) break;
    const uint64_t end = placed.offset + aligned_bytes(placed);
    if (end > offset) offset = end;
  }
  return offset;
}

void insert_by_offset(MemoryBlock* blocks, int16_t* head, int16_t inserted) {
  int16_t* link = head;
  while (*link != kEnd && blocks[*link].offset <= blocks[inserted].offset) {
    link = &blocks[*link].next;
  }
  blocks[inserted].next = *link;
  *link = inserted;
}

// Places every block; returns the end of the last one, or UINT64_MAX when offsets don't fit.
uint64_t place_in_order(MemoryBlock* blocks, int32_t count, Order order) {
  for (int32_t i = 0; i < count; ++i) blocks[i].next = kUnplaced;
  int16_t head = kEnd;
  uint64_t total = 0;
  while (true) {
    const int16_t i = next_to_place(blocks, count, order);
    if (i == kEnd) return total;
    const uint64_t offset = lowest_gap(blocks, head, blocks[i]);
    const uint64_t end = offset + aligned_bytes(blocks[i]);
    if (end > UINT32_MAX) return UINT64_MAX;
    blocks[i].offset = static_cast<uint32_t>(offset);
    insert_by_offset(blocks, &head, i);
    if (end > total) total = end;
  }
}

}  // namespace

uint64_t live_memory(const MemoryBlock* blocks, int32_t count, int32_t step) {
  uint64_t live = 0;
  for (int32_t i = 0; i < count; ++i) {
    const MemoryBlock& block = blocks[i];
    if (takes_memory(block) && block.first <= step && step <= block.last) {
      live += aligned_bytes(block);
    }
  }
  return live;
}

uint64_t memory_lower_bound(const MemoryBlock* blocks, int32_t count, int32_t steps) {
  uint64_t bound = 0;
  for (int32_t step = 0; step < steps; ++step) {
    const uint64_t live = live_memory(blocks, count, step);
    if (live > bound) bound = live;
  }
  return bound;
}

uint64_t assign_offsets(MemoryBlock* blocks, int32_t count) {
  Order best = Order::kSize;
  uint64_t smallest = UINT64_MAX;
  for (const Order order : {Order::kSize, Order::kSizeTimesLife, Order::kLife}) {
    const uint64_t total = place_in_order(blocks, count, order);
    if (total < smallest) {
      smallest = total;
      best = order;
    }
  }
  if (smallest == UINT64_MAX) return smallest;
  place_in_order(blocks, count, best);
  for (int32_t i = 0; i < count; ++i) {
    blocks[i].offset = blocks[memory_owner(blocks, static_cast<int16_t>(i))].offset;
  }
  return smallest;
}

void share_memory(MemoryBlock* blocks, int16_t block, int16_t predecessor) {
  const int16_t owner = memory_owner(blocks, predecessor);
  blocks[block].alias = owner;
  if (blocks[block].last > blocks[owner].last) blocks[owner].last = blocks[block].last;
}

int16_t memory_owner(const MemoryBlock* blocks, int16_t block) {
  while (blocks[block].alias >= 0) block = blocks[block].alias;
  return block;
}

}  // namespace stapes
