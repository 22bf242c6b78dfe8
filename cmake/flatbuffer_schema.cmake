# stapes_flatbuffer_schema(target file.fbs): makes <name>_generated.h in the build folder with flatc
# and lets `target` include it as a system header (generated code is not held to our warnings).
find_program(STAPES_FLATC flatc REQUIRED)

function(stapes_flatbuffer_schema target schema)
  get_filename_component(name ${schema} NAME_WE)
  set(folder ${PROJECT_BINARY_DIR}/generated)
  set(header ${folder}/${name}_generated.h)
  add_custom_command(OUTPUT ${header}
                     COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
                     COMMAND ${STAPES_FLATC} --cpp --scoped-enums -o ${folder} ${schema}
                     DEPENDS ${schema} COMMENT "Schema ${name}.fbs" VERBATIM)
  # A target of its own, so that scripts/lint can make the headers without compiling anything.
  add_custom_target(stapes_${name}_schema DEPENDS ${header})
  add_dependencies(${target} stapes_${name}_schema)
  target_sources(${target} PRIVATE ${header})
  target_include_directories(${target} SYSTEM PRIVATE ${folder})
endfunction()
