# CMake: the check of examples/cmake, built by Ninja and by make.
. "$(dirname "$0")/../lib/cmake.sh"

for generator in Ninja 'Unix Makefiles'; do
    # The example, with a second check from a folder below it, and a step that depends on the report.
    project check
    mkdir check/below
    cat >>check/CMakeLists.txt <<'END'
add_subdirectory(below)
get_target_property(report vafit-check-shapes VAFIT_REPORT)
if(report)
  add_custom_command(OUTPUT counted COMMAND ${CMAKE_COMMAND} -E copy ${report} counted DEPENDS ${report} COMMENT Counting VERBATIM)
  add_custom_target(count ALL DEPENDS counted)
  add_dependencies(count vafit-check-shapes)
endif()
END
    echo 'vafit_check(TARGET shapes NAME below WARN_AT 99)' >check/below/CMakeLists.txt
    checks=('vafit check: shapes' 'vafit check: shapes')

    run configure check "$generator" arm64
    expect "$generator: configures" 0 - ''
    build check
    expect "$generator: a program that fits" 0 - ''
    did "$generator: all is built and checked" "${all[@]}" "${checks[@]}" Counting
    expect_true "$generator: the report says so" test \
        "$(jq -r '.programs[] | select(.profile == "macos-26") | "\(.executable) \(.verdict) \([.images[].path] | join(" "))"' check/out/vafit-check-shapes/report.json)" \
        = 'bin/shapes fits bin/shapes bin/libshape.dylib bin/libtext.dylib'
    expect_true "$generator: both checks report the same" cmp check/out/vafit-check-shapes/report.json check/out/below/below/report.json
    build check
    did "$generator: nothing changed: nothing runs"

    sleep 0.01
    sed -i 's/length < 50/length < 49/' check/src/text.cpp
    build check
    did "$generator: a dylib changed: it is linked and the program checked, no more" "${relinked[@]}" "${checks[@]}"
    build check
    did "$generator: and nothing runs after it"
    echo 'extern const char weight[100000] = "heavy";' >>check/src/text.cpp
    build check
    did "$generator: a dylib grew: what depends on the report runs" "${relinked[@]}" "${checks[@]}" Counting
    build check
    did "$generator: nothing runs after that either"

    configure check "$generator" arm64 -DLIMIT=10GiB >/dev/null
    build check
    expect_true "$generator: over the limit the build fails" test $status != 0
    did "$generator: only the check with that limit runs again" 'vafit check: shapes'
    cat .out .err >.said
    (cd check/out && "$VAFIT" check bin/shapes --limit 10GiB) >.expected
    expect_true "$generator: and vafit says what it does not fit in" grep -q 'error: image-sum: ' .expected
    expect_true "$generator: and names the heaviest images" grep -q '  bin/libtext.dylib$' .expected
    { cat .expected; echo 'CMakeLists.txt: vafit_check(TARGET shapes): failed'; } >.wanted
    grep -A"$(($(wc -l <.wanted) - 1))" -m1 '^bin/shapes' .said >.block
    expect_same "$generator: the message is vafit's, and the call's" .wanted .block
    build check
    expect_true "$generator: it fails again" test $status != 0
    configure check "$generator" arm64 -DVAFIT_CHECK=OFF >/dev/null
    build check
    expect "$generator: it can be switched off" 0 - ''
    configure check "$generator" arm64 -DVAFIT_CHECK=ON -DLIMIT=16GiB >/dev/null
    build check
    expect "$generator: another limit, and it passes" 0 - ''
    echo 'vafit_check(TARGET shapes NAME below RULE image-sum=warn LIMIT 10GiB)' >check/below/CMakeLists.txt
    build check
    expect_true "$generator: warnings do not fail the build" test $status = 0
    expect_true "$generator: but are shown" grep -q '^  warning: image-sum: ' .out .err
done
