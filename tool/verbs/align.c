#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "fix/undo.h"
#include "program/image_cache.h"
#include "rewrite/shrink_file.h"
#include "verbs/align_images.h"
#include "verbs/common_options.h"
#include "verbs/shrink_options.h"
#include "verbs/verb.h"

#include <inttypes.h>
#include <string.h>

struct align_arguments {
    const char *color;
    const char *out_dir;
    bool in_place;
    bool check;
    bool undo;
    struct shrink_options shrink;
};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct align_arguments, member), placeholder, help, choices }

static const struct option_row rows[] = {
    ROW("in-place", 0, OPTION_FLAG, in_place, NULL, "replace the files that are not aligned", NULL),
    ROW("out-dir", 0, OPTION_TEXT, out_dir, "DIR",
        "write aligned copies of all images into DIR, as they lie below a folder", NULL),
    ROW("check", 0, OPTION_FLAG, check, NULL,
        "write nothing; exit status 1 when one is not aligned", NULL),
    ROW("undo", 0, OPTION_FLAG, undo, NULL, "put the originals back in place", NULL),
    SHRINK_ROWS(struct align_arguments, shrink),
    COLOR_ROW(struct align_arguments),
};

struct align {
    struct arena *arena;
    struct align_arguments arguments;
    struct rewrite_options options;
    struct image_cache *cache;
    struct aligned_images images;
    size_t misaligned; /* images */
    size_t seen;       /* images that could be read */
    enum error_kind worst;
};

static bool arguments_valid(const struct align_arguments *arguments,
                            const struct string_list *operands, struct error *error) {
    int ways = (arguments->in_place ? 1 : 0) + (arguments->out_dir != NULL) +
               (arguments->check ? 1 : 0) + (arguments->undo ? 1 : 0);
    if (operands->count == 0)
        return error_usage(error, "align needs a file or a folder");
    if (ways != 1)
        return error_usage(error, "align needs one of --in-place, --out-dir, --check and --undo");
    return shrink_options_valid(&arguments->shrink, error);
}

static void note_error(struct align *align, const struct error *error) {
    error_print(stderr, error);
    if (error->kind > align->worst)
        align->worst = error->kind;
}

static void note_errors(struct align *align, struct errors *errors) {
    for (size_t i = 0; i < errors->count; i++)
        note_error(align, &errors->items[i]);
    errors_free(errors);
}

/* --- the images --- */

static bool find_images(struct align *align, const struct string_list *operands,
                        struct error *error) {
    const struct align_arguments *arguments = &align->arguments;
    for (size_t i = 0; i < operands->count; i++)
        if (!aligned_images_add(align->arena, operands->items[i], arguments->out_dir,
                                &align->images, error))
            note_error(align, error);
    return arguments->check || arguments->undo ||
           aligned_images_are_apart(align->arena, &align->images, arguments->shrink.unstripped,
                                    error);
}

/* --- what is wrong with them --- */

/* "string pool at 0x80d4, no multiple of 8; ..."; false when nothing is. */
static bool say_misaligned(const struct image_file *file, struct text *text) {
    bool any = false;
    for (size_t i = 0; i < file->slice_count; i++) {
        const struct linkedit_parts *parts = &file->slices[i].image->parts;
        for (size_t j = 0; j < parts->count; j++) {
            const struct linkedit_part *part = &parts->items[j];
            if (linkedit_part_aligned(part))
                continue;
            text_addf(text, "%s%s at 0x%" PRIx64 ", no multiple of %" PRIu32, any ? "; " : "",
                      part->name, part->file_offset, part->alignment);
            any = true;
        }
    }
    return any;
}

static void say(const struct align *align, const char *path, const char *what,
                const struct text *text) {
    if (!align->arguments.shrink.quiet)
        text_print_line(stdout, "%s: %s%s", path, what, text->data);
}

/* --- aligning --- */

static bool copy(const char *target, const struct image_file *file, struct error *error) {
    struct atomic_file new_file;
    return atomic_file_make_copy(target, &file->file, true, &new_file, error) &&
           atomic_file_take_place(&new_file, target, error);
}

