# What `cmake --install` puts where, and what CPack makes of it. The program installs itself, in CMakeLists.txt.

# find_package(vafit). Beside the data, not the libraries: a build for macOS finds the program of this host.
include(CMakePackageConfigHelpers)
set(VAFIT_PACKAGE ${CMAKE_INSTALL_DATADIR}/cmake/vafit)
configure_package_config_file(cmake/vafit-config.cmake.in vafit-config.cmake INSTALL_DESTINATION ${VAFIT_PACKAGE})
write_basic_package_version_file(vafit-config-version.cmake COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(EXPORT vafit NAMESPACE vafit:: FILE vafit-targets.cmake DESTINATION ${VAFIT_PACKAGE})
install(FILES cmake/Vafit.cmake cmake/VafitStep.cmake ${PROJECT_BINARY_DIR}/vafit-config.cmake
  ${PROJECT_BINARY_DIR}/vafit-config-version.cmake DESTINATION ${VAFIT_PACKAGE})

# Rules for other build tools: folders to copy into a repository, or to refer to.
install(DIRECTORY gn bazel DESTINATION ${CMAKE_INSTALL_DATADIR}/vafit
  PATTERN __pycache__ EXCLUDE PATTERN "bazel-*" EXCLUDE)

# Links between the pages are relative: docs/ stays a folder of its own.
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
  FILES_MATCHING PATTERN "*.md" PATTERN "*.svg" PATTERN man EXCLUDE)
install(FILES docs/man/vafit.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# `vafit completion SHELL` prints these; they are committed so that a build for another system can install them.
set(VAFIT_ZSH_COMPLETIONS ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where zsh looks for completions")
install(FILES completions/vafit.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME vafit)
install(FILES completions/_vafit DESTINATION ${VAFIT_ZSH_COMPLETIONS})
install(FILES completions/vafit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# `cpack -G TGZ`, `cpack -G DEB`; `cpack --config CPackSourceConfig.cmake` for the sources.
set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_VENDOR "vafit developers")
set(CPACK_PACKAGE_CONTACT "vafit developers")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_RESOURCE_FILE_README ${PROJECT_SOURCE_DIR}/README.md)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/DebianFiles.cmake)
set(CPACK_SOURCE_GENERATOR TGZ)
string(REGEX REPLACE "([][+.*$?|()])" "[\\1]" source ${PROJECT_SOURCE_DIR})
set(CPACK_SOURCE_IGNORE_FILES "/[.]git(/|$)" "^${source}/build[^/]*/" "^${source}/demo-out/" "/__pycache__/"
  "/bazel-[^/]*$" "/examples/[a-z]*/out/" "/examples/cargo/target/")
include(CPack)
