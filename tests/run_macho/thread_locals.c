#include "thread_locals.h"

#include "fail.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What a module's variables begin with. */
struct template {
    const char *image;
    const uint8_t *data;
    size_t size;
    pthread_key_t key; /* of each thread's copy */
};

/* As the compiler lays it out. */
struct descriptor {
    void (*get)(void);
    const struct template *template; /* where macOS keeps its key */
    uint64_t offset;                 /* of the variable, bytes into the template */
};

enum { DESCRIPTOR_SIZE = 24, COPY_ALIGNMENT = 64 };

_Static_assert(sizeof(struct descriptor) == DESCRIPTOR_SIZE, "the compiler's layout");

/* Called through descriptors, with its own calling convention: the descriptor comes in rdi or x0,
 * the variable's address goes out in rax or x0, and every other register stays as it is. */
void thread_locals_get(void);
/* Called by thread_locals_get alone. */
void *thread_locals_address(const struct descriptor *descriptor);

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl thread_locals_get\n"
        ".type thread_locals_get, @function\n"
        "thread_locals_get:\n"
        "    push %rbp\n"
        "    mov %rsp, %rbp\n"
        "    .irp register, rcx, rdx, rsi, rdi, r8, r9, r10, r11\n"
        "    push %\\register\n"
        "    .endr\n"
        "    sub $256, %rsp\n"
        "    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
        "    movups %xmm\\n, 16*\\n(%rsp)\n"
        "    .endr\n"
        "    mov %rsp, %rsi\n"
        "    and $-16, %rsp\n"
        "    push %rsi\n"
        "    push %rsi\n"
        "    call thread_locals_address\n"
        "    pop %rsp\n"
        "    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
        "    movups 16*\\n(%rsp), %xmm\\n\n"
        "    .endr\n"
        "    add $256, %rsp\n"
        "    .irp register, r11, r10, r9, r8, rdi, rsi, rdx, rcx\n"
        "    pop %\\register\n"
        "    .endr\n"
        "    pop %rbp\n"
        "    ret\n"
        ".size thread_locals_get, .-thread_locals_get\n");
#else
__asm__(".text\n"
        ".globl thread_locals_get\n"
        ".type thread_locals_get, %function\n"
        "thread_locals_get:\n"
        "    sub sp, sp, #672\n"
        "    stp x29, x30, [sp]\n"
        "    mov x29, sp\n"
        "    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17\n"
        "    str x\\n, [sp, #16 + 8 * \\n]\n"
        "    .endr\n"
        "    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
        "    str q\\n, [sp, #160 + 16 * \\n]\n"
        "    .endr\n"
        "    .irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
        "    str q\\n, [sp, #160 + 16 * \\n]\n"
        "    .endr\n"
        "    bl thread_locals_address\n"
        "    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17\n"
        "    ldr x\\n, [sp, #16 + 8 * \\n]\n"
        "    .endr\n"
        "    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
        "    ldr q\\n, [sp, #160 + 16 * \\n]\n"
        "    .endr\n"
        "    .irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
        "    ldr q\\n, [sp, #160 + 16 * \\n]\n"
        "    .endr\n"
        "    ldp x29, x30, [sp]\n"
        "    add sp, sp, #672\n"
        "    ret\n"
        ".size thread_locals_get, .-thread_locals_get\n");
#endif

static void *new_copy(const struct template *template) {
    void *copy;
    if (posix_memalign(&copy, COPY_ALIGNMENT, template->size) != 0)
        out_of_memory();
    memcpy(copy, template->data, template->size);
    pthread_setspecific(template->key, copy);
    return copy;
}

void *thread_locals_address(const struct descriptor *descriptor) {
    const struct template *template = descriptor->template;
    char *copy = pthread_getspecific(template->key);
    if (copy == NULL)
        copy = new_copy(template);
    return copy + descriptor->offset;
}

static bool is_initial(const struct section *section) {
    return section->type == S_THREAD_LOCAL_REGULAR || section->type == S_THREAD_LOCAL_ZEROFILL;
}

static struct template *template_of(struct arena *arena, const struct module *module) {
    struct template *template = arena_take(arena, sizeof *template);
    template->image = module->path;
    for (size_t i = 0; i < module->sections.count; i++) {
        const struct section *section = &module->sections.items[i];
        if (!is_initial(section))
            continue;
        if (template->data == NULL)
            template->data = section->data;
        template->size = (size_t)(section->data + section->size - template->data);
    }
    if (pthread_key_create(&template->key, free) != 0)
        fail(module->path, "thread-local variables", "the system has no key left");
    return template;
}

static void prepare_section(const struct section *section, const struct template *template) {
    for (uint64_t at = 0; range_within(at, DESCRIPTOR_SIZE, section->size); at += DESCRIPTOR_SIZE) {
        struct descriptor descriptor;
        memcpy(&descriptor, section->data + at, sizeof descriptor);
        if (descriptor.offset >= template->size)
            fail(template->image, section->name, "a variable lies outside the initial contents");
        descriptor.get = thread_locals_get;
        descriptor.template = template;
        memcpy(section->data + at, &descriptor, sizeof descriptor);
    }
}

void thread_locals_prepare(struct arena *arena, const struct module *module) {
    struct template *template = NULL;
    for (size_t i = 0; i < module->sections.count; i++) {
        if (module->sections.items[i].type != S_THREAD_LOCAL_VARIABLES)
            continue;
        if (template == NULL)
            template = template_of(arena, module);
        prepare_section(&module->sections.items[i], template);
    }
}
