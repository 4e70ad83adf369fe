# What plugin authors get: headers, CMake package, template, examples, crawlhub-new-plugin. COMPONENT sdk.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/crawlhub-sdk)

set_target_properties(crawlhub-sdk PROPERTIES EXPORT_NAME sdk)
install(TARGETS crawlhub-sdk EXPORT crawlhub-sdk)
install(EXPORT crawlhub-sdk NAMESPACE crawlhub:: FILE crawlhub-sdkTargets.cmake DESTINATION ${package_dir}
  COMPONENT sdk)
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/crawlhub-sdkConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/crawlhub-sdkConfig.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_FULL_BINDIR CMAKE_INSTALL_FULL_INCLUDEDIR)
# While abi_major is 0 another minor version may be another ABI.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/crawlhub-sdkConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/crawlhub-sdkConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/crawlhub-sdkConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/CrawlhubPlugin.cmake
  ${CMAKE_CURRENT_LIST_DIR}/plugin.map
  DESTINATION ${package_dir} COMPONENT sdk)

install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../template DESTINATION ${CMAKE_INSTALL_DATADIR}/crawlhub COMPONENT sdk
  PATTERN template/CMakeLists.txt EXCLUDE)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/scripts/new-plugin RENAME crawlhub-new-plugin
  DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT sdk)
