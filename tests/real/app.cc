/* Uses a little of each part; it is linked with all of their dylibs. */
#include <absl/strings/str_cat.h>
#ifndef ABSEIL_ONLY
#include <google/protobuf/arena.h>
#include <leveldb/db.h>
#include <snappy.h>
#endif

int main(int, char **arguments) {
    std::string text = absl::StrCat(arguments[0], 1);
#ifdef ABSEIL_ONLY
    return text.empty();
#else
    google::protobuf::Arena arena;
    std::string packed;
    leveldb::DB *database;
    snappy::Compress(text.data(), text.size(), &packed);
    return leveldb::DB::Open(leveldb::Options(), packed, &database).ok() || arena.SpaceUsed();
#endif
}
