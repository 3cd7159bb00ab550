#include "rewrite/rewriting.h"

#include "base/parallel.h"
#include "images/file_unclaimed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct segment *linkedit_of(const struct image *image) {
    return segments_find(&image->segments, "__LINKEDIT");
}

/* --- one slice --- */

/* Whether nothing but bytes that no segment has stands behind __LINKEDIT, so that nothing behind it
 * has to move. */
static bool linkedit_is_last(const struct image_slice *slice, struct error *error) {
    const struct segment *linkedit = linkedit_of(slice->image);
    if (linkedit == NULL)
        return error_malformed(error, "load commands", "there is no __LINKEDIT to rewrite");
    for (size_t i = 0; i < slice->image->segments.count; i++) {
        const struct segment *segment = &slice->image->segments.items[i];
        if (segment->file_size != 0 && segment->file_offset > linkedit->file_offset)
            return error_malformed(error, segment->name,
                                   "lies behind __LINKEDIT, where vafit does not move it");
    }
    return true;
}

static bool identity_allowed(const struct slice_rewriting *slice, bool keep_identity,
                             struct error *error) {
    const struct packed *packed = &slice->packed;
    if (!packed->is_signed || !packed->old_signature.has_identity || keep_identity)
        return true;
    return error_malformed(error, "code signature",
                           "signed by an identity as %s; say with --identity how to sign it again",
                           packed->old_signature.directory.identifier);
}

static bool plan_slice(const struct image_file *file, const struct packing *packing,
                       bool keep_identity, struct slice_rewriting *slice, struct error *error) {
    const struct image_slice *old = slice->old;
    const struct segment *linkedit = linkedit_of(old->image);
    if (!linkedit_is_last(old, error) || !image_file_map_head(file, old, &slice->head, error) ||
        !mapping_make(&file->file, old->offset + linkedit->file_offset, linkedit->file_size,
                      &slice->linkedit, error))
        return false;
    struct old_slice parts = {old->image, slice->head.bytes, slice->linkedit.bytes,
                              linkedit->file_offset};
    if (!pack_slice(&parts, packing, &slice->packed, error) ||
        !identity_allowed(slice, keep_identity, error))
        return false;
    slice->size = linkedit->file_offset + slice->packed.linkedit_size;
    return true;
}

/* --- page hashes --- */

/* What hashing one slice needs. */
struct hashing {
    const struct image_file *file;
    const struct slice_rewriting *slice;
    uint64_t linkedit_offset;
    struct error *errors; /* one a group of pages */
};

enum { PAGES_A_GROUP = 1024, WINDOW = 64 << 10 /* no page is larger */ };

/* A page that holds the same bytes as before has the hash that it had. */
static bool is_unchanged(const struct hashing *hashing, uint64_t start, uint64_t end) {
    const struct code_directory *old = &hashing->slice->packed.old_signature.directory;
    return start >= hashing->slice->head.bytes.size && end <= hashing->linkedit_offset &&
           end <= old->code_limit;
}

/* The bytes [start, end) of the new slice, in `buffer`. */
static bool page_bytes(const struct hashing *hashing, uint64_t start, uint64_t end, uint8_t *buffer,
                       struct error *error) {
    const struct slice_rewriting *slice = hashing->slice;
    size_t head_size = slice->head.bytes.size;
    uint64_t from_file = end < hashing->linkedit_offset ? end : hashing->linkedit_offset;
    if (start < from_file && !file_read(&hashing->file->file, slice->old->offset + start, buffer,
                                        (size_t)(from_file - start), error))
        return false;
    if (start < head_size)
        memcpy(buffer, slice->packed.head + start,
               (size_t)(end < head_size ? end - start : head_size - start));
    uint64_t from_linkedit = start > hashing->linkedit_offset ? start : hashing->linkedit_offset;
    if (from_linkedit < end)
        memcpy(buffer + (from_linkedit - start),
               slice->packed.linkedit + (from_linkedit - hashing->linkedit_offset),
               (size_t)(end - from_linkedit));
    return true;
}

static bool changed_since(struct error *error, size_t page, uint64_t start) {
    char field[64];
    snprintf(field, sizeof field, "code signature page %zu", page);
    return error_malformed(error, field,
                           "its hash is not that of the bytes at 0x%" PRIx64
                           ": the file was changed after it was signed; sign it again first",
                           start);
}

