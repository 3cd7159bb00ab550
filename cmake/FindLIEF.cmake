# Finds LIEF's C API, of which 0.9.0 comes without files for CMake or pkg-config.
#
#   LIEF_FOUND    whether both the header and the library are there
#   LIEF::LIEF    the target to link
#
# LIEF_INCLUDE_DIR and LIEF_LIBRARY in the cache say where they are, if they were not found.

find_path(LIEF_INCLUDE_DIR LIEF/MachO.h)
find_library(LIEF_LIBRARY LIEF)
mark_as_advanced(LIEF_INCLUDE_DIR LIEF_LIBRARY)

if(LIEF_INCLUDE_DIR AND EXISTS ${LIEF_INCLUDE_DIR}/LIEF/version.h)
  file(STRINGS ${LIEF_INCLUDE_DIR}/LIEF/version.h LIEF_VERSION REGEX "define LIEF_VERSION ")
  string(REGEX REPLACE "^[^\"]*\"([0-9.]*).*" "\\1" LIEF_VERSION "${LIEF_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LIEF
  REQUIRED_VARS LIEF_LIBRARY LIEF_INCLUDE_DIR VERSION_VAR LIEF_VERSION)

if(LIEF_FOUND AND NOT TARGET LIEF::LIEF)
  add_library(LIEF::LIEF UNKNOWN IMPORTED)
  set_target_properties(LIEF::LIEF PROPERTIES
    IMPORTED_LOCATION ${LIEF_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${LIEF_INCLUDE_DIR})
  # A static LIEF is C++ inside.
  if(LIEF_LIBRARY MATCHES "\\.a$")
    set_target_properties(LIEF::LIEF PROPERTIES INTERFACE_LINK_LIBRARIES "stdc++;m")
  endif()
endif()
