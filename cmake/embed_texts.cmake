# cmake -DROOT=… -DFILES="a;b" -DOUTPUT=… -P embed_texts.cmake: writes a C++ source with the texts of
# the files, as an array of {path from ROOT, text}.
set(entries "")
foreach(file IN LISTS FILES)
  file(READ ${ROOT}/${file} text)
  string(APPEND entries "    {\"${file}\", R\"embedded(${text})embedded\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by cmake/embed_texts.cmake.
#include \"toolkit/codegen/kernel_sources.h\"
namespace stapes::codegen {
namespace {
const EmbeddedFile kFiles[] = {
${entries}};
}  // namespace
std::span<const EmbeddedFile> embedded_kernels() { return kFiles; }
}  // namespace stapes::codegen
")
