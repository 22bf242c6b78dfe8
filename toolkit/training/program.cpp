#include "toolkit/training/program.h"

#include <fmt/format.h>
#include <malloc.h>

#include <cstdio>
#include <exception>
#include <new>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"

namespace stapes::training {

int run_program(int argc, char** argv, int (*run)(int argc, char** argv)) {
  // Each step allocates and frees the same tensors; giving their pages back to the system between
  // steps would cost a tenth of the time.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  catch_interrupts();
  try {
    return run(argc, argv);
  } catch (const UsageError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 2;
  } catch (const Interrupted&) {
    return 130;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error: out of memory\n");
    return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

}  // namespace stapes::training
