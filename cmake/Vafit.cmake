# What a build says to vafit: vafit_check, vafit_fix and vafit_link_launcher. docs/cmake.md is the manual.
#
# find_package(vafit) includes this file. Included by itself, with VAFIT_EXECUTABLE set to the program's
# path, it needs no installation. VafitStep.cmake, which runs in the build, has to lie beside it.

include_guard()
cmake_policy(PUSH)
cmake_policy(VERSION 3.21...3.25)

option(VAFIT_CHECK "Let vafit_check judge programs" ON)

# In each function `one` and `many` are the keywords with one value and with several, each of which is the option
# of vafit by the same name in small letters.

# Judges the executables TARGET with all that they load, and fails the build when one does not fit.
function(vafit_check)
  set(one LIMIT HEADROOM PROFILE ARCH SYSROOT WARN_AT BASELINE MAX_GROWTH)
  set(many RULE SEARCH ALLOW_MISSING INSERT)
  _vafit_parse(vafit_check "" "NAME;${one}" "TARGET;${many}" "${ARGV}")
  _vafit_executables()
  _vafit_options(${CMAKE_BINARY_DIR})
  _vafit_try(check)
  if(VAFIT_CHECK)
    _vafit_step(check)
  else()
    _vafit_no_step(check)
  endif()
endfunction()

# Makes a copy of the executables TARGET, with all that they load, that fits.
function(vafit_fix)
  set(one LIMIT HEADROOM PROFILE ARCH SYSROOT UP_TO IDENTITY)
  set(many RULE SEARCH ALLOW_MISSING KEEP_EXPORT)
  _vafit_parse(vafit_fix IGNORE_STRINGS "NAME;${one}" "TARGET;${many}" "${ARGV}")
  _vafit_executables()
  _vafit_options(${CMAKE_BINARY_DIR})
  if(ARG_IGNORE_STRINGS)
    list(APPEND options --ignore-strings)
  endif()
  _vafit_try(fix --dry-run)
  _vafit_step(fix)
endfunction()

# Puts `vafit link` in front of the linker: for TARGET, else for all targets that this folder and those below
# it add after the call.
function(vafit_link_launcher)
  set(one LEVEL LIMIT HEADROOM PROFILE UNSTRIPPED IDENTITY)
  set(many RULE ALLOW_MISSING)
  _vafit_parse(vafit_link_launcher IF_NEEDED "${one}" "TARGET;LANGUAGES;${many}" "${ARGV}")
  _vafit_options("")
  if(ARG_IF_NEEDED)
    list(APPEND options --if-needed)
  endif()
  if(NOT ARG_LANGUAGES)
    set(ARG_LANGUAGES C CXX OBJC OBJCXX)
  endif()
  _vafit_try(link -q -- ${CMAKE_COMMAND} -E true)
  _vafit_program()
  set(launcher ${program} link ${options} -q --)
  foreach(language IN LISTS ARG_LANGUAGES)
    foreach(target IN LISTS ARG_TARGET)
      _vafit_must_be_target(${target})
      set_target_properties(${target} PROPERTIES ${language}_LINKER_LAUNCHER "${launcher}")
    endforeach()
    if(NOT ARG_TARGET)
      set(CMAKE_${language}_LINKER_LAUNCHER "${launcher}" PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# --- What follows is for the functions above: it reads and sets their variables. ---

# Sets ARG_... and label, by which errors name the call.
macro(_vafit_parse function flags one many arguments)
  set(label ${function})
  cmake_parse_arguments(ARG "${flags}" "${one}" "${many}" ${arguments})
  if(ARG_TARGET)
    list(JOIN ARG_TARGET " " label)
    set(label "${function}(TARGET ${label})")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    list(GET ARG_UNPARSED_ARGUMENTS 0 word)
    message(FATAL_ERROR "${label}: there is no keyword ${word}")
  endif()
  foreach(keyword IN LISTS ARG_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "${label}: ${keyword} wants a value")
  endforeach()
endmacro()

function(_vafit_must_be_target target)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "${label}: there is no target ${target}; the call comes after it is added")
  endif()
endfunction()

function(_vafit_executables)
  if(NOT ARG_TARGET)
    message(FATAL_ERROR "${label}: TARGET is missing")
  endif()
  foreach(target IN LISTS ARG_TARGET)
    _vafit_must_be_target(${target})
    get_target_property(type ${target} TYPE)
    if(NOT type STREQUAL EXECUTABLE)
      message(FATAL_ERROR "${label}: ${target} is no executable but ${type}")
    endif()
  endforeach()
endfunction()

# Sets options to the command-line options of the ARG_... that are given. Paths are relative to the source
# folder of the call; `base` is what they become relative to, and with "" they are absolute.
function(_vafit_options base)
  set(words)
  foreach(keyword IN LISTS one many)
    string(TOLOWER --${keyword} option)
    string(REPLACE _ - option ${option})
    foreach(value IN LISTS ARG_${keyword})
      if(keyword MATCHES "^(LIMIT|HEADROOM|MAX_GROWTH)$" AND NOT value MATCHES "^[0-9]+(\\.[0-9]+)?[KMGT](iB)?$")
        message(FATAL_ERROR "${label}: ${keyword} takes a size with its unit, such as 64MiB or 1.5GiB, not '${value}'")
      endif()
      if(keyword MATCHES "^(SYSROOT|SEARCH|INSERT|BASELINE)$" OR (keyword STREQUAL PROFILE AND value MATCHES "[./]"))
        _vafit_path(value "${base}")
      endif()
      list(APPEND words ${option} "${value}")
    endforeach()
  endforeach()
  set(options "${words}" PARENT_SCOPE)
