#include "device/graph/operator_table.h"
#include "device/graph/operators/operators.h"

namespace stapes {
namespace {

// Integer operators first: integer_operators() is the table up to kIntegerOperators.
const OperatorKernel* const kOperators[] = {
    &kReshape, &kSqueeze, &kExpandDims,
    // float32 operators from here on
};
constexpr int32_t kIntegerOperators = 3;

}  // namespace

OperatorTable all_operators() { return make_table(kOperators); }
OperatorTable integer_operators() { return {kOperators, kIntegerOperators}; }

}  // namespace stapes
