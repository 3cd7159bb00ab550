#include "rewrite/image_rewrite.h"

#include "base/memory.h"
#include "program/file_unclaimed.h"
#include "rewrite/slice_sign.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct segment *linkedit_of(const struct image *image) {
    return segments_find(&image->segments, "__LINKEDIT");
}

/* --- one slice --- */

/* Whether nothing but bytes that no segment has stands after __LINKEDIT, so that nothing after it
 * has to move. */
static bool linkedit_is_last(const struct image_slice *slice, struct error *error) {
    const struct segment *linkedit = linkedit_of(slice->image);
    if (linkedit == NULL)
        return error_malformed(error, "load commands", "there is no __LINKEDIT to rewrite");
    for (size_t i = 0; i < slice->image->segments.count; i++) {
        const struct segment *segment = &slice->image->segments.items[i];
        if (segment->file_size != 0 && segment->file_offset > linkedit->file_offset)
            return error_malformed(error, segment->name,
                                   "lies after __LINKEDIT, and vafit does not move it");
    }
    return true;
}

static bool plan_slice(const struct image_file *file, const struct losses *losses,
                       struct slice_rewrite *slice, struct error *error) {
    const struct image_slice *old = slice->old;
    const struct segment *linkedit = linkedit_of(old->image);
    if (!linkedit_is_last(old, error) || !image_file_map_head(file, old, &slice->head, error) ||
        !mapping_make(&file->file, old->offset + linkedit->file_offset, linkedit->file_size,
                      &slice->linkedit, error))
        return false;
    slice->parts = (struct old_slice){old->image, slice->head.bytes, slice->linkedit.bytes,
                                      linkedit->file_offset};
    if (!linkedit_plan(&slice->parts, losses, &slice->made, error))
        return false;
    slice->size = linkedit->file_offset + slice->made.linkedit_size;
    return true;
}

/* --- the whole file --- */

static void add_piece(struct image_rewrite *rewrite, struct piece piece) {
    if (piece.size != 0)
        rewrite->pieces[rewrite->piece_count++] = piece;
}

/* Where contents are still to be made, lay_out_contents tells of them. */
static void add_slice(struct image_rewrite *rewrite, struct slice_rewrite *slice) {
    uint64_t head = slice->head.bytes.size;
    uint64_t linkedit = linkedit_of(slice->old->image)->file_offset;
    add_piece(rewrite, (struct piece){slice->offset, head, slice->made.head, 0});
    add_piece(rewrite, (struct piece){slice->offset + head, linkedit - head, NULL,
                                      slice->old->offset + head});
    slice->piece = rewrite->piece_count;
    add_piece(rewrite, (struct piece){slice->offset + linkedit, slice->made.linkedit_size,
                                      slice->made.linkedit, 0});
}

/* Slice i of the header, with what becomes of it. */
struct placed_slice {
    size_t index;
    const struct slice *old;
    struct slice_rewrite *rewritten; /* NULL for one that is carried along */
};

static int by_offset(const void *left, const void *right) {
    const struct placed_slice *a = left, *b = right;
    return a->old->offset < b->old->offset ? -1 : a->old->offset > b->old->offset;
}

static struct slice_rewrite *image_rewrite_of(const struct image_rewrite *rewrite,
                                              const struct slice *slice) {
    for (size_t i = 0; i < rewrite->old->slice_count; i++)
        if (rewrite->slices[i].old->offset == slice->offset)
            return &rewrite->slices[i];
    return NULL;
}

/* Puts a slice where the one before it ends, aligned as the header says. */
static void place_slice(struct image_rewrite *rewrite, const struct placed_slice *placed) {
    uint64_t offset = round_up(rewrite->size, UINT64_C(1) << placed->old->align);
    uint64_t size = placed->old->size;
    if (placed->rewritten != NULL) {
        size = placed->rewritten->size;
        placed->rewritten->offset = offset;
        add_slice(rewrite, placed->rewritten);
    } else {
        add_piece(rewrite, (struct piece){offset, size, NULL, placed->old->offset});
    }
    if (rewrite->universal_header != NULL)
        universal_store(rewrite->universal_header, placed->index, offset, size);
    rewrite->size = offset + size;
}

