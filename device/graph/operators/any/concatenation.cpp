#include "device/graph/operators/checks.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/kernels/reference/chunks.h"

// CONCATENATION and SPLIT: the whole tensor on one side, its parts along an axis on the other.
namespace stapes {
namespace {

using Prepared = PreparedParts;

using Operand = TensorView (PrepareContext::*)(int32_t) const;

// Parts must have the whole's numbers, and its shape but for the axis, along which they add up.
Status prepare_parts(PrepareContext& context, const TensorView& whole, Operand part_of,
                     int32_t parts, int32_t axis) {
  const int32_t rank = whole.shape.rank;
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return context.failure("the axis doesn't exist", whole);
  auto* prepared = context.allocate_prepared<Prepared>();
  auto* part_bytes = context.allocate<size_t>(parts);
  if (prepared == nullptr || part_bytes == nullptr) return context.out_of_memory();
  prepared->parts = parts;
  prepared->part_bytes = part_bytes;
  prepared->chunks = 1;
  for (int32_t i = 0; i < axis; ++i) prepared->chunks *= whole.shape[i];
  prepared->whole_step = whole.bytes / static_cast<size_t>(prepared->chunks);
  int64_t extent = 0;
  for (int32_t i = 0; i < parts; ++i) {
    const TensorView part = (context.*part_of)(i);
    if (!part.present()) return context.failure("a part is missing");
    STAPES_RETURN_IF_ERROR(expect_same_numbers(context, whole, part));
    STAPES_RETURN_IF_ERROR(expect_rank(context, part, rank));
    Shape expected = whole.shape;
    expected.dimensions[axis] = part.shape[axis];
    STAPES_RETURN_IF_ERROR(expect_shape(context, part, expected));
    part_bytes[i] = part.bytes / static_cast<size_t>(prepared->chunks);
    extent += part.shape[axis];
  }
  if (extent == whole.shape[axis]) return Status::success();
  return context.failure("the parts don't add up to the whole", whole);
}

Status prepare_concatenation(PrepareContext& context) {
  if (context.inputs() < 1 || context.outputs() != 1) {
    return context.failure("CONCATENATION hasn't inputs and one output");
  }
  const FlatTable options = context.options(OptionsTag::kConcatenation);
  if (options.scalar<int8_t>(1, 0) != 0) {
    return context.failure("CONCATENATION has a fused activation");
  }
  return prepare_parts(context, context.output(0), &PrepareContext::input, context.inputs(),
                       options.scalar<int32_t>(0, 0));
}

Status evaluate_concatenation(const EvaluateContext& context) {
  const auto& prepared = context.prepared<Prepared>();
  auto* whole = context.output<uint8_t>(0);
  for (int32_t i = 0; i < prepared.parts; ++i) {
    const size_t bytes = prepared.part_bytes[i];
    reference::copy_chunks(context.input<void>(i), bytes, whole, prepared.whole_step, bytes,
                           prepared.chunks);
    whole += bytes;
  }
  return Status::success();
}

// Inputs: the axis, then the whole. The axis is the operator's first input, so its type is int32.
Status prepare_split(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 2, context.outputs()));
  IntegerList axis;
  STAPES_RETURN_IF_ERROR(read_integers(context, context.input(0), &axis));
  if (axis.count != 1 || context.outputs() < 1) {
    return context.failure("SPLIT hasn't one axis and outputs");
  }
  return prepare_parts(context, context.input(1), &PrepareContext::output, context.outputs(),
                       axis.values[0]);
}

Status evaluate_split(const EvaluateContext& context) {
  const auto& prepared = context.prepared<Prepared>();
  const auto* whole = context.input<uint8_t>(1);
  for (int32_t i = 0; i < prepared.parts; ++i) {
    const size_t bytes = prepared.part_bytes[i];
    reference::copy_chunks(whole, prepared.whole_step, context.output<void>(i), bytes, bytes,
                           prepared.chunks);
    whole += bytes;
  }
  return Status::success();
}

}  // namespace

const OperatorKernel kConcatenation = {OperatorCode::kConcatenation, TensorType::kInt8,
                                       prepare_concatenation, evaluate_concatenation, true};
const OperatorKernel kSplit = {OperatorCode::kSplit, TensorType::kInt32, prepare_split,
                               evaluate_split, true};

}  // namespace stapes
