/* The version of vafit, "0.1.0". */
#ifndef VAFIT_REPORT_VERSION_H
#define VAFIT_REPORT_VERSION_H

extern const char *const vafit_version;

#endif
