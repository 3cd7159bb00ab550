#include "crash/signature.h"

#include <ctype.h>
#include <string.h>

static const char *const cause_names[CAUSE_COUNT] = {
    "malloc-window",     "shared-region",  "linkedit-alignment",
    "library-missing",   "symbol-missing", "code-signature",
    "launch-constraint", "other",          "unknown",
};

const char *cause_name(enum cause cause) {
    return cause_names[cause];
}

/* What says more stands before what follows from it. Words that programs also pass on from dlopen
 * want dyld beside them. */
static const struct signature signatures[] = {
    {CAUSE_MALLOC_WINDOW,
     {"pointer range initial reservation failed"},
     "ended at launch: malloc could not reserve its address space",
     "libmalloc reserves 24 GiB at a place chosen by chance, and something was mapped there"},
    {CAUSE_SHARED_REGION,
     {"syscall to map cache into shared region failed"},
     "ended at launch: the shared cache of the system's libraries could not be mapped",
     "without the shared cache no system library is found, whatever the report calls missing"},
    {CAUSE_LINKEDIT_ALIGNMENT,
     {"mis-aligned LINKEDIT"},
     "ended at launch: dyld refuses an image whose __LINKEDIT is out of alignment",
     "the dyld of macOS 27 wants every part of __LINKEDIT at a multiple of 8 bytes"},
    {CAUSE_LAUNCH_CONSTRAINT,
     {"Launch Constraint Violation"},
     "was not started: a launch constraint of the system forbids it",
     "the system decides by its signature where and by whom the program may be started"},
    {CAUSE_LAUNCH_CONSTRAINT,
     {"Namespace CODESIGNING", "Code 4"},
     "was not started: a launch constraint of the system forbids it",
     "the system decides by its signature where and by whom the program may be started"},
    {CAUSE_CODE_SIGNATURE,
     {"Taskgated Invalid Signature"},
     "was not started: its code signature is not valid",
     "the signature, or an entitlement in it, is not one that the system accepts"},
    {CAUSE_CODE_SIGNATURE,
     {"Code Signature Invalid"},
     "was ended by the kernel: a page is not what the code signature says",
     "a signed file was changed after it was signed, or while it was mapped"},
    {CAUSE_CODE_SIGNATURE,
     {"SIGKILL - CODESIGNING"},
     "was ended by the kernel: a page is not what the code signature says",
     "a signed file was changed after it was signed, or while it was mapped"},
    {CAUSE_CODE_SIGNATURE,
     {"Namespace CODESIGNING"},
     "was ended by the kernel for its code signature",
     "a signed file was changed after it was signed, or its signature is not valid"},
    {CAUSE_CODE_SIGNATURE,
     {"dyld", "Library not loaded", "not valid for use in process"},
     "ended at launch: dyld refuses a library for its code signature",
     "the library's signature is missing, broken or of another team"},
    {CAUSE_SYMBOL_MISSING,
     {"dyld", "Symbol missing"},
     "ended at launch: a symbol is missing in a library",
     "the library that was found is older or newer than the one linked against"},
    {CAUSE_SYMBOL_MISSING,
     {"dyld", "Symbol not found"},
     "ended at launch: a symbol is missing in a library",
     "the library that was found is older or newer than the one linked against"},
    {CAUSE_LIBRARY_MISSING,
     {"dyld", "Library not loaded"},
     "ended at launch: a library was not loaded",
     "dyld did not find it, or could not use what it found"},
    {CAUSE_LIBRARY_MISSING,
     {"dyld", "Library missing"},
     "ended at launch: a library was not loaded",
     "dyld did not find it, or could not use what it found"},
    {CAUSE_LIBRARY_MISSING,
     {"Namespace DYLD", "Code 1"},
     "ended at launch: a library was not loaded",
     "dyld did not find it, or could not use what it found"},
    {CAUSE_SYMBOL_MISSING,
     {"Namespace DYLD", "Code 4"},
     "ended at launch: a symbol is missing in a library",
     "the library that was found is older or newer than the one linked against"},
    {CAUSE_OTHER,
     {"Namespace DYLD"},
     "ended at launch: dyld refused an image",
     "the image is of another architecture or version, or malformed"},
    {CAUSE_OTHER,
     {"DYLD, [0x"},
     "ended at launch: dyld refused an image",
     "the image is of another architecture or version, or malformed"},
    {CAUSE_OTHER,
     {"Namespace JETSAM"},
     "was ended by the kernel, which was short of memory",
     "that is memory in use, and not address space"},
};

/* Whether the words begin at `text`, blanks in both and case apart. */
static bool words_begin(const char *text, const char *words) {
    char last = '\0';
    for (;; text++, words++) {
        while (isspace((unsigned char)*words))
            words++;
        while (isspace((unsigned char)*text) && *words != '\0')
            text++;
        if (*words == '\0')
            return !isdigit((unsigned char)last) || !isdigit((unsigned char)*text);
        if (tolower((unsigned char)*text) != tolower((unsigned char)*words))
            return false;
        last = *words;
    }
}

/* Blanks before the words are no other place for them to begin. */
bool words_stand_in(const char *text, const char *words) {
    for (; *text != '\0'; text++)
        if (!isspace((unsigned char)*text) && words_begin(text, words))
            return true;
    return false;
}

static bool signature_holds(const struct signature *signature, const char *text) {
    for (size_t i = 0; i < SIGNATURE_MOST_WORDS && signature->words[i] != NULL; i++)
        if (!words_stand_in(text, signature->words[i]))
            return false;
    return true;
}

const struct signature *signature_find(const char *text) {
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        if (signature_holds(&signatures[i], text))
            return &signatures[i];
    return NULL;
}