/* One page, whose bytes are given. What was not signed as it is now is not signed anew. */
static bool hash_page(const struct hashing *hashing, size_t page, struct bytes bytes,
                      struct error *error) {
    const struct packed *packed = &hashing->slice->packed;
    const struct code_directory *old = &packed->old_signature.directory;
    uint64_t start = (uint64_t)page * old->page_size;
    uint8_t *hash = packed->hashes + page * old->hash_size;
    code_directory_digest(old, bytes, hash);
    return !is_unchanged(hashing, start, start + bytes.size) ||
           memcmp(hash, code_directory_hash(old, page), old->hash_size) == 0 ||
           changed_since(error, page, start);
}

/* The pages that begin in [start, end). */
static bool hash_window(const struct hashing *hashing, uint64_t start, uint64_t end,
                        uint8_t *buffer, struct error *error) {
    uint32_t page_size = hashing->slice->packed.old_signature.directory.page_size;
    if (!page_bytes(hashing, start, end, buffer, error))
        return false;
    for (uint64_t at = start; at < end; at += page_size) {
        size_t size = end - at < page_size ? (size_t)(end - at) : page_size;
        if (!hash_page(hashing, (size_t)(at / page_size),
                       (struct bytes){buffer + (at - start), size}, error))
            return false;
    }
    return true;
}

static size_t page_count(const struct packed *packed) {
    uint32_t page_size = packed->old_signature.directory.page_size;
    return (size_t)((packed->code_limit + page_size - 1) / page_size);
}

static void hash_group(void *context, size_t group) {
    struct hashing *hashing = context;
    const struct packed *packed = &hashing->slice->packed;
    uint8_t buffer[WINDOW];
    uint64_t group_size = (uint64_t)PAGES_A_GROUP * packed->old_signature.directory.page_size;
    uint64_t end = (group + 1) * group_size;
    if (end > packed->code_limit)
        end = packed->code_limit;
    hashing->errors[group].kind = ERROR_NONE;
    for (uint64_t at = group * group_size; at < end; at += WINDOW)
        if (!hash_window(hashing, at, end - at < WINDOW ? end : at + WINDOW, buffer,
                         &hashing->errors[group]))
            return;
}

static bool sign_slice(const struct image_file *file, const struct slice_rewriting *slice,
                       unsigned jobs, struct error *error) {
    if (!slice->packed.is_signed)
        return true;
    size_t groups = (page_count(&slice->packed) + PAGES_A_GROUP - 1) / PAGES_A_GROUP;
    struct hashing hashing = {.file = file, .slice = slice};
    hashing.linkedit_offset = linkedit_of(slice->old->image)->file_offset;
    hashing.errors = calloc(groups + 1, sizeof *hashing.errors);
    if (hashing.errors == NULL)
        out_of_memory();
    parallel_for(groups, jobs, hash_group, &hashing);
    bool signed_well = true;
    for (size_t i = 0; i < groups && signed_well; i++)
        if (hashing.errors[i].kind != ERROR_NONE) {
            *error = hashing.errors[i];
            signed_well = false;
        }
    free(hashing.errors);
    return signed_well;
}

/* --- the whole file --- */

static void add_piece(struct rewriting *rewriting, struct piece piece) {
    if (piece.size != 0)
        rewriting->pieces[rewriting->piece_count++] = piece;
}

static void add_slice(struct rewriting *rewriting, const struct slice_rewriting *slice) {
    uint64_t head = slice->head.bytes.size;
    uint64_t linkedit = linkedit_of(slice->old->image)->file_offset;
    add_piece(rewriting, (struct piece){slice->offset, head, slice->packed.head, 0});
    add_piece(rewriting, (struct piece){slice->offset + head, linkedit - head, NULL,
                                        slice->old->offset + head});
    add_piece(rewriting, (struct piece){slice->offset + linkedit, slice->packed.linkedit_size,
                                        slice->packed.linkedit, 0});
}

/* Slice i of the header, with what becomes of it. */
struct placed_slice {
    size_t index;
    const struct slice *old;
    struct slice_rewriting *rewritten; /* NULL for one that is carried along */
};

static int by_offset(const void *left, const void *right) {
    const struct placed_slice *a = left, *b = right;
    return a->old->offset < b->old->offset ? -1 : a->old->offset > b->old->offset;
}

