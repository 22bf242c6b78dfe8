#pragma once
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace stapes::codegen {

// The files of device/kernels/, and of the rooms that a spotter consists of, which are part of this
// program so that it can hand out those that a compiled model needs.
struct EmbeddedFile {
  std::string_view path;  // "device/kernels/reference/conv_2d.h"
  std::string_view text;
};
std::span<const EmbeddedFile> embedded_kernels();

// From names below kernels/ ("reference/conv_2d") and the functions that are called
// ("kernels::conv_2d") to the files that they need, with the implementations behind every header
// that they include: path below the output folder ("kernels/reference/conv_2d.cpp") -> text. Of
// kernels/kernels.h, which chooses the fastest kernel for the processor, what concerns others is
// left out, the kernels for PCs too. `headers` are further ones that are needed
// ("device/spotter/spotter.h"). The namespace `stapes` becomes `name_space`, so that several
// models, and the interpreter, can be linked into one program.
std::map<std::string, std::string> kernel_sources(const std::set<std::string>& kernels,
                                                  const std::set<std::string>& functions,
                                                  const std::set<std::string>& headers,
                                                  const std::string& name_space);

}  // namespace stapes::codegen
