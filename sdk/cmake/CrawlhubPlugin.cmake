# crawlhub_add_plugin(<kind>-<name> SOURCES <file>... [LIBRARIES <target>...] [NO_INSTALL])
#
# A library that crawlhub can load, check, replace and unload. The target, the file (<kind>-<name>.so), the name in the
# YAML and the prefix in the log are one and the same. It lands in <build>/lib/crawlhub and is installed to
# <prefix>/lib/crawlhub; with NO_INSTALL in <build>/lib/crawlhub-examples. docs/abi.md says what each flag is for and what was measured without it.
set(CRAWLHUB_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(crawlhub_add_plugin name)
  cmake_parse_arguments(arg "NO_INSTALL" "" "SOURCES;LIBRARIES" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "crawlhub_add_plugin(${name}): put '${arg_UNPARSED_ARGUMENTS}' behind SOURCES or LIBRARIES")
  endif()
  if(NOT name MATCHES "^(handler|middleware|storage|notifier)-[a-z0-9-]+$")
    message(FATAL_ERROR "crawlhub_add_plugin(${name}): a name is <kind>-<name> in lower case, and kind is handler, "
      "middleware, storage or notifier")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "crawlhub_add_plugin(${name}): SOURCES is missing")
  endif()

  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE crawlhub::sdk ${arg_LIBRARIES})
  if(TARGET crawlhub_warnings)
    target_link_libraries(${name} PRIVATE crawlhub_warnings)
  endif()
  # Without hidden visibility and -fno-gnu-unique, statics of inline functions pin the library for ever.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  # z,defs: a function that nobody defines fails here, not in the hub at midnight. Sanitizers keep their functions in
  # the executable.
  target_link_options(${name} PRIVATE -Wl,--version-script=${CRAWLHUB_PLUGIN_MAP} -Wl,--exclude-libs,ALL -Wl,-z,now
    -Wl,-z,noexecstack $<$<NOT:$<BOOL:${CRAWLHUB_SANITIZE}>>:-Wl,-z,defs>)
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX .so
    CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    BUILD_RPATH "" SKIP_BUILD_RPATH ON INSTALL_RPATH ""
    LINK_DEPENDS ${CRAWLHUB_PLUGIN_MAP}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/crawlhub)
  if(arg_NO_INSTALL)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/crawlhub-examples)
  else()
    install(TARGETS ${name} LIBRARY DESTINATION lib/crawlhub COMPONENT plugins)
  endif()
endfunction()
