#pragma once
#include <string>

#include "device/frontend/settings.h"
#include "toolkit/base/files.h"

namespace stapes {

// Sets one setting by its name in the reference toolkit, "fe.window_size_ms" or without "fe.".
// Switches are 0, 1, true or false (in any case). `where` is for messages. Throws Error naming the
// nearest key if there is none of that name, and if the value is not of the setting's type.
// fe.fft_length follows from the other settings and is passed over.
void set_front_end_parameter(FrontEndSettings& settings, const std::string& key,
                             const std::string& value, const std::string& where);

// A text file with one "fe.key value" (or "fe.key=value") a line; empty lines, lines that start
// with '#' and keys that do not start with "fe." are passed over.
void read_front_end_parameters(FrontEndSettings& settings, const Path& file);

}  // namespace stapes
