# Puts a folder's files into a target as read-only data, through the assembler: no megabytes of hexadecimal for the compiler
# to parse. The list is made at build time, since a bundler names its files by their content; a folder that is not there
# gives an empty list.
#   assay_embed(assay_server FUNCTION assay::server::studio_files FOLDER ${PROJECT_SOURCE_DIR}/studio/dist)
# The function is declared by hand in "assay/<room>/embedded.h".
enable_language(ASM)
function(assay_embed target)
  cmake_parse_arguments(arg "" "FUNCTION;FOLDER" "" ${ARGN})
  string(REPLACE "::" "_" symbol ${arg_FUNCTION})
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${symbol})
  file(GLOB_RECURSE held CONFIGURE_DEPENDS ${arg_FOLDER}/*)
  add_custom_command(OUTPUT ${made}.S ${made}.cc
    COMMAND ${CMAKE_COMMAND} -DFUNCTION=${arg_FUNCTION} -DFOLDER=${arg_FOLDER} -DMADE=${made} -P ${PROJECT_SOURCE_DIR}/cmake/EmbedFolder.cmake
    DEPENDS ${held} ${PROJECT_SOURCE_DIR}/cmake/EmbedFolder.cmake ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${symbol}.list VERBATIM)
  # The list of names is a dependency too: a file that went must leave the binary.
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${symbol}.list CONTENT "${held}\n")
  set_source_files_properties(${made}.S PROPERTIES OBJECT_DEPENDS "${held}")
  target_sources(${target} PRIVATE ${made}.S ${made}.cc)
endfunction()
