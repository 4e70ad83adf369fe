# Options of this repository's own build. Nothing here reaches those who use the installed SDK.

# ccache where it is there; with precompiled headers it needs these two sloppinesses, set here so that nobody must.
find_program(CRAWLHUB_CCACHE ccache)
if(CRAWLHUB_CCACHE)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    ${CRAWLHUB_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# Warnings for every target of ours; link it PRIVATE.
add_library(crawlhub_warnings INTERFACE)
target_compile_options(crawlhub_warnings INTERFACE -Wall -Wextra -Wpedantic -Werror)

# CRAWLHUB_SANITIZE is a preset's choice: "address;undefined" or "thread". The UBSan checks left out find nothing in
# such code and double the time to compile (-fsanitize=vptr also needs type_info across libraries).
set(CRAWLHUB_SANITIZE "" CACHE STRING "Sanitizers to build with")
if(CRAWLHUB_SANITIZE)
  string(REPLACE ";" "," names "${CRAWLHUB_SANITIZE}")
  set(flags -fsanitize=${names} -fno-omit-frame-pointer)
  if("undefined" IN_LIST CRAWLHUB_SANITIZE)
    list(APPEND flags -fno-sanitize-recover=undefined)
    if(NOT CRAWLHUB_SANITIZE_FULL)
      list(APPEND flags -fno-sanitize=vptr,null,alignment,object-size)
    endif()
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 takes std::regex, instrumented, for a use of uninitialized memory.
    list(APPEND flags -Wno-maybe-uninitialized)
  endif()
  add_compile_options(${flags})
  add_link_options(${flags})
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-fno-plt)
endif()
find_program(CRAWLHUB_MOLD mold)
if(CRAWLHUB_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()
