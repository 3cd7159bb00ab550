# One step of a build, for vafit_check and vafit_fix: `cmake -DVERB=... -P VafitStep.cmake`.
#
#   VERB          check or fix
#   VAFIT         the program
#   LABEL         the call in the build file
#   EXECUTABLES   what it is about, absolute
#   FOLDER        holds `arguments`, vafit's options; gets report.json, report.d, ok and, by fix, files/
#   BUILD         the build folder: vafit runs there, so that its report names files from there
#   DEPFILE_BASE  the folder that the build tool takes paths in report.d from
#
# In a depfile the build tool learns which dylibs a program loads; vafit knows them all, the build file only
# those that the executable itself is linked with.

cmake_policy(VERSION 3.21...3.25)

set(programs)
foreach(executable IN LISTS EXECUTABLES)
  file(RELATIVE_PATH executable ${BUILD} ${executable})
  list(APPEND programs ${executable})
endforeach()
file(RELATIVE_PATH folder ${BUILD} ${FOLDER})
set(common ${VAFIT} ${VERB} ${programs} @${folder}/arguments)
set(report --format json --output ${folder}/report.json --depfile ${folder}/report.d)

# vafit ARGUMENT...: sets status, and said to what it printed.
macro(vafit)
  execute_process(COMMAND ${common} ${ARGN} WORKING_DIRECTORY ${BUILD} RESULT_VARIABLE status OUTPUT_VARIABLE said)
endmacro()

function(fail_unless_done)
  if(NOT status EQUAL 0)
    message("${said}${LABEL}: failed")
    message(FATAL_ERROR "vafit's exit status is ${status}")
  endif()
endfunction()

file(REMOVE ${FOLDER}/ok)
if(VERB STREQUAL check)
  # The report is written whatever is found.
  vafit(${report} --exit-zero)
  fail_unless_done()
  vafit()
  fail_unless_done()
  if(said MATCHES "\n  warning: ")
    message("${said}")
  endif()
else()
  # Nothing may stay of dylibs that are loaded no more. The originals are where they were built.
  file(REMOVE_RECURSE ${FOLDER}/files)
  vafit(${report} --out-dir ${folder}/files --unstripped none)
  if(NOT status EQUAL 0)
    vafit(--dry-run)
  endif()
  fail_unless_done()
endif()

# In the depfile vafit names the report; the build tool wants the step's first output. A space with a backslash
# before it belongs to a path.
file(RELATIVE_PATH prefix ${DEPFILE_BASE} ${BUILD})
file(READ ${FOLDER}/report.d rule)
string(FIND "${rule}" ": " colon)
string(SUBSTRING "${rule}" ${colon} -1 inputs)
string(REPLACE " " "\\ " target "${folder}/ok")
string(ASCII 1 space)
string(REPLACE "\\ " "${space}" rule " ${target}${inputs}")
string(REGEX REPLACE " ([^/ ])" " ${prefix}\\1" rule "${rule}")
string(REPLACE "${space}" "\\ " rule "${rule}")
file(WRITE ${FOLDER}/report.d "${rule}")
file(TOUCH ${FOLDER}/ok)
