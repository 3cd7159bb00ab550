#include "crash/diagnosis.h"

void diagnosis_make(struct arena *arena, const struct crash_report *report,
                    struct diagnosis *diagnosis) {
    const struct signature *signature = signature_find(crash_report_evidence(report));
    (void)arena;
    *diagnosis = signature == NULL
                     ? (struct diagnosis){CAUSE_UNKNOWN,
                                          "ended, and the report says nothing that "
                                          "vafit knows of why",
                                          "none of the words of a launch that failed is in it"}
                     : (struct diagnosis){signature->cause, signature->what, signature->why};
}
