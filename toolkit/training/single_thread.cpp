#include "toolkit/training/single_thread.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

namespace stapes::training {

void compute_on_this_thread_alone() {
  thread_local const bool done = [] {
    at::set_num_threads(1);
    return true;
  }();
  static const bool blas_done = [] {
    using SetThreads = void (*)(int);
    if (void* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) {
      reinterpret_cast<SetThreads>(symbol)(1);
    }
    return true;
  }();
  (void)done;
  (void)blas_done;
}

}  // namespace stapes::training