/* The header, and what lies between it and the first slice. */
static void add_header(struct image_rewrite *rewrite, struct bytes head,
                       const struct universal *universal, uint64_t first) {
    size_t size = universal_header_size(universal);
    if (size == 0)
        return;
    rewrite->universal_header = malloc(size);
    if (rewrite->universal_header == NULL)
        out_of_memory();
    memcpy(rewrite->universal_header, head.data, size);
    add_piece(rewrite, (struct piece){0, size, rewrite->universal_header, 0});
    add_piece(rewrite, (struct piece){size, first - size, NULL, size});
    rewrite->size = first;
}

static void lay_out_slices(struct image_rewrite *rewrite, struct bytes head,
                           const struct universal *universal) {
    struct placed_slice placed[UNIVERSAL_MAX_SLICES];
    for (size_t i = 0; i < universal->slice_count; i++)
        placed[i] = (struct placed_slice){i, &universal->slices[i],
                                          image_rewrite_of(rewrite, &universal->slices[i])};
    qsort(placed, universal->slice_count, sizeof *placed, by_offset);
    add_header(rewrite, head, universal, placed[0].old->offset);
    for (size_t i = 0; i < universal->slice_count; i++)
        place_slice(rewrite, &placed[i]);
}

static bool lay_out(struct image_rewrite *rewrite, struct error *error) {
    const struct image_file *old = rewrite->old;
    struct universal universal;
    struct mapping head;
    rewrite->pieces = calloc(3 * UNIVERSAL_MAX_SLICES + 2, sizeof *rewrite->pieces);
    if (rewrite->pieces == NULL)
        out_of_memory();
    if (!image_file_map_universal(old, &head, &universal, error))
        return false;
    lay_out_slices(rewrite, head.bytes, &universal);
    mapping_free(&head);
    return true;
}

/* What the slices do not hold. */
static bool plan_unclaimed(struct image_rewrite *rewrite, bool drop, struct error *error) {
    struct unclaimed_list list = {0};
    struct mapping whole;
    if (!file_unclaimed_find(rewrite->old, &whole, &list, error))
        return false;
    rewrite->unclaimed = list.size;
    for (size_t i = 0; i < rewrite->old->slice_count; i++)
        rewrite->unclaimed += rewrite->slices[i].made.unclaimed;
    bool allowed = list.count == 0 || drop || unclaimed_error(error, &list.items[0]);
    unclaimed_list_free(&list);
    mapping_free(&whole);
    return allowed;
}

static bool plan_slices(struct image_rewrite *rewrite, const struct losses *losses,
                        struct error *error) {
    const struct image_file *old = rewrite->old;
    for (size_t i = 0; i < old->slice_count; i++) {
        rewrite->slices[i].old = &old->slices[i];
        if (!plan_slice(old, losses, &rewrite->slices[i], error))
            return false;
    }
    return true;
}

bool image_rewrite_measure(const struct image_file *old, const struct losses *losses,
                           struct image_rewrite *rewrite, struct error *error) {
    *rewrite = (struct image_rewrite){.old = old};
    rewrite->slices = memory_zeros(old->slice_count, sizeof *rewrite->slices);
    if (plan_slices(rewrite, losses, error) && plan_unclaimed(rewrite, losses->unclaimed, error) &&
        lay_out(rewrite, error))
        return true;
    image_rewrite_free(rewrite);
    return error_in_file(error, old->path);
}

uint64_t image_rewrite_memory(const struct image_rewrite *rewrite) {
    uint64_t size = 0;
    for (size_t i = 0; i < rewrite->old->slice_count; i++)
        size += linkedit_plan_memory(rewrite->slices[i].made.plan);
    return size;
}

