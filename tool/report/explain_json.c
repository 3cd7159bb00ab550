#include "report/explain_report.h"

#include "base/json.h"

static json_t *number_if(bool is_known, uint64_t number) {
    return is_known ? json_bytes(number) : json_null();
}

static json_t *layout_of(const struct observed_layout *layout) {
    json_t *object = json_object();
    bool has_images = layout->own.count != 0, has_limit = has_images && layout->has_limit;
    json_object_set_new(object, "profile", json_text(layout->profile->name));
    json_object_set_new(object, "complete", json_boolean(layout->has_all));
    json_object_set_new(object, "top", number_if(has_images, layout->top));
    json_object_set_new(object, "limit", number_if(layout->has_limit, layout->limit));
    json_object_set_new(object, "beyond", number_if(has_limit, layout->beyond));
    json_object_set_new(object, "slots_hit", number_if(has_limit, layout->blocked.count));
    json_object_set_new(object, "slots",
                        layout->has_limit ? json_bytes(layout->layout->window.slots) : json_null());
    return object;
}

/* One image, of the report, of the build, or of both. */
static json_t *image_of(const struct crash_image *observed,
                        const struct predicted_image *predicted) {
    json_t *object = json_object();
    bool has_text = observed != NULL && observed->text_size != 0;
    bool has_vm = observed != NULL && observed->vm_size != 0;
    bool has_address = predicted != NULL && predicted->has_address;
    json_object_set_new(object, "name",
                        json_text(observed != NULL ? observed->name : predicted->name));
    json_object_set_new(object, "observed",
                        observed == NULL ? json_null() : json_bytes(observed->base));
    json_object_set_new(object, "text_size",
                        has_text ? json_bytes(observed->text_size) : json_null());
    json_object_set_new(object, "vm_size", has_vm ? json_bytes(observed->vm_size) : json_null());
    json_object_set_new(object, "predicted",
                        has_address ? json_bytes(predicted->address) : json_null());
    return object;
}

/* The report's, in its order, and behind them those of the build that it has not. */
static json_t *images_of(const struct circumstances *given,
                         const struct predicted_image *const *predictions) {
    json_t *images = json_array();
    const struct prediction *prediction = given->prediction;
    for (size_t i = 0; i < given->layout->own.count; i++) {
        size_t image = given->layout->own.items[i];
        json_array_append_new(images,
                              image_of(&given->report->images.items[image], predictions[image]));
    }
    for (size_t i = 0; prediction != NULL && i < prediction->count; i++)
        if (prediction->items[i].observed == NO_CRASH_IMAGE)
            json_array_append_new(images, image_of(NULL, &prediction->items[i]));
    return images;
}

/* The prediction of each image of the report; NULL for none. */
static json_t *compared_images(const struct circumstances *given) {
    struct arena arena = {0};
    const struct prediction *prediction = given->prediction;
    const struct predicted_image **predictions =
        arena_take(&arena, (given->report->images.count + 1) * sizeof *predictions);
    for (size_t i = 0; prediction != NULL && i < prediction->count; i++)
        if (prediction->items[i].observed != NO_CRASH_IMAGE)
            predictions[prediction->items[i].observed] = &prediction->items[i];
    json_t *images = images_of(given, predictions);
    arena_free(&arena);
    return images;
}

static json_t *build_of(const struct prediction *prediction) {
    static const char *const names[] = {
        [BUILD_UNKNOWN] = "unknown", [BUILD_SAME] = "same", [BUILD_OTHER] = "other"};
    if (prediction == NULL)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "executable", json_text(names[prediction->build]));
    json_object_set_new(object, "other_dylibs", json_bytes(prediction->others));
    json_object_set_new(object, "slide",
                        prediction->has_slide ? json_bytes(prediction->slide) : json_null());
    json_object_set_new(object, "compared", json_bytes(prediction->compared));
    json_object_set_new(object, "as_predicted", json_bytes(prediction->exact));
    return object;
}

static json_t *is_size_of(enum is_size is_size) {
    return is_size == SIZE_UNDECIDED ? json_null() : json_boolean(is_size == SIZE_IS);
}

void explain_write_json(const struct explain_report *report, struct text *out) {
    const struct circumstances *given = report->circumstances;
    const struct diagnosis *diagnosis = report->diagnosis;
    json_t *root = json_object();
    json_object_set_new(root, "schema", json_text("vafit.explain/1"));
    json_object_set_new(root, "format", json_text(given->report->format));
    json_object_set_new(root, "process", json_text(given->report->process));
    json_object_set_new(root, "os", json_text(given->report->os));
    json_object_set_new(root, "cpu", json_text(given->report->cpu));
    json_object_set_new(root, "cause", json_text(cause_name(diagnosis->cause)));
    json_object_set_new(root, "is_size", is_size_of(diagnosis->is_size));
    json_object_set_new(root, "explanation", json_text(diagnosis->why));
    json_object_set_new(root, "detail", json_text(diagnosis->detail));
    json_object_set_new(root, "layout", layout_of(given->layout));
    json_object_set_new(root, "build", build_of(given->prediction));
    json_object_set_new(root, "images", compared_images(given));
    json_object_set_new(root, "advice",
                        json_texts(diagnosis->advice.items, diagnosis->advice.count));
    json_write(root, out);
}