static struct slice_rewriting *rewriting_of(const struct rewriting *rewriting,
                                            const struct slice *slice) {
    for (size_t i = 0; i < rewriting->old->slice_count; i++)
        if (rewriting->slices[i].old->offset == slice->offset)
            return &rewriting->slices[i];
    return NULL;
}

/* Puts a slice where the one before it ends, aligned as the header says. */
static void place_slice(struct rewriting *rewriting, const struct placed_slice *placed) {
    uint64_t offset = round_up(rewriting->size, UINT64_C(1) << placed->old->align);
    uint64_t size = placed->old->size;
    if (placed->rewritten != NULL) {
        size = placed->rewritten->size;
        placed->rewritten->offset = offset;
        add_slice(rewriting, placed->rewritten);
    } else {
        add_piece(rewriting, (struct piece){offset, size, NULL, placed->old->offset});
    }
    if (rewriting->universal_header != NULL)
        universal_store(rewriting->universal_header, placed->index, offset, size);
    rewriting->size = offset + size;
}

/* The header, and what lies between it and the first slice. */
static void add_header(struct rewriting *rewriting, struct bytes head,
                       const struct universal *universal, uint64_t first) {
    size_t size = universal_header_size(universal);
    if (size == 0)
        return;
    rewriting->universal_header = malloc(size);
    if (rewriting->universal_header == NULL)
        out_of_memory();
    memcpy(rewriting->universal_header, head.data, size);
    add_piece(rewriting, (struct piece){0, size, rewriting->universal_header, 0});
    add_piece(rewriting, (struct piece){size, first - size, NULL, size});
    rewriting->size = first;
}

static void lay_out_slices(struct rewriting *rewriting, struct bytes head,
                           const struct universal *universal) {
    struct placed_slice placed[UNIVERSAL_MAX_SLICES];
    for (size_t i = 0; i < universal->slice_count; i++)
        placed[i] = (struct placed_slice){i, &universal->slices[i],
                                          rewriting_of(rewriting, &universal->slices[i])};
    qsort(placed, universal->slice_count, sizeof *placed, by_offset);
    add_header(rewriting, head, universal, placed[0].old->offset);
    for (size_t i = 0; i < universal->slice_count; i++)
        place_slice(rewriting, &placed[i]);
}

static bool lay_out(struct rewriting *rewriting, struct error *error) {
    const struct image_file *old = rewriting->old;
    struct universal universal;
    struct mapping head;
    rewriting->pieces = calloc(3 * UNIVERSAL_MAX_SLICES + 2, sizeof *rewriting->pieces);
    if (rewriting->pieces == NULL)
        out_of_memory();
    if (!image_file_map_universal(old, &head, &universal, error))
        return false;
    lay_out_slices(rewriting, head.bytes, &universal);
    mapping_free(&head);
    return true;
}

/* What the slices do not hold. */
static bool plan_unclaimed(struct rewriting *rewriting, bool drop, struct error *error) {
    struct unclaimed_list list = {0};
    struct mapping whole;
    if (!file_unclaimed_find(rewriting->old, &whole, &list, error))
        return false;
    rewriting->unclaimed = list.size;
    for (size_t i = 0; i < rewriting->old->slice_count; i++)
        rewriting->unclaimed += rewriting->slices[i].packed.unclaimed;
    bool allowed = list.count == 0 || drop || unclaimed_error(error, &list.items[0]);
    unclaimed_list_free(&list);
    mapping_free(&whole);
    return allowed;
}

bool rewriting_plan(const struct image_file *old, const struct packing *packing, bool keep_identity,
                    struct rewriting *rewriting, struct error *error) {
    *rewriting = (struct rewriting){.old = old};
    rewriting->slices = calloc(old->slice_count, sizeof *rewriting->slices);
    if (rewriting->slices == NULL)
        out_of_memory();
    bool planned = true;
    for (size_t i = 0; i < old->slice_count && planned; i++) {
        struct slice_rewriting *slice = &rewriting->slices[i];
        slice->old = &old->slices[i];
        planned = plan_slice(old, packing, keep_identity, slice, error);
    }
    if (!planned || !plan_unclaimed(rewriting, packing->drop_unclaimed, error) ||
        !lay_out(rewriting, error)) {
        rewriting_free(rewriting);
        return error_in_file(error, old->path);
    }
    return true;
}

