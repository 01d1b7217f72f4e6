# Messages of outside formats, compiled by Debian's protoc as a library of their own, without our warnings.
find_package(Protobuf 3.21 REQUIRED)

#   assay_protos(assay_tfmd FOLDER ${PROJECT_SOURCE_DIR}/proto PACKAGE tfmd)      #include "tfmd/schema.pb.h"
function(assay_protos name)
  cmake_parse_arguments(arg "" "FOLDER;PACKAGE" "" ${ARGN})
  file(GLOB protos CONFIGURE_DEPENDS ${arg_FOLDER}/${arg_PACKAGE}/*.proto)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/proto)
  foreach(proto ${protos})
    get_filename_component(stem ${proto} NAME_WE)
    set(made ${out}/${arg_PACKAGE}/${stem}.pb.cc ${out}/${arg_PACKAGE}/${stem}.pb.h)
    add_custom_command(OUTPUT ${made} COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
      COMMAND ${Protobuf_PROTOC_EXECUTABLE} -I${arg_FOLDER} --cpp_out=${out} ${proto} DEPENDS ${protos} VERBATIM)
    list(APPEND sources ${made})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf)
endfunction()
