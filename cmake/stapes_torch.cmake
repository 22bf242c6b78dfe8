find_package(Torch REQUIRED)

# stapes_torch_sources(target FILES...): these sources of the target include torch, and the target
# links it. The others do not see torch's headers: a libtorch that did not come from Debian brings its
# own fmt, protobuf and more in the same folder, of other versions than those that we link.
function(stapes_torch_sources target)
  set(folders ${TORCH_INCLUDE_DIRS})
  list(REMOVE_ITEM folders ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
  list(TRANSFORM folders PREPEND -isystem)
  set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS ${folders} ${TORCH_CXX_FLAGS})
  foreach(library IN LISTS TORCH_LIBRARIES)
    target_link_libraries(${target} PRIVATE "$<LINK_ONLY:${library}>")
  endforeach()
endfunction()
