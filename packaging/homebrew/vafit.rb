# A formula for Homebrew. Untested: nobody has run brew on it yet; `ruby -c` is all that it passed.
#
# Until there is a release it builds the checkout that it lies in. In a tap, for a release, `head` gives way to
#
#   url "the address of the archive of vX.Y.Z"
#   sha256 "its SHA-256"
class Vafit < Formula
  desc "Tell whether a macOS program with its dylibs fits in the address space"
  license "BSD-3-Clause"
  head "file://#{File.expand_path("../..", __dir__)}", using: :git

  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "uthash" => :build
  depends_on "jansson"

  on_linux do
    depends_on "openssl@3"
  end

  def install
    args = %w[-DVAFIT_TESTS=OFF -DVAFIT_UNIT_TESTS=OFF -DVAFIT_LIEF=OFF]
    system "cmake", "-G", "Ninja", "-S", ".", "-B", "build", *args, *std_cmake_args
    system "cmake", "--build", "build"
    # The manual page and the completions too.
    system "cmake", "--install", "build"
  end

  test do
    assert_match "vafit", shell_output("#{bin}/vafit --version")
    (testpath/"notes").write "no image"
    assert_match "notes", shell_output("#{bin}/vafit check #{testpath}/notes 2>&1", 3)
  end
end