endfunction()

function(_vafit_path variable base)
  get_filename_component(path "${${variable}}" ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  if(base)
    file(RELATIVE_PATH path "${base}" "${path}")
    if(NOT path MATCHES "/")
      string(PREPEND path ./)
    endif()
  endif()
  set(${variable} "${path}" PARENT_SCOPE)
endfunction()

# Sets program to vafit's path.
function(_vafit_program)
  if(VAFIT_EXECUTABLE)
    set(path "${VAFIT_EXECUTABLE}")
  elseif(TARGET vafit::vafit)
    get_target_property(path vafit::vafit LOCATION)
  else()
    message(FATAL_ERROR "${label}: neither find_package(vafit) nor VAFIT_EXECUTABLE says where vafit is")
  endif()
  if(NOT IS_ABSOLUTE "${path}" OR NOT EXISTS "${path}")
    message(FATAL_ERROR "${label}: VAFIT_EXECUTABLE: there is no program ${path}; it is an absolute path")
  endif()
  set(program "${path}" PARENT_SCOPE)
endfunction()

# Lets vafit itself say what is wrong with options, before anything is built. An executable that is not there is
# the last thing that it complains about.
function(_vafit_try verb)
  _vafit_program()
  set(nobody vafit-no-such-executable)
  if(verb STREQUAL link)
    set(nobody)
  endif()
  execute_process(COMMAND ${program} ${verb} ${nobody} ${options} ${ARGN} WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE said)
  if(NOT status EQUAL 0 AND NOT said MATCHES "^vafit: vafit-no-such-executable: cannot open")
    string(REGEX REPLACE "\nvafit: see [^\n]*" "" said "${said}")
    string(STRIP "${said}" said)
    if(NOT said)
      set(said "${program} ended with: ${status}")
    endif()
    message(FATAL_ERROR "${label}: ${said}")
  endif()
endfunction()

# Sets name to NAME, or else vafit-VERB-TARGET.
function(_vafit_name verb)
  set(name "${ARG_NAME}")
  if(NOT name)
    list(JOIN ARG_TARGET - name)
    string(REPLACE :: - name vafit-${verb}-${name})
  endif()
  set(name ${name} PARENT_SCOPE)
endfunction()

function(_vafit_no_step verb)
  _vafit_name(${verb})
  add_custom_target(${name})
endfunction()

# Adds the custom target `name`, which runs VafitStep.cmake. What it writes is in a folder of that name.
function(_vafit_step verb)
  if(NOT CMAKE_SYSTEM_NAME STREQUAL Darwin)
    _vafit_no_step(${verb})
    return()
  endif()
  set(step ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/VafitStep.cmake)
  _vafit_program()
  _vafit_name(${verb})
  get_property(several_configurations GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
  if(several_configurations)
    string(APPEND folder /$<CONFIG>)
  endif()
  set(executables)
  foreach(target IN LISTS ARG_TARGET)
    list(APPEND executables $<TARGET_FILE:${target}>)
  endforeach()
  list(JOIN ARG_TARGET " " targets)
  _vafit_arguments_file("${folder}/arguments")
  file(RELATIVE_PATH list_file ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_LIST_FILE})
  add_custom_command(OUTPUT ${folder}/ok BYPRODUCTS ${folder}/report.json
    COMMAND ${CMAKE_COMMAND} -DVERB=${verb} -DVAFIT=${program} "-DLABEL=${list_file}: ${label}"
      "-DEXECUTABLES=${executables}" -DFOLDER=${folder} -DBUILD=${CMAKE_BINARY_DIR}
      -DDEPFILE_BASE=${CMAKE_CURRENT_BINARY_DIR} -P ${step}
    DEPENDS ${ARG_TARGET} ${folder}/arguments ${program} ${step}
    DEPFILE ${folder}/report.d
    COMMENT "vafit ${verb}: ${targets}" VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${folder}/ok)
  set_target_properties(${name} PROPERTIES
    VAFIT_REPORT ${folder}/report.json VAFIT_STAMP ${folder}/ok)
  if(verb STREQUAL fix)
    set_target_properties(${name} PROPERTIES VAFIT_DIRECTORY ${folder}/files)
  endif()
endfunction()

# The options in a file, so that the step is run again when one changes: make does not look at commands.
function(_vafit_arguments_file path)
  set(lines)
  foreach(word IN LISTS options)
    string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" word "${word}")
    string(APPEND lines "\"${word}\"\n")
  endforeach()
  file(GENERATE OUTPUT ${path} CONTENT "${lines}")
endfunction()

cmake_policy(POP)