void image_rewrite_rest(const struct image_rewrite *rewrite) {
    for (size_t i = 0; i < rewrite->old->slice_count; i++)
        mapping_rest(&rewrite->slices[i].linkedit);
}

/* Now that there are contents. */
static void lay_out_contents(struct image_rewrite *rewrite) {
    for (size_t i = 0; i < rewrite->old->slice_count; i++) {
        const struct slice_rewrite *slice = &rewrite->slices[i];
        if (slice->made.linkedit_size != 0)
            rewrite->pieces[slice->piece].data = slice->made.linkedit;
    }
}

bool image_rewrite_complete(struct image_rewrite *rewrite, const struct image_file *old,
                            const struct rewrite_options *options, struct error *error) {
    rewrite->old = old;
    if (!image_rewrite_may_sign(rewrite, options, error)) {
        image_rewrite_free(rewrite);
        return false;
    }
    for (size_t i = 0; i < old->slice_count; i++)
        linkedit_write(&rewrite->slices[i].made);
    lay_out_contents(rewrite);
    return true;
}

bool image_rewrite_plan(const struct image_file *old, const struct rewrite_options *options,
                        struct image_rewrite *rewrite, struct error *error) {
    return image_rewrite_measure(old, &options->losses, rewrite, error) &&
           image_rewrite_complete(rewrite, old, options, error);
}

static uint64_t less(uint64_t bytes, uint64_t taken) {
    return bytes > taken ? bytes - taken : 0;
}

/* An image without __LINKEDIT is not rewritten; what stands behind it may be dropped. */
static uint64_t slice_least(const struct image_slice *slice, const struct level *level,
                            uint64_t *vm_space) {
    const struct image *image = slice->image;
    const struct segment *linkedit = linkedit_of(image);
    *vm_space = image->vm_space;
    if (linkedit == NULL)
        return slice->size;
    uint64_t size = linkedit_least_size(image, level);
    uint64_t page = image->architecture->page_size;
    *vm_space = less(*vm_space, round_up(less(linkedit->vm_size, size), page));
    return linkedit->file_offset + size;
}

uint64_t image_rewrite_least(const struct image_file *old, const struct level *level,
                             uint64_t *vm_spaces) {
    uint64_t size = 0, slice;
    for (size_t i = 0; i < old->slice_count; i++) {
        slice = slice_least(&old->slices[i], level, &vm_spaces[i]);
        size += slice;
    }
    return size;
}

/* The signature of somebody's, or NULL. */
static const struct code_signature *signature_by_identity(const struct image_rewrite *rewrite) {
    for (size_t i = 0; i < rewrite->old->slice_count; i++) {
        const struct new_linkedit *made = &rewrite->slices[i].made;
        if (made->is_signed && made->old_signature.has_identity)
            return &made->old_signature;
    }
    return NULL;
}

bool image_rewrite_has_identity(const struct image_rewrite *rewrite) {
    return signature_by_identity(rewrite) != NULL;
}

bool image_rewrite_may_sign(const struct image_rewrite *rewrite,
                            const struct rewrite_options *options, struct error *error) {
    const struct code_signature *signature = signature_by_identity(rewrite);
    if (signature == NULL || options->identity != NULL)
        return true;
    error_malformed(error, "code signature",
                    "signed by an identity as %s; say with --identity how to sign it again",
                    signature->directory.identifier);
    return error_in_file(error, rewrite->old->path);
}

bool image_rewrite_sign(struct image_rewrite *rewrite, struct error *error) {
    for (size_t i = 0; i < rewrite->old->slice_count; i++)
        if (!slice_sign(rewrite->old, &rewrite->slices[i], error))
            return error_in_file(error, rewrite->old->path);
    return true;
}

