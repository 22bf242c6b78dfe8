// Programs that must not link: each does one thing that device code never does. The test
// `firmware: forbidden` builds them and expects the linker to name what crept in.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#if defined(STAPES_FORBIDDEN_heap)
int main() { return *static_cast<volatile char*>(std::calloc(1, 16)); }
#elif defined(STAPES_FORBIDDEN_new)
int main() { return *const_cast<volatile int*>(new int[4]); }
#elif defined(STAPES_FORBIDDEN_stdio)
int main(int count, char**) { return std::printf("%d\n", count); }
#elif defined(STAPES_FORBIDDEN_constructor)
namespace {
volatile int32_t source = 3;
const int32_t made_at_start = source + 1;
}  // namespace
int main() { return made_at_start; }
#else  // so that the others fail for what they do and not for how they are built
int main() { return 0; }
#endif
