# Debian's places for what has another elsewhere. CPack runs this on the files that it packs, once a generator.

if(CPACK_GENERATOR STREQUAL DEB)
  set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
  file(MAKE_DIRECTORY ${share}/zsh/vendor-completions)
  file(RENAME ${share}/zsh/site-functions/_vafit ${share}/zsh/vendor-completions/_vafit)
  file(REMOVE_RECURSE ${share}/zsh/site-functions)
  file(RENAME ${share}/doc/vafit/LICENSE ${share}/doc/vafit/copyright)
  find_program(GZIP gzip REQUIRED)
  execute_process(COMMAND ${GZIP} -9n ${share}/man/man1/vafit.1 COMMAND_ERROR_IS_FATAL ANY)
endif()