static bool write_aligned(const struct align *align, const struct aligned_image *image,
                          const struct image_file *file, bool is_needed, struct error *error) {
    struct shrunk shrunk;
    const char *target = file->path;
    if (align->arguments.out_dir != NULL) {
        target = image->output;
        if (!file_make_folders(align->arena, path_folder(align->arena, target)))
            return error_errno(error, target, "cannot make its folder");
        if (!is_needed)
            return copy(target, file, error);
    }
    if (!is_needed)
        return true;
    if (align->arguments.in_place &&
        !shrink_has_one_name(align->arena, &align->arguments.shrink, file, error))
        return false;
    return shrink_file(&align->options, file, target, &shrunk, error);
}

static void align_file(struct align *align, const struct aligned_image *image,
                       const struct image_file *file) {
    struct text text = {0};
    struct error error;
    bool is_misaligned = say_misaligned(file, &text);
    bool done = align->arguments.check || write_aligned(align, image, file, is_misaligned, &error);
    align->seen++;
    align->misaligned += is_misaligned && done;
    if (!done)
        note_error(align, &error);
    else if (is_misaligned)
        say(align, image->path, align->arguments.check ? "" : "aligned ", &text);
    text_free(&text);
}

static struct image_file *read_image(struct align *align, const struct aligned_image *image) {
    bool undo = align->arguments.undo;
    struct error error;
    if ((align->arguments.in_place || undo) &&
        !shrink_resume(align->arena, &align->arguments.shrink, image->path, undo, &error)) {
        note_error(align, &error);
        return NULL;
    }
    struct image_file *file = operand_read(align->cache, image->path);
    note_errors(align, image_cache_errors(align->cache));
    return file;
}

static int align_all(struct align *align) {
    for (size_t i = 0; i < align->images.count; i++) {
        const struct aligned_image *image = &align->images.items[i];
        struct image_file *file = read_image(align, image);
        if (file != NULL)
            align_file(align, image, file);
    }
    if (!align->arguments.shrink.quiet)
        text_print_line(stdout, "%zu of %zu images %s", align->misaligned, align->seen,
                        align->arguments.check ? "are not aligned"
                                               : "were not aligned, and are now");
    if (align->worst != ERROR_NONE)
        return (int)align->worst;
    return align->arguments.check && align->misaligned != 0 ? EXIT_EXCEEDS : EXIT_FITS;
}

/* --- undoing --- */

static int undo(struct align *align) {
    struct predictions files = {0};
    struct errors errors = {0};
    size_t restored = 0;
    files.files = arena_take(align->arena, (align->images.count + 1) * sizeof *files.files);
    for (size_t i = 0; i < align->images.count; i++) {
        struct image_file *file = read_image(align, &align->images.items[i]);
        if (file != NULL)
            files.files[files.plan.file_count++].file = file;
    }
    undo_fix(&files, align->arguments.shrink.unstripped, &restored, &errors);
    note_errors(align, &errors);
    if (!align->arguments.shrink.quiet)
        text_print_line(stdout, "restored %zu files", restored);
    return (int)align->worst;
}

static int run(const struct call *call) {
    struct align align = {.arena = call->arena};
    struct string_list operands = {0};
    struct error error;
    if (!call_parse(call, &verb_align, &align.arguments, &operands, &error) ||
        !arguments_valid(&align.arguments, &operands, &error))
        return call_fail(&verb_align, &error);
    align.options = rewrite_options_of(&align.arguments.shrink, "align");
    align.options.keeps_original = align.arguments.in_place;
    if (align.arguments.out_dir != NULL)
        align.options.unstripped = "none";
    align.cache = image_cache_on_disk();
    int status = !find_images(&align, &operands, &error) ? call_fail(&verb_align, &error)
                 : align.arguments.undo                  ? undo(&align)
                                                         : align_all(&align);
    aligned_images_free(&align.images);
    image_cache_free(align.cache);
    return status;
}

const struct verb verb_align = {
    "align",
    "FILE|FOLDER... --in-place|--out-dir DIR|--check|--undo [OPTIONS]",
    "give every part of __LINKEDIT its alignment, and drop nothing",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
