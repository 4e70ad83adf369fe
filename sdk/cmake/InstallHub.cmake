# What operators get: the hub, its plugins (crawlhub_add_plugin installs them), configurations to begin with, docs.
if(TARGET crawlhub)
  install(TARGETS crawlhub RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT hub)
endif()
install(DIRECTORY config DESTINATION ${CMAKE_INSTALL_DATADIR}/crawlhub COMPONENT hub
  FILES_MATCHING PATTERN "*.yaml" PATTERN "*.json")
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT hub FILES_MATCHING PATTERN "*.md")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT hub)
