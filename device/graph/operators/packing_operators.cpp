#include "device/graph/operator_table.h"
#include "device/graph/operators/operators.h"
#if defined(__x86_64__)
#include "device/kernels/kernels.h"
#include "device/kernels/x86/packed_convolutions.h"
#endif

// CONV_2D and DEPTHWISE_CONV_2D as integer_operators() binds them, with what the kernels read of
// filter and bias packed by prepare(), behind the parameters.
namespace stapes {

#if defined(__x86_64__)
namespace {

using Parameters = reference::Conv2DParameters;

struct PreparedPacked {
  Parameters parameters;
  const void* packed;  // null: this one has no packed form
};

using PackedBytes = size_t(const Parameters&);
using Pack = void(const Parameters&, const int8_t*, const int32_t*, void*);

template <const OperatorKernel* kUnpacked, PackedBytes* kBytes, Pack* kPack>
Status prepare(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(kUnpacked->prepare(context));
  const auto parameters = *static_cast<const Parameters*>(context.prepared());
  auto* prepared = context.allocate_prepared<PreparedPacked>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->parameters = parameters;
  prepared->packed = nullptr;
  const size_t bytes = kBytes(parameters);
  const TensorView bias = context.input(2);
  const bool is_constant = !bias.present() || bias.data != nullptr;
  if (bytes == 0 || bytes > Model::kMaximumTensorBytes || !is_constant) return Status::success();
  auto* packed = context.allocate<uint8_t>(static_cast<int32_t>(bytes));
  if (packed == nullptr) return context.out_of_memory();
  kPack(parameters, context.input(1).constant<int8_t>(),
        bias.present() ? bias.constant<int32_t>() : nullptr, packed);
  prepared->packed = packed;
  return Status::success();
}

Status evaluate_conv(const EvaluateContext& context) {
  const auto& prepared = context.prepared<PreparedPacked>();
  if (prepared.packed != nullptr) {
    x86::packed_conv_2d(prepared.parameters, context.input<int8_t>(0), prepared.packed,
                        context.output<int8_t>(0));
  } else {
    kernels::conv_2d(prepared.parameters, context.input<int8_t>(0), context.input<int8_t>(1),
                     context.input<int32_t>(2), context.output<int8_t>(0));
  }
  return Status::success();
}

Status evaluate_depthwise(const EvaluateContext& context) {
  const auto& prepared = context.prepared<PreparedPacked>();
  if (prepared.packed != nullptr) {
    x86::packed_depthwise_conv_2d(prepared.parameters, context.input<int8_t>(0), prepared.packed,
                                  context.output<int8_t>(0));
  } else {
    kernels::depthwise_conv_2d(prepared.parameters, context.input<int8_t>(0),
                               context.input<int8_t>(1), context.input<int32_t>(2),
                               context.output<int8_t>(0));
  }
  return Status::success();
}

const OperatorKernel kPackedConv2D = {
    OperatorCode::kConv2D, TensorType::kInt8,
    prepare<&kConv2DInt8, x86::packed_bytes_of_conv_2d, x86::pack_conv_2d>, evaluate_conv};
const OperatorKernel kPackedDepthwiseConv2D = {
    OperatorCode::kDepthwiseConv2D, TensorType::kInt8,
    prepare<&kDepthwiseConv2DInt8, x86::packed_bytes_of_depthwise_conv_2d,
            x86::pack_depthwise_conv_2d>,
    evaluate_depthwise};

const OperatorKernel* const kOperators[] = {&kPackedConv2D, &kPackedDepthwiseConv2D};

}  // namespace

OperatorTable packing_operators() {
  OperatorTable table = make_table(kOperators);
  table.rest = all_operators;
  return table;
}
#else
OperatorTable packing_operators() { return all_operators(); }
#endif

}  // namespace stapes