bool rewriting_sign(struct rewriting *rewriting, unsigned jobs, struct error *error) {
    for (size_t i = 0; i < rewriting->old->slice_count; i++)
        if (!sign_slice(rewriting->old, &rewriting->slices[i], jobs, error))
            return error_in_file(error, rewriting->old->path);
    return true;
}

/* Whether a piece holds what stands at the same place of the old file. */
static bool piece_is_old(const struct rewriting *rewriting, const struct piece *piece,
                         struct error *error) {
    struct mapping old;
    if (piece->data == NULL)
        return piece->old_offset == piece->offset;
    if (!mapping_make(&rewriting->old->file, piece->offset, piece->size, &old, error))
        return false;
    bool same = memcmp(old.bytes.data, piece->data, piece->size) == 0;
    mapping_free(&old);
    return same;
}

bool rewriting_is_needed(const struct rewriting *rewriting, bool *needed, struct error *error) {
    error->kind = ERROR_NONE;
    *needed = rewriting->size != rewriting->old->size;
    for (size_t i = 0; i < rewriting->piece_count && !*needed; i++)
        *needed = !piece_is_old(rewriting, &rewriting->pieces[i], error);
    return error->kind == ERROR_NONE || error_in_file(error, rewriting->old->path);
}

/* From the block on that the stretch begins in, so that the file system can share it: the bytes
 * before the stretch are written later. */
static bool copy_piece(const struct rewriting *rewriting, const struct piece *piece,
                       struct new_file *file, struct error *error) {
    uint64_t before = piece->offset % NEW_FILE_BLOCK;
    if (before != piece->old_offset % NEW_FILE_BLOCK)
        before = 0;
    return new_file_copy(file, piece->offset - before, &rewriting->old->file,
                         piece->old_offset - before, piece->size + before, error);
}

static bool is_there(const struct piece *piece, uint64_t copied) {
    return piece->offset == piece->old_offset && piece->offset + piece->size <= copied;
}

bool rewriting_write(const struct rewriting *rewriting, uint64_t copied, struct new_file *file,
                     struct error *error) {
    const struct piece *pieces = rewriting->pieces;
    for (size_t i = 0; i < rewriting->piece_count; i++)
        if (pieces[i].data == NULL && !is_there(&pieces[i], copied) &&
            !copy_piece(rewriting, &pieces[i], file, error))
            return false;
    for (size_t i = 0; i < rewriting->piece_count; i++)
        if (pieces[i].data != NULL &&
            !new_file_write(file, pieces[i].offset, pieces[i].data, pieces[i].size, error))
            return false;
    return true;
}

void rewriting_written(struct rewriting *rewriting) {
    for (size_t i = 0; i < rewriting->old->slice_count; i++) {
        struct slice_rewriting *slice = &rewriting->slices[i];
        mapping_free(&slice->linkedit);
        free(slice->packed.linkedit);
        slice->packed.linkedit = NULL;
    }
    for (size_t i = 0; i < rewriting->piece_count; i++)
        rewriting->pieces[i].data = NULL;
}

int64_t rewriting_freed(const struct rewriting *rewriting) {
    int64_t freed = 0;
    for (size_t i = 0; i < rewriting->old->slice_count; i++)
        freed += (int64_t)rewriting->slices[i].linkedit.bytes.size -
                 (int64_t)rewriting->slices[i].packed.linkedit_size;
    return freed;
}

uint64_t rewriting_vm_space(const struct rewriting *rewriting, size_t i) {
    const struct slice_rewriting *slice = &rewriting->slices[i];
    struct bytes head = {slice->packed.head, slice->head.bytes.size};
    struct arena scratch = {0};
    struct image image;
    struct error ignored;
    bool parsed =
        image_parse(&scratch, head, slice->size, slice->old->architecture, &image, &ignored);
    uint64_t space = parsed ? image.vm_space : slice->old->image->vm_space;
    arena_free(&scratch);
    return space;
}

void rewriting_free(struct rewriting *rewriting) {
    for (size_t i = 0; rewriting->slices != NULL && i < rewriting->old->slice_count; i++) {
        mapping_free(&rewriting->slices[i].head);
        mapping_free(&rewriting->slices[i].linkedit);
        packed_free(&rewriting->slices[i].packed);
    }
    free(rewriting->slices);
    free(rewriting->universal_header);
    free(rewriting->pieces);
    *rewriting = (struct rewriting){0};
}
