#pragma once

namespace stapes::training {

// From now on torch and BLAS compute on the calling thread alone. Shards run beside each other,
// each on one thread; threads inside an operator would only fight for the same cores, and would
// make sums depend on their number. Cheap when called again.
void compute_on_this_thread_alone();

}  // namespace stapes::training