/* Whether a piece holds what stands at the same place of the old file. */
static bool piece_is_old(const struct image_rewrite *rewrite, const struct piece *piece,
                         struct error *error) {
    struct mapping old;
    if (piece->data == NULL)
        return piece->old_offset == piece->offset;
    if (!mapping_make(&rewrite->old->file, piece->offset, piece->size, &old, error))
        return false;
    bool same = memcmp(old.bytes.data, piece->data, piece->size) == 0;
    mapping_free(&old);
    return same;
}

bool image_rewrite_is_needed(const struct image_rewrite *rewrite, bool *needed,
                             struct error *error) {
    error->kind = ERROR_NONE;
    *needed = rewrite->size != rewrite->old->size;
    for (size_t i = 0; i < rewrite->piece_count && !*needed; i++)
        *needed = !piece_is_old(rewrite, &rewrite->pieces[i], error);
    return error->kind == ERROR_NONE || error_in_file(error, rewrite->old->path);
}

/* From the block on that the piece begins in, so that the file system can share it: the bytes
 * before the piece are written later. */
static bool copy_piece(const struct image_rewrite *rewrite, const struct piece *piece,
                       struct atomic_file *file, struct error *error) {
    uint64_t before = piece->offset % NEW_FILE_BLOCK;
    if (before != piece->old_offset % NEW_FILE_BLOCK)
        before = 0;
    return atomic_file_copy(file, piece->offset - before, &rewrite->old->file,
                            piece->old_offset - before, piece->size + before, error);
}

static bool is_there(const struct piece *piece, uint64_t copied) {
    return piece->offset == piece->old_offset && piece->offset + piece->size <= copied;
}

bool image_rewrite_write(const struct image_rewrite *rewrite, uint64_t copied,
                         struct atomic_file *file, struct error *error) {
    const struct piece *pieces = rewrite->pieces;
    for (size_t i = 0; i < rewrite->piece_count; i++)
        if (pieces[i].data == NULL && !is_there(&pieces[i], copied) &&
            !copy_piece(rewrite, &pieces[i], file, error))
            return false;
    for (size_t i = 0; i < rewrite->piece_count; i++)
        if (pieces[i].data != NULL &&
            !atomic_file_write(file, pieces[i].offset, pieces[i].data, pieces[i].size, error))
            return false;
    return true;
}

void image_rewrite_written(struct image_rewrite *rewrite) {
    for (size_t i = 0; i < rewrite->old->slice_count; i++) {
        struct slice_rewrite *slice = &rewrite->slices[i];
        mapping_free(&slice->linkedit);
        free(slice->made.linkedit);
        slice->made.linkedit = NULL;
    }
    for (size_t i = 0; i < rewrite->piece_count; i++)
        rewrite->pieces[i].data = NULL;
}

int64_t image_rewrite_freed(const struct image_rewrite *rewrite) {
    int64_t freed = 0;
    for (size_t i = 0; i < rewrite->old->slice_count; i++)
        freed += (int64_t)rewrite->slices[i].linkedit.bytes.size -
                 (int64_t)rewrite->slices[i].made.linkedit_size;
    return freed;
}

uint64_t image_rewrite_vm_space(const struct image_rewrite *rewrite, size_t i) {
    const struct slice_rewrite *slice = &rewrite->slices[i];
    struct bytes head = {slice->made.head, slice->head.bytes.size};
    struct arena scratch = {0};
    struct image image;
    struct error ignored;
    bool parsed =
        image_parse(&scratch, head, slice->size, slice->old->architecture, &image, &ignored);
    uint64_t space = parsed ? image.vm_space : slice->old->image->vm_space;
    arena_free(&scratch);
    return space;
}

void image_rewrite_free(struct image_rewrite *rewrite) {
    for (size_t i = 0; rewrite->slices != NULL && i < rewrite->old->slice_count; i++) {
        mapping_free(&rewrite->slices[i].head);
        mapping_free(&rewrite->slices[i].linkedit);
        new_linkedit_free(&rewrite->slices[i].made);
    }
    free(rewrite->slices);
    free(rewrite->universal_header);
    free(rewrite->pieces);
    *rewrite = (struct image_rewrite){0};
}
