# Every outside library, found in one place. Debian packages come by find_package or pkg-config; the pyarrow wheel, which
# carries Arrow C++, lies in build/deps (tools/bootstrap); a build by pip alone finds it in the environment that pip made.
set(wheels ${PROJECT_SOURCE_DIR}/build/deps)
if(SKBUILD AND NOT EXISTS ${wheels}/pyarrow)
  find_package(Python 3.11 COMPONENTS Interpreter REQUIRED)
  execute_process(COMMAND ${Python_EXECUTABLE} -c "import pathlib, pyarrow; print(pathlib.Path(pyarrow.__file__).parent.parent)"
    OUTPUT_VARIABLE wheels OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()
set(ASSAY_DEPS ${wheels} CACHE PATH "where the wheels with C++ libraries lie")

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers only: Asio and Beast
find_package(TBB REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(Eigen3 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(libpq REQUIRED libpq)  # its header only

add_library(assay_soci INTERFACE)
target_link_libraries(assay_soci INTERFACE soci_core soci_sqlite3 sqlite3)
target_compile_options(assay_soci INTERFACE -fno-sanitize=vptr)  # SOCI keeps some type information to itself

# Arrow, Parquet and Compute out of the pyarrow wheel: its shared libraries carry a version in their file names and there
# is no CMake package, so imported targets are made here. The wheel is compiled with the C++11 string ABI, as GCC 12 is.
# libparquet exports simdjson and libarrow_compute exports re2: never link Debian's libsimdjson.so or libre2.so beside them
# (calls would land in the other version); `tools/check symbols` watches.
set(pyarrow ${ASSAY_DEPS}/pyarrow)
file(STRINGS ${pyarrow}/include/arrow/util/config.h so REGEX "define ARROW_SO_VERSION")
string(REGEX REPLACE ".*\"([0-9]+)\".*" "\\1" so "${so}")
foreach(part arrow parquet arrow_compute)
  add_library(Arrow::${part} SHARED IMPORTED)
  set_target_properties(Arrow::${part} PROPERTIES IMPORTED_LOCATION ${pyarrow}/lib${part}.so.${so} INTERFACE_INCLUDE_DIRECTORIES ${pyarrow}/include)
endforeach()

set(ASSAY_NANOBIND ${ASSAY_DEPS}/nanobind/cmake)
set(ASSAY_HAS_NANOBIND OFF)
if(EXISTS ${ASSAY_NANOBIND})
  set(ASSAY_HAS_NANOBIND ON)
endif()

set(CMAKE_BUILD_RPATH ${pyarrow})
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../lib/assay")
