#pragma once
#include <string>

#include "toolkit/base/files.h"

namespace stapes::reporting {

// Runs gnuplot on `commands`, to which the terminal and the output file are prepended; the picture
// appears under its name only when it is complete. $STAPES_GNUPLOT names another program.
void run_gnuplot(const std::string& commands, int width, int height, const Path& file);

// `text` as a gnuplot string constant; control characters become spaces.
std::string quoted(const std::string& text);

}  // namespace stapes::reporting
