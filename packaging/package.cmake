# The Debian package (component runtime): cpack, or `make package`. Arrow's libraries lie in a folder of Assay's own; what
# comes from Debian is found by shlibdeps and named in Depends.
foreach(part arrow parquet arrow_compute)
  install(FILES $<TARGET_FILE:Arrow::${part}> DESTINATION lib/assay COMPONENT runtime)
endforeach()

# Completion, manual page and licences are written by the built program and out of what it was built from.
set(texts ${PROJECT_BINARY_DIR}/package-texts)
install(CODE "execute_process(COMMAND python3 -B ${PROJECT_SOURCE_DIR}/packaging/texts ${PROJECT_BINARY_DIR}/bin/assay ${texts} ${ASSAY_DEPS}
  COMMAND_ERROR_IS_FATAL ANY)" COMPONENT runtime)
install(DIRECTORY ${texts}/ DESTINATION share COMPONENT runtime)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # packs what is built; building is `make build`

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME assay)
set(CPACK_PACKAGE_VENDOR "The Assay project")
set(CPACK_PACKAGE_CONTACT "The Assay project <assay@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "workbench for responsible machine learning")
set(CPACK_PACKAGE_DESCRIPTION "From one plan it carries a model through data, training, evaluation, fairness, documents
and a gate, and stamps what holds with a hallmark: a signed bundle of evidence that
anyone can verify offline. Every figure carries its uncertainty.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL runtime)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${ASSAY_DEPS}/pyarrow)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS libsoci-postgresql4.0)  # the driver is loaded when a workspace lies in PostgreSQL
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
include(CPack)
