#pragma once
#include <cstddef>
#include <functional>

namespace stapes {

// Calls body(i) for i = 0 … count-1 on `threads` threads (0: as many as the machine has cores).
// Which thread gets which i is not fixed, so body(i) must write only what belongs to i; then the
// result is the same for any number of threads. The first exception is thrown again in the
// caller, after all threads have stopped.
void parallel_for(size_t count, int threads, const std::function<void(size_t)>& body);

int available_cores();

}  // namespace stapes
