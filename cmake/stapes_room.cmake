# One CMake target per room of the house, with the rooms and libraries it may know written out.
#
#   stapes_room(toolkit/graph PUBLIC device/graph toolkit/base PRIVATE flatbuffers)
#
# makes the static library stapes_toolkit_graph from every .cpp file of that folder (not of folders
# below it, unless FOLDERS names them). A name with a slash is a room; anything else is passed to
# the linker as it is. Headers are included by their path from the root of the project.

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# Sanitizers at -O1: half the time to build, and stack traces that can be read.
if(STAPES_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1")
else()
  set(CMAKE_CXX_FLAGS_RELEASE "-O2")
endif()

# Integer results must not depend on the compiler's freedom with floats: no contraction into fused
# multiply-adds anywhere, so that a float kernel gives the same bits on every machine.
add_library(stapes_flags INTERFACE)
target_compile_options(stapes_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow
                                              -ffp-contract=off)
if(STAPES_WARNINGS_AS_ERRORS)
  target_compile_options(stapes_flags INTERFACE -Werror)
endif()
target_include_directories(stapes_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
if(STAPES_SANITIZE)
  add_compile_options(-fsanitize=${STAPES_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -g)
  # With its own instrumentation in the way, GCC 12 believes that <regex> uses values uninitialized.
  target_compile_options(stapes_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${STAPES_SANITIZE})
endif()

function(stapes_target_name room result)
  string(REPLACE "/" "_" name "stapes_${room}")
  set(${result} ${name} PARENT_SCOPE)
endfunction()

function(stapes_link target scope)
  foreach(item IN LISTS ARGN)
    if(item MATCHES "^(device|toolkit)/")
      stapes_target_name(${item} name)
      target_link_libraries(${target} ${scope} ${name})
    else()
      target_link_libraries(${target} ${scope} ${item})
    endif()
  endforeach()
endfunction()

function(stapes_room room)
  cmake_parse_arguments(ROOM "" "" "PUBLIC;PRIVATE;FOLDERS" ${ARGN})
  stapes_target_name(${room} name)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/*.cpp)
  foreach(folder IN LISTS ROOM_FOLDERS)
    file(GLOB more CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/${folder}/*.cpp)
    list(APPEND sources ${more})
  endforeach()
  if(sources)
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(${name} PRIVATE stapes_flags)
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
    if(room MATCHES "^device/")
      target_compile_features(${name} PUBLIC cxx_std_17)
      target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti)
    else()
      target_compile_features(${name} PUBLIC cxx_std_20)
    endif()
    stapes_link(${name} PRIVATE ${ROOM_PRIVATE})
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  endif()
  stapes_link(${name} ${scope} ${ROOM_PUBLIC})
endfunction()

# stapes_test(toolkit/graph [LIBRARIES ...] [TIMEOUT seconds]): the GoogleTest program of tests/toolkit/graph,
# one ctest entry per test.
function(stapes_test room)
  cmake_parse_arguments(TEST "" "TIMEOUT" "LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" name "test_${room}")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${room}/*.cpp)
  if(NOT sources)
    return()
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  add_executable(${name} ${sources})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE stapes_flags stapes_test_support GTest::gtest_main)
  if(room MATCHES "^(device|toolkit)/")
    stapes_link(${name} PRIVATE ${room})
  endif()
  stapes_link(${name} PRIVATE ${TEST_LIBRARIES})
  gtest_discover_tests(${name} TEST_PREFIX "${room}: " DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${TEST_TIMEOUT})
endfunction()
